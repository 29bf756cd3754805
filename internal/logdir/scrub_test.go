package logdir

import (
	"errors"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/commitlog"
)

// TestScrub: a bit that changed in what was flushed long ago is found and told, until
// somebody has settled it; good logs are not told of.
func TestScrub(t *testing.T) {
	w := newWorld(t)
	d := w.open()
	for i := range int32(3) {
		w.fill(w.create(d, tp("t", i), id(1)), 5)
	}
	w.close(d, true)
	b := []byte(w.read("data/t-1/" + firstLog))
	b[70] ^= 1 // in the first batch, which no start looks at
	w.put("data/t-1/"+firstLog, string(b))

	ticks := make(chan time.Time, 2*scrubAgain/scrubTick)
	w.cfg.NewTicker = func(time.Duration) (<-chan time.Time, func()) { return ticks, func() {} }
	w.cfg.Stepped = true
	d = w.open()
	told := make(chan commitlog.TopicPartition)
	times := 0
	d.Scrub(func(p commitlog.TopicPartition, err error) bool {
		if !errors.Is(err, commitlog.ErrCorrupt) {
			t.Errorf("%v: %v", p, err)
		}
		times++
		told <- p
		return times == 2
	})
	for range 2 {
		if p := <-told; p != tp("t", 1) {
			t.Errorf("told of %v", p)
		}
		for range scrubAgain / scrubTick {
			ticks <- time.Time{}
		}
	}
	w.close(d, true)
	if times != 2 {
		t.Errorf("told %d times", times)
	}
	d.Scrub(func(commitlog.TopicPartition, error) bool { t.Error("scrubbed after the end"); return true })
}

// TestDisown: a process that knows that something is missing leaves nothing behind that
// says otherwise.
func TestDisown(t *testing.T) {
	for _, orderly := range []bool{true, false} {
		w := newWorld(t)
		w.cfg.Machine = func(string) string { return "m" }
		d := w.open()
		if err := d.Registered(7, true); err != nil {
			t.Fatal(err)
		}
		if err := d.Disown(); err != nil {
			t.Fatal(err)
		}
		if orderly {
			w.close(d, true)
		} else {
			w.abandon(d)
		}
		if d = w.open(); d.PreviousBrokerEpoch() != UnknownBrokerEpoch {
			t.Errorf("orderly=%v: it claims the epoch %d", orderly, d.PreviousBrokerEpoch())
		}
		w.abandon(d)
	}
}
