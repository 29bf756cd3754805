package commitlog

import (
	"bytes"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/vfs"
)

var errPowerLoss = errors.New("power loss")

// Each test here is named after the bug that somebody shipped.

var errDisk = errors.New("input/output error")

// failing makes the nth operation op on a file with this suffix fail.
func (w *world) failing(op vfs.Op, nth int64, suffix string) {
	w.env.FS = vfs.NewErrorFS(w.mem, vfs.FailNth(op, nth, func(name string) bool { return strings.HasSuffix(name, suffix) }, errDisk))
}

// TestKAFKA10778: after one failed write or fsync nothing is appended or
// acknowledged any more, although the disk works again.
func TestKAFKA10778(t *testing.T) {
	for name, c := range map[string]struct {
		op     vfs.Op
		nth    int64
		suffix string
	}{
		"write":      {vfs.OpWrite, 3, logSuffix},
		"fsync":      {vfs.OpSync, 1, logSuffix},
		"sync dir":   {vfs.OpSyncDir, 1, ""},
		"new file":   {vfs.OpOpen, 2, logSuffix},
		"snapshot":   {vfs.OpWrite, 1, snapshotSuffix},
		"checkpoint": {vfs.OpRename, 1, epochCheckpointName + vfs.TempSuffix},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.cfg.SegmentBytes = 500
			w.failing(c.op, c.nth, c.suffix)
			l := w.open(recoveryPoint(0))
			var failure error
			var acked int64
			for i := 0; i < 10 && failure == nil; i++ {
				var info AppendInfo
				if info, failure = l.Append(1, records(1, 50, w.nowMs), AppendCheck{}); failure == nil {
					acked = info.LastOffset + 1
				}
				if failure == nil && i > 6 {
					failure = l.Sync()
				}
			}
			if !errors.Is(failure, ErrStorage) || !errors.Is(failure, errDisk) {
				t.Fatalf("failure %v", failure)
			}
			if _, err := l.Append(1, records(1, 50, w.nowMs), AppendCheck{}); !errors.Is(err, ErrStorage) {
				t.Errorf("append: %v", err)
			}
			for what, f := range map[string]func() error{
				"commit": l.Commit, "sync": l.Sync, "quiesce": l.Quiesce,
				"truncate": func() error { return l.TruncateTo(1) },
				"start":    func() error { return l.AdvanceStartOffset(1) },
				"roll":     func() error { return l.RollIfDue(w.nowMs) },
				"follower": func() error { _, err := l.AppendAsFollower(records(1, 1, 1)); return err },
				"retain":   func() error { _, err := l.EnforceRetention(w.nowMs, 1); return err },
			} {
				if err := f(); !errors.Is(err, ErrStorage) {
					t.Errorf("%s: %v", what, err)
				}
			}
			if err := l.Close(true); !errors.Is(err, ErrStorage) {
				t.Errorf("close: %v", err)
			}
			w.env.FS = w.mem
			if again := w.open(recoveryPoint(0)); again.EndOffset() < acked {
				t.Errorf("end %d, acknowledged %d", again.EndOffset(), acked)
			}
		})
	}
}

// TestStagedBatchesOfAFailedLog: nobody whose batch was staged when the write
// failed hears that it is in the log.
func TestStagedBatchesOfAFailedLog(t *testing.T) {
	w := newWorld(t)
	w.failing(vfs.OpWrite, 1, logSuffix)
	l := w.open()
	for range 2 {
		if _, err := l.Stage(0, records(1, 1, w.nowMs), AppendCheck{}); err != nil {
			t.Fatal(err)
		}
	}
	first, second := l.Commit(), l.Commit()
	if !errors.Is(first, ErrStorage) || !errors.Is(second, ErrStorage) || l.EndOffset() != 0 {
		t.Errorf("%v, %v, end %d", first, second, l.EndOffset())
	}
}

