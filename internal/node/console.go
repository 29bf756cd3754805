package node

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/console"
	"github.com/brolga-io/brolga/internal/console/view"
)

// consoleClusters is the file, beside the logs, of the clusters that were added
// in the console.
const consoleClusters = "console-clusters.json"

// serveConsole opens console.listener. Without it the node does its work all the
// same: a taken port is a warning.
func (n *Node) serveConsole() error {
	const key = "console.listener"
	where := n.cfg.String(key)
	if where == console.Off {
		return nil
	}
	if _, _, err := console.ParseListener(where); err != nil {
		return fmt.Errorf("Invalid value %s for configuration %s: it must be http://host:port, http://host:port/path or %s", where, key, console.Off)
	}
	others, err := console.EnvironmentClusters(os.Environ())
	if err != nil {
		return err
	}
	o := console.Options{
		Log: n.log, Now: time.Now, Clusters: others, ReadOnly: n.cfg.Bool("console.read.only"),
		StateFile: filepath.Join(n.cfg.LogDirs()[0], consoleClusters), UsersFile: n.cfg.String("console.users.file"),
		Hosts: n.cfg.List("console.allowed.hosts"), Unhealthy: n.unhealthy, Unready: n.unready,
	}
	if u, err := url.Parse(where); err == nil && (u.Path == "" || u.Path == "/") {
		o.BasePath = console.EnvironmentBase(os.Getenv)
	}
	if own, ok := n.ownCluster(); ok {
		o.Clusters = append([]console.ClusterOptions{own}, o.Clusters...)
	} else {
		n.log.Warn("The console cannot show this broker: it has no PLAINTEXT listener")
	}
	s, address, err := console.Listen(where, o)
	if errors.Is(err, console.ErrTaken) {
		n.log.Warn("There is no console: its port cannot be opened ("+key+")", "err", err)
		return nil
	}
	if err != nil {
		return err
	}
	n.console = s
	n.log.Info(fmt.Sprintf("The console is on http://%s", address))
	return nil
}

// ownCluster tells the console how to reach this node's cluster: by the listener
// that brokers use among themselves, for it can be reached from here.
func (n *Node) ownCluster() (console.ClusterOptions, bool) {
	name := ""
	for _, l := range n.cfg.Listeners() {
		if l.Protocol == config.Plaintext && (name == "" || l.Name == n.cfg.InterBrokerListener()) {
			name = l.Name
		}
	}
	b := n.publisher.Image().Broker(n.cfg.NodeID())
	if name == "" || b == nil {
		return console.ClusterOptions{}, false
	}
	o := console.ClusterOptions{Name: "brolga", Source: view.SourceBuiltIn, Version: "brolga, compatible with Kafka " + console.KafkaVersion}
	for _, e := range b.Endpoints {
		o.Listeners = append(o.Listeners, view.Advertised{Broker: n.cfg.NodeID(), Host: e.Host, Port: int32(e.Port), Note: e.Name})
		if e.Name != name {
			continue
		}
		advertised := net.JoinHostPort(e.Host, strconv.Itoa(int(e.Port)))
		o.Bootstrap = []string{advertised}
		o.Dial = n.dialOwn(advertised, name)
	}
	return o, len(o.Bootstrap) > 0
}

// dialOwn reaches this broker where it listens, whatever it tells others: what is
// advertised may not be reachable from here.
func (n *Node) dialOwn(advertised, listener string) func(context.Context, string, string) (net.Conn, error) {
	own := advertised
	for _, l := range n.listeners {
		if l.Name != listener {
			continue
		}
		host := l.Host
		if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
			host = "localhost"
		}
		own = net.JoinHostPort(host, strconv.Itoa(l.port()))
	}
	const patience = 3 * time.Second
	d := &net.Dialer{Timeout: patience}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if address == advertised {
			address = own
		}
		return d.DialContext(ctx, network, address)
	}
}
