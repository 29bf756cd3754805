package logdir

import (
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/commitlog"
)

// TestClockSetBack: background work goes on when the wall clock is set back by a day,
// instead of waiting until it has caught up.
func TestClockSetBack(t *testing.T) {
	w := newWorld(t)
	w.cfg.Log.RetentionMs, w.cfg.Log.SegmentBytes = 1000, 200
	d := w.open()
	defer d.Close(false)
	asked := 0
	d.SetHighWatermarks(func(commitlog.TopicPartition) (int64, bool) { asked++; return 0, true })
	l := w.create(d, tp("a", 0), id(1))
	h := housekeeper{d: d, lastRetention: w.now()}
	pace := &pacer{c: &cleaners{d: d, stop: make(chan struct{})}, rate: 1e18, bytes: 1, sinceMs: w.now()}
	last := w.now()
	w.fill(l, 3)
	w.nowMs.Add(-24 * time.Hour.Milliseconds())
	if d.flushDue(last); l.RecoveryPoint() != 3 {
		t.Errorf("synced up to %d", l.RecoveryPoint())
	}
	asked = 0
	if h.pass(w.now()); asked < 2 || h.lastRetention != w.now() { // once for the checkpoint
		t.Errorf("retention was not looked at: the watermark was asked for %d times", asked)
	}
	if err := pace.pace(1); err != nil { // a ticker of this world never ticks
		t.Error(err)
	}
}

// TestClockJumpKeepsProducers: a retry is a duplicate although the wall clock jumped by
// more than producer.id.expiration.ms.
func TestClockJumpKeepsProducers(t *testing.T) {
	w := newWorld(t)
	uptime := time.Duration(0)
	w.cfg.Uptime = func() time.Duration { return uptime }
	d := w.open()
	defer d.Close(false)
	d.SetHighWatermarks(func(commitlog.TopicPartition) (int64, bool) { return 0, true })
	l := w.create(d, tp("a", 0), id(1))
	h := housekeeper{d: d, lastRetention: w.now()}
	o := batch.NoProducer()
	o.ProducerID, o.ProducerEpoch, o.BaseSequence = 1, 0, 0
	send := func() commitlog.AppendInfo {
		t.Helper()
		b := batch.NewBuilder(o)
		b.Append(w.now(), nil, []byte("v"))
		info, err := l.Append(0, b.Build(nil), commitlog.AppendCheck{})
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
	send()
	for range 3 {
		w.nowMs.Add(48 * time.Hour.Milliseconds())
		uptime += time.Minute
		h.pass(w.now())
		if !send().Duplicate {
			t.Fatal("appended twice")
		}
	}
	uptime += 25 * time.Hour
	h.pass(w.now() + time.Hour.Milliseconds())
	if ps, err := l.ActiveProducers(); err != nil || len(ps) != 0 {
		t.Errorf("idle for a day: %v %v", ps, err)
	}
}