// TestKAFKA12520: a producer snapshot that is cut, damaged or gone must not
// make the log forget which batches it has.
func TestKAFKA12520(t *testing.T) {
	for name, spoil := range map[string]func(w *world, name string){
		"cut":     func(w *world, name string) { b := w.get(name); w.put(name, b[:len(b)-20]) },
		"empty":   func(w *world, name string) { w.put(name, nil) },
		"flipped": func(w *world, name string) { b := w.get(name); b[15] ^= 1; w.put(name, b) },
		"gone":    func(w *world, name string) { w.mem.Remove(filepath.Join(testDir, name)) },
	} {
		for _, clean := range []bool{false, true} {
			w := newWorld(t)
			w.cfg.SegmentBytes = 300
			l := w.open(recoveryPoint(0))
			for i := range 8 {
				w.append(l, 0, produced(7, 3, int32(i), 1, w.nowMs))
			}
			if err := l.Close(true); err != nil {
				t.Fatal(err)
			}
			entries, _ := w.mem.ReadDir(testDir)
			for _, e := range entries {
				if strings.HasSuffix(e.Name(), snapshotSuffix) {
					spoil(w, e.Name())
				}
			}
			options := recoveryPoint(8)
			if clean {
				options = cleanAt(8)
			}
			l = w.open(options)
			info, err := l.Append(0, produced(7, 3, 7, 1, w.nowMs), AppendCheck{})
			if err != nil || !info.Duplicate || info.BaseOffset != 7 {
				t.Errorf("%s, clean %v: retry: %+v %v", name, clean, info, err)
			}
			if _, err := l.Append(0, produced(7, 3, 9, 1, w.nowMs), AppendCheck{}); !errors.Is(err, ErrOutOfOrderSequence) {
				t.Errorf("%s, clean %v: gap: %v", name, clean, err)
			}
			w.append(l, 0, produced(7, 3, 8, 1, w.nowMs))
		}
	}
}

