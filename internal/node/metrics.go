package node

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metricsServer serves /metrics, /healthz and /readyz (metrics.listener).
type metricsServer struct {
	http   *http.Server
	socket net.Listener
	done   chan struct{}
}

// serveMetrics opens metrics.listener. Without it the node does its work all the
// same: a taken port is a warning.
func (n *Node) serveMetrics() error {
	const key, off = "metrics.listener", "none"
	where := n.cfg.String(key)
	if where == off {
		return nil
	}
	u, err := url.Parse(where)
	if err != nil || u.Scheme != "http" || u.Host == "" || u.Path != "" && u.Path != "/" {
		return fmt.Errorf("Invalid value %s for configuration %s: it must be http://host:port or %s", where, key, off)
	}
	socket, err := net.Listen("tcp", u.Host)
	if err != nil {
		n.log.Warn("There are no metrics and no health checks: their port cannot be opened ("+key+")", "err", err)
		return nil
	}
	m := &metricsServer{socket: socket, done: make(chan struct{})}
	const patience = 10 * time.Second
	m.http = &http.Server{Handler: n.metricsHandler(), ReadTimeout: patience, WriteTimeout: 3 * patience, MaxHeaderBytes: 16 << 10}
	n.metricsHTTP = m
	go m.run()
	n.log.Info(fmt.Sprintf("Metrics are on http://%s/metrics", socket.Addr()))
	return nil
}

func (m *metricsServer) run() {
	defer close(m.done)
	_ = m.http.Serve(m.socket) // always an error: the server was closed
}

func (m *metricsServer) close() {
	m.http.Close()
	<-m.done
}

func (n *Node) metricsHandler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(n.metrics.Gatherer(), promhttp.HandlerOpts{MaxRequestsInFlight: 4}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { answerHealth(w, n.unhealthy()) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) { answerHealth(w, n.unready()) })
	return mux
}

// answerHealth answers 200 without a reason against it, else 503.
func answerHealth(w http.ResponseWriter, reason string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if reason != "" {
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprintln(w, reason)
		return
	}
	fmt.Fprintln(w, "ok")
}

// unhealthy says why the process should be replaced, "" if it should not.
func (n *Node) unhealthy() string {
	if len(n.failed) > 0 {
		return "the node cannot go on and is stopping"
	}
	return ""
}

// unready says why clients should not be sent here now.
func (n *Node) unready() string {
	b := n.publisher.Image().Broker(n.cfg.NodeID())
	switch {
	case n.unhealthy() != "":
		return n.unhealthy()
	case !n.isBroker():
		if id, _ := n.metadataLog.Leader(); id < 0 {
			return "the quorum has no active controller"
		}
		return ""
	case b == nil:
		return "the broker is not registered"
	case b.Fenced:
		return "the broker is fenced"
	case !n.serving.Load():
		return "the listeners are not open"
	}
	return ""
}
