package node

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/internal/config"
)

// logText collects what a node logs.
type logText struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// running is a node under test.
type running struct {
	*Node
	t    *testing.T
	dir  string
	text *logText
}

// settings are those of a small node on any port; later ones win.
func settings(dir string, more ...string) []string {
	return append([]string{
		"listeners=PLAINTEXT://127.0.0.1:0", "log.dirs=" + dir, "metrics.listener=none", "console.listener=none",
		"offsets.topic.num.partitions=2", "group.initial.rebalance.delay.ms=0",
	}, more...)
}

// tryStart starts a node in process and returns why it did not start.
func tryStart(t *testing.T, dir string, more ...string) (*running, error) {
	t.Helper()
	cfg, err := config.Load(config.Standalone(), settings(dir, more...))
	if err != nil {
		t.Fatal(err)
	}
	text := &logText{}
	n, err := Start(cfg, Options{Log: slog.New(newLevelHandler(newLogHandler(text), newLoggers(slog.LevelInfo)))})
	return &running{n, t, dir, text}, err
}

func start(t *testing.T, dir string, more ...string) *running {
	t.Helper()
	r, err := tryStart(t, dir, more...)
	if err != nil {
		t.Fatalf("%v\n%s", err, r.text)
	}
	return r
}

// stop closes the node, which must go well.
func (r *running) stop() {
	r.t.Helper()
	begin := time.Now()
	if err := r.Close(); err != nil {
		r.t.Fatal(err)
	}
	if took := time.Since(begin); took > 2*time.Second {
		r.t.Errorf("closing took %v", took)
	}
}

func (r *running) address() string { return fmt.Sprintf("127.0.0.1:%d", r.listeners[0].port()) }

// client is a client of the node, which ends with the test.
func (r *running) client(opts ...kgo.Opt) *kadm.Client {
	r.t.Helper()
	c, err := kgo.NewClient(append(opts, kgo.SeedBrokers(r.address()), kgo.AllowAutoTopicCreation())...)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(c.Close)
	return kadm.NewClient(c)
}

// limit bounds what a test waits for.
func limit(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// mustSay checks for one sentence on one line, without a stack of Go.
func mustSay(t *testing.T, text, part string) {
	t.Helper()
	text = strings.TrimSpace(text)
	if !strings.Contains(text, part) || strings.Contains(text, "\n") || strings.Contains(text, "goroutine") {
		t.Errorf("told %q, want one line with %q", text, part)
	}
}