// TestKAFKA10432And10706: a rebuilt epoch cache equals the original, never
// with an epoch 0 that was not, and a truncation leaves no epoch behind.
func TestKAFKA10432And10706(t *testing.T) {
	w := newWorld(t)
	w.cfg.SegmentBytes = 500
	l := w.open(recoveryPoint(0))
	for i := range 12 {
		epoch := int32(5 + i/3*2)
		if err := l.AssignEpoch(epoch, l.EndOffset()); err != nil {
			t.Fatal(err)
		}
		w.append(l, epoch, records(2, 30, w.nowMs))
	}
	want := l.Epochs()
	if len(want) != 4 || want[0].Epoch != 5 {
		t.Fatal(want)
	}
	if err := l.Close(true); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(){
		"gone":    func() { w.mem.Remove(filepath.Join(testDir, epochCheckpointName)) },
		"empty":   func() { w.put(epochCheckpointName, nil) },
		"cut":     func() { w.put(epochCheckpointName, []byte("0\n4\n5 0\n7 6")) },
		"count":   func() { w.put(epochCheckpointName, []byte("0\n9\n5 0\n")) },
		"not one": func() { w.put(epochCheckpointName, []byte("hello")) },
		"order":   func() { w.put(epochCheckpointName, []byte("0\n2\n7 0\n5 9\n")) },
	} {
		spoil()
		l := w.open(cleanAt(24))
		if got := l.Epochs(); !equalEpochs(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
		l.Close(false)
	}
	l = w.open(recoveryPoint(0))
	if err := l.TruncateTo(7); err != nil {
		t.Fatal(err)
	}
	if got := l.Epochs(); !equalEpochs(got, want[:1]) {
		t.Errorf("after truncation to %d: %v", l.EndOffset(), got)
	}
	if epoch, end := l.EndOffsetForEpoch(5); epoch != 5 || end != 6 {
		t.Errorf("epoch %d ends at %d", epoch, end)
	}
	l = w.open(recoveryPoint(0))
	if got := l.Epochs(); !equalEpochs(got, want[:1]) {
		t.Errorf("after restart: %v", got)
	}
}

func equalEpochs(a, b []EpochEntry) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// TestKAFKA16541: a power loss during a change of epoch leaves a checkpoint
// that can be read, and the epochs of all flushed records.
func TestKAFKA16541(t *testing.T) {
	for stopAt := int64(1); ; stopAt++ {
		w := newWorld(t)
		ops := int64(0)
		w.env.FS = vfs.NewErrorFS(w.mem, func(op vfs.Op, _ string) error {
			if !op.Changes() {
				return nil
			}
			if ops++; ops >= stopAt {
				return errPowerLoss
			}
			return nil
		})
		synced, err := changeEpochs(w)
		for _, keep := range []bool{false, true} {
			crashed := *w
			crashed.mem = w.mem.CrashClone(vfs.CrashOptions{KeepChange: func(vfs.Change) bool { return keep },
				KeepWrite: func(_ string, _ int64, n int) int { return n / 3 }})
			crashed.env = &Env{FS: crashed.mem, Now: w.env.Now, FDs: NewFDCache(8)}
			l := crashed.open(recoveryPoint(synced))
			for i := int64(0); i < synced; i++ {
				if got := l.EpochAt(i); got != int32(i)+1 {
					t.Fatalf("operation %d: epoch at %d is %d", stopAt, i, got)
				}
			}
		}
		if err == nil {
			return
		}
	}
}

// changeEpochs appends and syncs one record in each of five epochs.
func changeEpochs(w *world) (synced int64, err error) {
	l, err := w.tryOpen(recoveryPoint(0))
	for epoch := int32(1); epoch <= 5 && err == nil; epoch++ {
		if err = l.AssignEpoch(epoch, l.EndOffset()); err != nil {
			return synced, err
		}
		if _, err = l.Append(epoch, records(1, 20, w.nowMs), AppendCheck{}); err != nil {
			return synced, err
		}
		if err = l.Sync(); err == nil {
			synced = l.RecoveryPoint()
		}
	}
	return synced, err
}

// TestKAFKA7866: when only the transaction index cannot be written, no later
// append gets the same offsets again.
func TestKAFKA7866(t *testing.T) {
	w := newWorld(t)
	w.failing(vfs.OpWrite, 1, txnSuffix)
	l := w.open()
	o := batch.NoProducer()
	o.ProducerID, o.ProducerEpoch, o.BaseSequence, o.Transactional = 1, 0, 0, true
	b := batch.NewBuilder(o)
	b.Append(w.nowMs, nil, []byte("v"))
	w.append(l, 0, b.Build(nil))
	abort := batch.BuildMarker(1, 0, batch.EndTxnMarker{}, w.nowMs)
	if _, err := l.Append(0, abort, AppendCheck{Origin: Coordinator}); !errors.Is(err, ErrStorage) {
		t.Fatal(err)
	}
	if _, err := l.Append(0, records(1, 1, w.nowMs), AppendCheck{}); !errors.Is(err, ErrStorage) {
		t.Fatalf("append after the failure: %v", err)
	}
	if l.EndOffset() != 1 {
		t.Errorf("the marker is visible without its index entry: end %d", l.EndOffset())
	}
	w.env.FS = w.mem
	l = w.open(recoveryPoint(0))
	if aborted, err := l.AbortedTxns(0, l.EndOffset()); err != nil || l.EndOffset() == 2 && len(aborted) != 1 {
		t.Errorf("after recovery to %d: %+v %v", l.EndOffset(), aborted, err)
	}
	w.append(l, 0, records(1, 1, w.nowMs))
	w.checked(l)
}

// TestKAFKA9144: a marker keeps a producer from being forgotten, and with it
// the coordinator epoch that fences a zombie's marker.
func TestKAFKA9144(t *testing.T) {
	w := newWorld(t)
	w.env.ProducerIDExpirationMs = 1000
	l := w.open()
	o := batch.NoProducer()
	o.ProducerID, o.ProducerEpoch, o.BaseSequence, o.Transactional = 1, 0, 0, true
	b := batch.NewBuilder(o)
	b.Append(w.nowMs, nil, []byte("v"))
	w.append(l, 0, b.Build(nil))
	w.nowMs += 900
	marker := func(epoch int32) error {
		_, err := l.Append(0, batch.BuildMarker(1, 0, batch.EndTxnMarker{Commit: true, CoordinatorEpoch: epoch}, w.nowMs), AppendCheck{Origin: Coordinator})
		return err
	}
	if err := marker(5); err != nil {
		t.Fatal(err)
	}
	w.nowMs += 900
	expireIdle(l, 900)
	if err := marker(4); !errors.Is(err, ErrCoordinatorFenced) {
		t.Errorf("zombie: %v", err)
	}
	expireIdle(l, 1000)
	if ps, _ := l.ActiveProducers(); len(ps) != 0 {
		t.Errorf("not forgotten: %+v", ps)
	}
}

// TestOpenTransactionsDoNotExpire: forgetting one would lose its end.
func TestOpenTransactionsDoNotExpire(t *testing.T) {
	w := newWorld(t)
	w.env.ProducerIDExpirationMs, w.env.MaxProducerIDs = 1, 3
	l := w.open()
	for id := range int64(20) {
		o := batch.NoProducer()
		o.ProducerID, o.ProducerEpoch, o.BaseSequence, o.Transactional = id, 0, 0, id == 0
		b := batch.NewBuilder(o)
		b.Append(w.nowMs, nil, nil)
		w.append(l, 0, b.Build(nil))
		w.nowMs += 10
	}
	expireIdle(l, 1)
	ps, err := l.ActiveProducers()
	if err != nil || len(ps) != 1 || ps[0].TxnStartOffset != 0 {
		t.Errorf("%+v %v", ps, err)
	}
}

// TestDeletedSegmentStaysReadable: a slice outlives the removal of its file.
func TestDeletedSegmentStaysReadable(t *testing.T) {
	w := newWorld(t)
	w.cfg.SegmentBytes, w.cfg.RetentionBytes, w.cfg.FileDeleteDelayMs = 200, 0, 100
	l := w.open()
	first := records(1, 50, w.nowMs)
	w.append(l, 0, first)
	for range 5 {
		w.append(l, 0, records(1, 50, w.nowMs))
	}
	s, err := l.Read(0, 1, 99, true)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := l.EnforceRetention(w.nowMs, l.EndOffset()); err != nil || n == 0 {
		t.Fatal(n, err)
	}
	deleted := filepath.Join(testDir, logFileName(0)+deletedSuffix)
	if _, err := w.mem.Stat(deleted); err != nil {
		t.Errorf("the file is gone before its time: %v", err)
	}
	if err := l.RemoveDeleted(w.nowMs + 100); err != nil {
		t.Fatal(err)
	}
	if _, err := w.mem.Stat(deleted); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file stays: %v", err)
	}
	if b, err := s.Bytes(); err != nil || !bytes.Equal(b, first) {
		t.Errorf("the slice: %v", err)
	}
	s.Release()
	if _, err := l.Read(0, 1, 99, true); !errors.Is(err, ErrOffsetOutOfRange) {
		t.Error(err)
	}
	if n := w.env.FDs.Len(); n > 3 {
		t.Errorf("%d descriptors are open", n)
	}
}

