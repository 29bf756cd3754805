package lab

import (
	"net"
	"time"

	"github.com/brolga-io/brolga/internal/console"
	"github.com/brolga-io/brolga/internal/console/view"
)

// serveConsole serves the page beside the brokers, so that it can stop every one
// of them. It returns how to end it, nil where none was asked for.
func serveConsole(l *Lab) (stop func(), err error) {
	if l.o.Console == console.Off {
		return nil, nil
	}
	hostPort, base, err := console.ParseListener(l.o.Console)
	if err != nil {
		return nil, err
	}
	server, err := console.New(console.Options{
		Log: l.o.Log, Now: time.Now, BasePath: base, Lab: l,
		Clusters: []console.ClusterOptions{{Name: "lab", Source: view.SourceBuiltIn, Bootstrap: l.o.bootstrap()}},
	})
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", hostPort)
	if err != nil {
		return nil, err
	}
	go server.Serve(listener)
	return server.Close, nil
}
