package node

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// TestCloseWithin: a stop returns what closing returned, or that it was late.
func TestCloseWithin(t *testing.T) {
	failed := errors.New("closing failed")
	for _, c := range []struct {
		name  string
		takes time.Duration
		want  error
		late  bool
	}{
		{"in time", stopLimit - time.Millisecond, nil, false},
		{"in time, with an error", time.Millisecond, failed, false},
		{"late", stopLimit + time.Millisecond, nil, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				text := &logText{}
				begin := time.Now()
				err := closeWithin(stopLimit, slog.New(newLogHandler(text)), func() error {
					time.Sleep(c.takes)
					return c.want
				})
				if took := time.Since(begin); took != min(c.takes, stopLimit) {
					t.Errorf("it took %v", took)
				}
				if late := strings.Contains(text.String(), "WARN Stopping takes too long"); err != c.want || late != c.late {
					t.Errorf("%v, and the log is %q", err, text)
				}
				time.Sleep(c.takes) // the end of a test waits for nobody
			})
		})
	}
}

// TestOthersReportAtOnce: brokers beside one that leaves do not wait for their next
// heartbeat, and the one that leaves, like all when nobody does, does not hurry.
func TestOthersReportAtOnce(t *testing.T) {
	image := func(change wire.BrokerRegistrationChangeRecord) *metadata.Image {
		p, _ := newTestPublisher(func(*metadata.Image) bool { return true })
		change.BrokerId = 2
		if err := p.Batch(stored(3, &wire.RegisterBrokerRecord{BrokerId: 1}, &wire.RegisterBrokerRecord{BrokerId: 2}, &change)); err != nil {
			t.Fatal(err)
		}
		return p.Image()
	}
	leaving := wire.BrokerRegistrationChangeRecord{InControlledShutdown: 1}
	for _, c := range []struct {
		name   string
		self   string
		change wire.BrokerRegistrationChangeRecord
		want   int
	}{
		{"another leaves", "1", leaving, 1},
		{"this one leaves", "2", leaving, 0},
		{"another has left", "1", wire.BrokerRegistrationChangeRecord{InControlledShutdown: 1, Fenced: 1}, 0},
		{"nobody leaves", "1", wire.BrokerRegistrationChangeRecord{}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg, err := config.Load(config.Standalone(), []string{"node.id=" + c.self})
			if err != nil {
				t.Fatal(err)
			}
			n := &Node{cfg: cfg, hurry: make(chan struct{}, 1)}
			for range 2 { // the second time nobody has taken the first yet
				n.reportLeaving(image(c.change), nil)
			}
			if len(n.hurry) != c.want {
				t.Errorf("%d heartbeats leave at once", len(n.hurry))
			}
		})
	}
}
