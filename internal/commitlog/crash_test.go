package commitlog

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/vfs"
)

// life is one run of a script, and what it promised so far.
type life struct {
	*world
	kills
	l       *Log
	live    []modelBatch      // what the log holds, if nothing is lost
	ever    map[string][]byte // every batch ever appended, by offset and epoch
	durable int64             // recovery point in the checkpoint file
	epoch   int32
}

func newLife(t testing.TB) *life {
	f := &life{world: newWorld(t), ever: map[string][]byte{}, epoch: 1}
	f.cfg.SegmentBytes, f.cfg.IndexIntervalBytes, f.cfg.RetentionMs, f.cfg.RetentionBytes = 600, 100, -1, -1
	f.cfg.FileDeleteDelayMs = 0
	f.env.FS = f.on(f.mem)
	f.look = f.losePower
	f.env.LowerRecoveryPoint = func(_ string, offset int64) error {
		f.durable = min(f.durable, offset)
		return nil
	}
	return f
}

func batchKey(base int64, epoch int32) string { return fmt.Sprint(base, "/", epoch) }

func (f *life) appendOne(raw []byte) error {
	before := f.l.EndOffset()
	h, _ := batch.ParseHeader(raw)
	// Whether or not the append is reported as failed, the batch may survive.
	batch.SetBaseOffset(raw, before)
	batch.SetLeaderEpoch(raw, f.epoch)
	f.ever[batchKey(before, f.epoch)] = bytes.Clone(raw)
	batch.SetBaseOffset(raw, 0)
	if _, err := f.l.Append(f.epoch, raw, AppendCheck{Origin: Coordinator}); err != nil {
		return err
	}
	f.live = append(f.live, modelBatch{base: before, next: before + int64(h.Count), epoch: f.epoch})
	return nil
}

func (f *life) sync() error {
	if err := f.l.Sync(); err != nil {
		return err
	}
	f.durable = f.l.RecoveryPoint()
	return nil
}

func (f *life) truncate(to int64) error {
	if err := f.l.TruncateTo(to); err != nil {
		return err
	}
	for len(f.live) > 0 && f.live[len(f.live)-1].next > to {
		f.live = f.live[:len(f.live)-1]
	}
	f.epoch++
	return f.l.AssignEpoch(f.epoch, f.l.EndOffset())
}

func (f *life) retain(bytes int64) error {
	cfg := f.cfg
	cfg.RetentionBytes = bytes
	f.l.SetConfig(&cfg)
	if _, err := f.l.EnforceRetention(f.nowMs, f.l.EndOffset()); err != nil {
		return err
	}
	for len(f.live) > 0 && f.live[0].next <= f.l.StartOffset() {
		f.live = f.live[1:]
	}
	return f.l.RemoveDeleted(f.nowMs)
}

// script uses every operation that changes files. It stops at the first
// error.
func (f *life) script() error {
	var err error
	if f.l, err = f.tryOpen(recoveryPoint(0)); err != nil {
		return err
	}
	some := func(n int) error {
		for i := range n {
			if err := f.appendOne(records(i%3+1, 40, f.nowMs+int64(i))); err != nil {
				return err
			}
		}
		return nil
	}
	txn := func(commit bool) error {
		o := batch.NoProducer()
		o.ProducerID, o.ProducerEpoch, o.BaseSequence, o.Transactional = 9, 0, 0, true
		b := batch.NewBuilder(o)
		b.Append(f.nowMs, nil, []byte("in a transaction"))
		if err := f.appendOne(b.Build(nil)); err != nil {
			return err
		}
		return f.appendOne(batch.BuildMarker(9, 0, batch.EndTxnMarker{Commit: commit, CoordinatorEpoch: 1}, f.nowMs))
	}
	for _, step := range []func() error{
		func() error { return some(4) },
		f.sync,
		func() error { return some(7) },
		func() error { return txn(false) },
		f.sync,
		func() error { return some(3) },
		func() error { return f.truncate(f.live[len(f.live)-5].next) },
		func() error { return some(5) },
		func() error { return txn(true) },
		func() error { return f.l.Quiesce() },
		func() error { return f.retain(1200) },
		f.sync,
		func() error { return some(6) },
		func() error { return f.truncate(f.live[2].next) },
		func() error { return some(2) },
		f.sync,
		func() error { return f.retain(0) },
		func() error { return some(3) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// verify opens what a power loss left and checks every promise.
func (f *life) verify(mem *vfs.Mem, what string) {
	f.t.Helper()
	w := *f.world
	w.mem = mem
	w.env = &Env{FS: mem, Now: f.env.Now, FDs: NewFDCache(16)}
	l, err := w.tryOpen(recoveryPoint(f.durable))
	if err != nil {
		f.t.Fatalf("%s: open: %v", what, err)
	}
	if end := l.EndOffset(); end < f.durable {
		f.t.Fatalf("%s: the log ends at %d, %d was durable", what, end, f.durable)
	}
	if err := l.Check(); err != nil {
		f.t.Fatalf("%s: %v", what, err)
	}
	have := map[int64]bool{}
	next := int64(-1)
	err = batch.ForEach(readAll(f.t, l, l.StartOffset(), 1<<20), func(h batch.Header, raw []byte) error {
		if next >= 0 && h.BaseOffset != next {
			return fmt.Errorf("hole before %d", h.BaseOffset)
		}
		next = h.NextOffset()
		if want := f.ever[batchKey(h.BaseOffset, h.PartitionLeaderEpoch)]; !bytes.Equal(raw, want) {
			return fmt.Errorf("batch at %d of epoch %d was never appended", h.BaseOffset, h.PartitionLeaderEpoch)
		}
		have[h.BaseOffset] = true
		return nil
	})
	if err != nil {
		f.t.Fatalf("%s: %v", what, err)
	}
	for _, b := range f.live {
		if b.next <= f.durable && b.base >= l.StartOffset() && !have[b.base] {
			f.t.Fatalf("%s: the batch at %d was durable and is gone", what, b.base)
		}
	}
	f.goOn(&w, l, what)
}

// goOn uses the recovered log, stops it orderly and opens it again.
func (f *life) goOn(w *world, l *Log, what string) {
	f.t.Helper()
	for range 5 {
		if _, err := l.Append(100, records(2, 100, w.nowMs), AppendCheck{}); err != nil {
			f.t.Fatalf("%s: append after recovery: %v", what, err)
		}
	}
	end := l.EndOffset()
	if err := l.Close(true); err != nil {
		f.t.Fatalf("%s: close: %v", what, err)
	}
	again, err := w.tryOpen(cleanAt(end))
	if err == nil {
		err = again.Check()
	}
	if err != nil || again.EndOffset() != end {
		f.t.Fatalf("%s: second open ends at %d, not %d: %v", what, again.EndOffset(), end, err)
	}
}

// TestPowerLossAtEveryOperation looks, at each operation of the script that changes a
// file, at several things that the disk may look like after a power loss there.
func TestPowerLossAtEveryOperation(t *testing.T) {
	f := newLife(t)
	if err := f.script(); err != nil {
		t.Fatal(err)
	}
	f.point()
	t.Logf("%d operations", f.ops)
}

func (f *life) losePower(op int) {
	f.t.Helper()
	for what, disk := range disksAfter(op, 4) {
		f.verify(f.mem.CrashClone(disk), what)
	}
}
