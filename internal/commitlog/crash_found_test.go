package commitlog

import (
	"errors"
	"strings"
	"testing"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/vfs"
)

// What random scripts found, one by one.

// losePower is the world after its power went with nothing kept that was not synced.
func (w *world) losePower() { w.become(w.mem.CrashClone(vfs.CrashOptions{})) }

func (w *world) become(mem *vfs.Mem) {
	w.mem = mem
	env := *w.env
	env.FS, env.FDs = mem, NewFDCache(64)
	w.env = &env
}

// abortedTxn appends a transaction that aborts.
func (w *world) abortedTxn(l *Log) {
	w.t.Helper()
	o := batch.NoProducer()
	o.ProducerID, o.ProducerEpoch, o.BaseSequence, o.Transactional = 9, 0, 0, true
	marker := batch.BuildMarker(9, 0, batch.EndTxnMarker{CoordinatorEpoch: 1}, w.nowMs)
	for _, b := range [][]byte{batchOf(o, w.nowMs, put("k", "aborted")), marker} {
		if _, err := l.Append(1, b, AppendCheck{Origin: Coordinator}); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *world) wantAborted(l *Log, n int, what string) {
	w.t.Helper()
	aborted, err := l.AbortedTxns(l.StartOffset(), l.EndOffset())
	if err != nil || len(aborted) != n {
		w.t.Fatalf("%s: aborted transactions are %v, want %d: %v", what, aborted, n, err)
	}
}

func (w *world) sync(l *Log) {
	w.t.Helper()
	if err := l.Sync(); err != nil {
		w.t.Fatal(err)
	}
}

// The first aborted transaction makes a file. Sync makes its name durable too.
func TestNewTransactionIndexIsSynced(t *testing.T) {
	w := newWorld(t)
	l := w.open(recoveryPoint(0))
	w.append(l, 1, records(1, 10, w.nowMs))
	w.sync(l) // the segment's name
	w.abortedTxn(l)
	w.sync(l)
	point := l.RecoveryPoint()
	w.losePower()
	w.wantAborted(w.open(recoveryPoint(point)), 1, "after the power loss")
}

// A killed process leaves files whose names were never synced. The next one's Sync
// makes up for that.
func TestSyncAfterAKill(t *testing.T) {
	w := newWorld(t)
	dir := "data/fresh-0"
	if err := w.mem.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	open := func(point int64) *Log {
		o := w.options()
		o.RecoveryPoint = point
		l, err := Open(dir, o)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	l := open(0)
	w.append(l, 1, records(3, 10, w.nowMs))
	if err := l.Close(false); err != nil {
		t.Fatal(err)
	}
	l = open(0)
	w.sync(l)
	if l.RecoveryPoint() != 3 {
		t.Fatalf("the recovery point is %d", l.RecoveryPoint())
	}
	w.losePower()
	if l = open(3); l.EndOffset() != 3 {
		t.Fatalf("the log ends at %d", l.EndOffset())
	}
}

// Records come back that were deleted, when a crash comes before the log's start is
// written down. The epochs they were written in come back with them.
func TestEpochsOfRecordsThatCameBack(t *testing.T) {
	w := newWorld(t)
	l := w.open(recoveryPoint(0))
	for epoch := range int32(3) {
		w.append(l, epoch+1, records(4, 10, w.nowMs))
	}
	w.sync(l)
	if err := l.AdvanceStartOffset(10); err != nil {
		t.Fatal(err)
	}
	w.append(l, 3, records(1, 10, w.nowMs))
	w.sync(l) // writes epochs that begin at 10
	w.losePower()
	l = w.open(recoveryPoint(13))
	if err := l.Check(); err != nil {
		t.Fatal(err)
	}
	for offset, want := range []int32{1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 3} {
		if got := l.EpochAt(int64(offset)); got != want {
			t.Errorf("offset %d is of epoch %d, not %d", offset, got, want)
		}
	}
	if epoch, end := l.EndOffsetForEpoch(1); epoch != 1 || end != 4 {
		t.Errorf("epoch 1 ends as %d at %d", epoch, end)
	}
}

// retained is a log of two segments, the older one of which retention is about to
// delete. It has an aborted transaction, and the last batch of an idempotent producer.
func retained(t *testing.T) (*world, *Log) {
	w := newWorld(t)
	w.cfg.RetentionBytes, w.cfg.FileDeleteDelayMs = 0, 60_000
	l := w.open(recoveryPoint(0))
	w.append(l, 1, produced(3, 0, 0, 1, w.nowMs))
	w.abortedTxn(l)
	w.roll(l)
	w.append(l, 1, records(1, 10, w.nowMs))
	w.sync(l)
	return w, l
}

// Retention takes away the batches that told of a producer: the snapshot that knows it
// is on the disk by then.
func TestRetentionKeepsProducersDurably(t *testing.T) {
	w, l := retained(t)
	if n, err := l.EnforceRetention(w.nowMs, 3); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	w.losePower()
	l = w.open(recoveryPoint(4))
	info, err := l.Append(1, produced(3, 0, 0, 1, w.nowMs), AppendCheck{})
	if err != nil || !info.Duplicate || info.BaseOffset != 0 {
		t.Fatalf("a repeated batch: %+v, %v", info, err)
	}
}

// A power loss during retention may bring a segment back. It is not without the index
// of its aborted transactions then.
func TestSegmentComesBackWithItsTransactions(t *testing.T) {
	w, l := retained(t)
	looks := 0
	k := kills{look: func(op int) {
		after := *w
		after.become(w.mem.CrashClone(vfs.CrashOptions{KeepChange: func(c vfs.Change) bool {
			return !strings.HasSuffix(c.Name, logSuffix)
		}}))
		again := after.open(recoveryPoint(4))
		if again.StartOffset() == 0 {
			looks++
			after.wantAborted(again, 1, "the segment is back")
		}
	}}
	l.env.FS = k.on(w.mem)
	if _, err := l.EnforceRetention(w.nowMs, 3); err != nil {
		t.Fatal(err)
	}
	k.point()
	if looks < 3 {
		t.Errorf("the segment was there %d times only", looks)
	}
}

// A log that is emptied to begin anew is never without a segment: a directory without
// any looks like the loss of all that was flushed.
func TestEmptiedLogKeepsItsStart(t *testing.T) {
	for _, to := range []int64{4, 6, 100} { // a segment's base, inside of one, beyond the end
		w := newWorld(t)
		l := w.open(recoveryPoint(0))
		for range 3 {
			w.append(l, 1, records(4, 10, w.nowMs))
			w.roll(l)
		}
		if err := l.AdvanceStartOffset(4); err != nil {
			t.Fatal(err)
		}
		w.cfg.RetentionBytes = -1
		if _, err := l.EnforceRetention(w.nowMs, 4); err != nil {
			t.Fatal(err)
		}
		point := l.RecoveryPoint()
		l.env.LowerRecoveryPoint = func(_ string, offset int64) error { point = offset; return nil }
		k := kills{look: func(op int) {
			for what, disk := range disksAfter(op, 3) {
				after := *w
				after.become(w.mem.CrashClone(disk))
				after.env.LowerRecoveryPoint = nil
				again, err := after.tryOpen(recoveryPoint(point))
				if err == nil {
					err = again.Check()
				}
				if err != nil || again.StartOffset() < 4 {
					t.Fatalf("to %d, %s: the log starts at %d: %v", to, what, again.StartOffset(), err)
				}
			}
		}}
		l.env.FS = k.on(w.mem)
		if err := l.TruncateFullyAndStartAt(to); err != nil {
			t.Fatal(err)
		}
		k.point()
		if l.StartOffset() != to || l.EndOffset() != to {
			t.Errorf("the log is from %d to %d", l.StartOffset(), l.EndOffset())
		}
	}
}

// TestFailedSyncIsFinal: after an fsync that failed nobody knows what is on the disk,
// whatever the next one says. Nothing is durable that was not, and nothing is taken.
func TestFailedSyncIsFinal(t *testing.T) {
	w := newWorld(t)
	isLog := func(name string) bool { return strings.HasSuffix(name, logSuffix) }
	w.env.FS = vfs.NewErrorFS(w.mem, vfs.FailNth(vfs.OpSync, 2, isLog, errPowerLoss))
	l := w.open(recoveryPoint(0))
	w.append(l, 1, records(1, 10, w.nowMs))
	w.sync(l)
	w.append(l, 1, records(1, 10, w.nowMs))
	for i := range 2 {
		if err := l.Sync(); !errors.Is(err, ErrStorage) {
			t.Errorf("sync %d: %v", i, err)
		}
	}
	if point, _, _ := l.Checkpoints(); point != 1 {
		t.Errorf("the recovery point is %d", point)
	}
	if _, err := l.Append(1, records(1, 10, w.nowMs), AppendCheck{}); !errors.Is(err, ErrStorage) {
		t.Errorf("append: %v", err)
	}
}