// TestWholeLogExpired: the empty segment that remembers the end is durable
// before the last data goes.
func TestWholeLogExpired(t *testing.T) {
	for stopAt := 1; ; stopAt++ {
		w := newWorld(t)
		w.cfg.RetentionMs = 1000
		l := w.open(recoveryPoint(0))
		w.append(l, 0, records(5, 10, w.nowMs))
		if err := l.Sync(); err != nil {
			t.Fatal(err)
		}
		ops := 0
		crashed := *w
		l.env = &Env{Now: w.env.Now, FDs: w.env.FDs, FS: vfs.NewErrorFS(w.mem, func(op vfs.Op, _ string) error {
			if op.Changes() {
				if ops++; ops >= stopAt {
					return errPowerLoss
				}
			}
			return nil
		})}
		_, err := l.EnforceRetention(w.nowMs+5000, 5)
		for _, keep := range []func(vfs.Change) bool{nil, func(c vfs.Change) bool { return c.Op == vfs.ChangeRename }, func(vfs.Change) bool { return true }} {
			crashed.mem = w.mem.CrashClone(vfs.CrashOptions{KeepChange: keep})
			crashed.env = &Env{FS: crashed.mem, Now: w.env.Now, FDs: NewFDCache(8)}
			l, oerr := crashed.tryOpen(recoveryPoint(5))
			if oerr != nil || l.EndOffset() != 5 {
				t.Fatalf("operation %d: %v", stopAt, oerr)
			}
		}
		if err == nil {
			if l.StartOffset() != 5 || l.EndOffset() != 5 {
				t.Errorf("[%d, %d)", l.StartOffset(), l.EndOffset())
			}
			return
		}
	}
}
