package server

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/brolga-io/brolga/internal/metrics"
)

// Config holds the limits of a Server. All durations and counts must be
// positive; WithDefaults fills in what is zero.
type Config struct {
	MaxRequestBytes     int           // socket.request.max.bytes
	MaxIdle             time.Duration // connections.max.idle.ms
	FirstRequestTimeout time.Duration // from accept to the first whole request
	WriteTimeout        time.Duration // one write that makes no end
	SendBufferBytes     int           // socket.send.buffer.bytes; 0: the system tunes it
	ReceiveBufferBytes  int           // socket.receive.buffer.bytes; 0: the system tunes it
	Limits              Limits

	// Trim, if not nil, is called when many connections have become idle: it
	// gives memory back to the system (debug.FreeOSMemory).
	Trim func()

	Metrics *metrics.Server // nil: nobody wants to know

	Log *slog.Logger
	Now func() time.Time
}

// WithDefaults returns cfg with Kafka's defaults where a value is zero.
func (cfg Config) WithDefaults() Config {
	if cfg.MaxRequestBytes == 0 {
		cfg.MaxRequestBytes = 100 << 20
	}
	if cfg.MaxIdle == 0 {
		cfg.MaxIdle = 10 * time.Minute
	}
	if cfg.FirstRequestTimeout == 0 {
		cfg.FirstRequestTimeout = 30 * time.Second
	}
	if cfg.WriteTimeout == 0 {
		cfg.WriteTimeout = 30 * time.Second
	}
	if cfg.Metrics == nil {
		cfg.Metrics = new(metrics.Server)
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return cfg
}

// Server accepts connections on any number of listeners and runs them.
type Server struct {
	cfg     Config
	handler Handler
	log     *slog.Logger
	now     func() time.Time

	buffers   bufferPool
	runs      sync.Pool // of *stagedRun
	responses sync.Pool // of *Response

	stopping chan struct{}
	draining atomic.Bool // set when stopping is closed
	stopOnce sync.Once
	loops    sync.WaitGroup // accept loops and the sweep
	conns    sync.WaitGroup // connection goroutines

	mu     sync.Mutex
	open   map[*Conn]struct{}
	perIP  map[netip.Addr]int
	limits Limits
	// nextAccept is when the next connection would come if all came evenly at
	// max.connection.creation.rate; up to a second of it may be used at once.
	nextAccept time.Time
	listeners  []net.Listener
	room       *sync.Cond // signalled when a connection closed or limits changed

	warned sync.Map // protocol name: told once that it knocks at the wrong port
}

// New returns a server that calls h. It runs nothing but the sweep until Serve.
func New(cfg Config, h Handler) *Server {
	cfg = cfg.WithDefaults()
	s := &Server{
		cfg:      cfg,
		handler:  h,
		log:      cfg.Log,
		now:      cfg.Now,
		stopping: make(chan struct{}),
		open:     make(map[*Conn]struct{}),
		perIP:    make(map[netip.Addr]int),
		limits:   cfg.Limits,
	}
	s.room = sync.NewCond(&s.mu)
	s.loops.Add(1)
	go s.runSweep()
	return s
}

// Serve accepts connections from l under the given listener name until
// Shutdown. It returns at once.
func (s *Server) Serve(name string, l net.Listener) {
	s.mu.Lock()
	s.listeners = append(s.listeners, l)
	s.mu.Unlock()
	s.loops.Add(1)
	go s.runAccept(name, l)
}

// ConnectionCount is the number of open connections.
func (s *Server) ConnectionCount() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open)
}

// breakWait is how long Shutdown waits for connections it has broken. Only a
// handler that ignores Conn.Stopping needs longer; it is left behind.
const breakWait = 500 * time.Millisecond

// Shutdown stops accepting and reading, lets requests that have started finish
// and their answers leave for at most grace, then breaks what is left and waits
// for the server's goroutines.
func (s *Server) Shutdown(grace time.Duration) {
	s.draining.Store(true)
	s.stopOnce.Do(func() { close(s.stopping) })
	s.mu.Lock()
	for _, l := range s.listeners {
		if err := l.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			s.log.Warn("Closing a listener failed", "err", err)
		}
	}
	s.room.Broadcast()
	for c := range s.open {
		c.stopReading()
	}
	s.mu.Unlock()
	s.loops.Wait()

	done := make(chan struct{})
	go s.runDrain(done)
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-done:
		return
	case <-timer.C:
	}
	s.mu.Lock()
	for c := range s.open {
		c.abort()
	}
	s.mu.Unlock()
	timer.Reset(breakWait)
	select {
	case <-done:
	case <-timer.C:
		s.log.Warn("Requests are still running after the server was stopped", "connections", s.ConnectionCount())
	}
}

// runDrain closes done when the last connection goroutine has ended.
func (s *Server) runDrain(done chan<- struct{}) {
	s.conns.Wait()
	close(done)
}

// forget removes a closed connection from the counts.
func (s *Server) forget(c *Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, c)
	if s.perIP[c.ip]--; s.perIP[c.ip] <= 0 {
		delete(s.perIP, c.ip)
	}
	s.room.Broadcast()
}

// logClose says why a connection ended, if anybody wants to know.
func (s *Server) logClose(c *Conn, err error) {
	var wrong wrongProtocolError
	switch {
	case errors.As(err, &wrong):
		if _, told := s.warned.LoadOrStore(wrong.name, true); !told {
			s.log.Warn("Closed a connection that does not speak Kafka (further ones are not logged)",
				"protocol", wrong.name, "listener", c.listener, "remote", c.remote)
		}
	case err == io.EOF, errors.Is(err, net.ErrClosed), errors.Is(err, os.ErrDeadlineExceeded),
		errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), err == errHandlerClose:
		// A client that goes away is no news.
	default:
		s.log.Debug("Closed a connection", "listener", c.listener, "remote", c.remote, "err", err)
	}
}
