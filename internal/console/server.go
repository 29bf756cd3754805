package console

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/brolga-io/brolga/internal/console/ui"
)

// Server is the console.
type Server struct {
	o        Options
	log      *slog.Logger
	now      func() time.Time
	routes   *router
	pages    *ui.Pages
	users    *users
	sessions *sessions
	clusters *clusters
	streams  *streams
	inFlight chan struct{}

	http  *http.Server
	done  chan struct{}
	begun sync.Once
	stop  context.CancelFunc
}

// maxInFlight is how many requests are answered at a time, streams counted.
const maxInFlight = 256

// New makes a console; nothing is asked of any cluster before Serve.
func New(o Options) (*Server, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	base, err := cleanBase(o.BasePath)
	if err != nil {
		return nil, err
	}
	o.BasePath = base
	s := &Server{o: o, log: o.Log, now: o.Now, inFlight: make(chan struct{}, maxInFlight), done: make(chan struct{})}
	s.routes = newRouter(table(), o.Lab != nil)
	if s.pages, err = ui.Open(o.UIDir); err != nil {
		return nil, err
	}
	if s.users, err = openUsers(o.UsersFile); err != nil {
		return nil, err
	}
	s.sessions = newSessions(o.Now)
	s.streams = newStreams()
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	if s.clusters, err = openClusters(ctx, s); err != nil {
		stop()
		return nil, err
	}
	s.http = &http.Server{
		Handler:           s,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       2 * time.Minute, // a large body over a slow line
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(o.Log.Handler(), slog.LevelDebug),
	}
	return s, nil
}

// Serve answers on a listener until Close.
func (s *Server) Serve(l net.Listener) {
	s.begun.Do(func() {
		s.clusters.start()
		go s.run(limitConns(l, maxConns))
	})
}

func (s *Server) run(l net.Listener) {
	defer close(s.done)
	_ = s.http.Serve(l) // always an error: the server was closed
}

// Close ends every stream and connection and waits for what the console started.
func (s *Server) Close() {
	s.stop()
	s.http.Close()
	s.begun.Do(func() { close(s.done) }) // never served
	<-s.done
	s.clusters.close()
}

// Listen opens a console at http://host:port/path and serves it. An address that
// cannot be taken is an error of its own kind, ErrTaken.
func Listen(address string, o Options) (*Server, net.Addr, error) {
	host, path, err := ParseListener(address)
	if err != nil {
		return nil, nil, err
	}
	if o.BasePath == "" {
		o.BasePath = path
	}
	o.Hosts = append(o.Hosts, hostOnly(host))
	s, err := New(o)
	if err != nil {
		return nil, nil, err
	}
	l, err := net.Listen("tcp", host)
	if err != nil {
		s.Close()
		return nil, nil, fmt.Errorf("%w: %w", ErrTaken, err)
	}
	s.Serve(l)
	return s, l.Addr(), nil
}
