package commitlog

import (
	"fmt"
	"strings"
	"testing"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/vfs"
)

// compactLife is one run of a script with compactions, and everything it ever
// appended.
type compactLife struct {
	*world
	kills
	l          *Log
	epoch      int32
	ever       map[string]kv // by "offset/epoch"
	order      []appended    // the log as it is meant to be, compaction aside
	aborted    map[int64]bool
	synced     int64 // everything below was fsynced
	durable    int64 // recovery point in the checkpoint file
	start      int64 // the log begins there, or below after a power loss
	startSaved int64 // in the checkpoint file
	checkpoint int64 // of the cleaner; a lost one is older
}

type appended struct {
	offset int64
	kv
}

func newCompactLife(t testing.TB) *compactLife {
	f := &compactLife{world: newCompactWorld(t), ever: map[string]kv{}, aborted: map[int64]bool{}, startSaved: Unknown, checkpoint: Unknown, epoch: 1}
	f.cfg.DeleteRetentionMs = 1000
	f.env.FS = f.on(f.mem)
	f.look = f.losePower
	f.env.LowerRecoveryPoint = func(_ string, offset int64) error {
		f.durable = min(f.durable, offset)
		return nil
	}
	return f
}

func (f *compactLife) add(raw []byte, recs ...kv) error {
	base := f.l.EndOffset()
	// Whether or not the append is reported as failed, the batch may survive.
	for i, r := range recs {
		f.ever[batchKey(base+int64(i), f.epoch)] = r
		f.order = append(f.order, appended{base + int64(i), r})
	}
	_, err := f.l.Append(f.epoch, raw, AppendCheck{Origin: Coordinator})
	return err
}

func (f *compactLife) some(n, keys int) error {
	for i := range n {
		recs := []kv{put(fmt.Sprint("k", i%keys), fmt.Sprint("v", f.ops, ".", i)), put("often", fmt.Sprint(f.ops))}
		if i%4 == 3 {
			recs = append(recs, tombstone(fmt.Sprint("k", (i+1)%keys)))
		}
		if err := f.add(keyed(f.nowMs+int64(i), recs...), recs...); err != nil {
			return err
		}
	}
	return nil
}

func (f *compactLife) txn(commit bool) error {
	o := batch.NoProducer()
	o.ProducerID, o.ProducerEpoch, o.BaseSequence, o.Transactional = 9, 0, 0, true
	recs := []kv{put("k1", fmt.Sprint("commit=", commit, " ", f.ops)), put("t", fmt.Sprint(f.ops))}
	if !commit {
		f.aborted[f.l.EndOffset()], f.aborted[f.l.EndOffset()+1] = true, true
	}
	if err := f.add(batchOf(o, f.nowMs, recs...), recs...); err != nil {
		return err
	}
	return f.add(batch.BuildMarker(9, 0, batch.EndTxnMarker{Commit: commit, CoordinatorEpoch: 1}, f.nowMs))
}

func (f *compactLife) seal() error {
	f.l.mu.Lock()
	err := f.l.changeableLocked()
	if err == nil {
		err = f.l.rollLocked(f.l.next)
	}
	f.l.mu.Unlock()
	if err == nil {
		err = f.l.Sync()
	}
	if err == nil {
		f.synced = f.l.RecoveryPoint()
		f.durable = f.synced
	}
	return err
}

func (f *compactLife) compact() error {
	if err := f.seal(); err != nil {
		return err
	}
	done, err := tryCompact(f.l, f.checkpoint, f.nowMs)
	if err == nil {
		f.checkpoint = done.Next
	}
	return err
}

func (f *compactLife) truncate(to int64) error {
	f.synced = min(f.synced, to)
	// Until it is done, the log may hold anything up to its old end.
	if err := f.l.TruncateTo(to); err != nil {
		return err
	}
	kept := f.order[:0:0]
	for _, a := range f.order {
		if a.offset < to {
			kept = append(kept, a)
		}
	}
	f.order = kept
	for offset := range f.aborted {
		if offset >= to {
			delete(f.aborted, offset)
		}
	}
	f.epoch++
	return f.l.AssignEpoch(f.epoch, f.l.EndOffset())
}

func (f *compactLife) script() error {
	var err error
	if f.l, err = f.tryOpen(recoveryPoint(0)); err != nil {
		return err
	}
	var cut int64
	for _, step := range []func() error{
		func() error { return f.some(9, 4) },
		f.compact,
		func() error { return f.txn(false) },
		func() error { return f.some(5, 3) },
		func() error { return f.txn(true) },
		f.compact,
		func() error { f.nowMs += 600; return f.some(3, 2) },
		f.seal,
		f.compact,
		func() error { f.nowMs += 600; return f.some(2, 2) },
		f.compact,
		// Only what is above the high watermark is ever truncated, and that
		// was not compacted.
		func() error { cut = f.l.EndOffset(); return f.some(4, 5) },
		func() error { return f.txn(false) },
		f.seal,
		func() error { return f.truncate(cut) },
		func() error { return f.some(3, 6) },
		f.compact,
		func() error { f.nowMs += 2000; return f.some(2, 2) },
		f.compact,
		func() error { return f.some(1, 1) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// checkpoints are what the owner's files say of the log.
func (f *compactLife) checkpoints(o *Options) {
	o.RecoveryPoint, o.LogStartOffset = f.durable, f.startSaved
}

// recovered opens what a power loss left: every live key has its last value, no offset
// has moved, nothing is missing that was fsynced, and nothing is there that was never
// written.
func (f *compactLife) recovered(w *world, what string) *Log {
	f.t.Helper()
	l, err := w.tryOpen(f.checkpoints)
	if err != nil {
		f.t.Fatalf("%s: open: %v", what, err)
	}
	if end := l.EndOffset(); end < f.synced {
		f.t.Fatalf("%s: the log ends at %d, %d was durable", what, end, f.synced)
	}
	f.compare(l, what+", recovered")
	return l
}

// verify opens what a power loss left and goes on with it.
func (f *compactLife) verify(mem *vfs.Mem, what string) {
	f.t.Helper()
	w := *f.world
	w.mem = mem
	w.env = &Env{FS: mem, Now: f.env.Now, FDs: NewFDCache(16)}
	l := f.recovered(&w, what)
	if err := w.seal(l); err != nil {
		f.t.Fatalf("%s: %v", what, err)
	}
	for _, checkpoint := range []int64{f.checkpoint, Unknown} {
		if _, err := tryCompact(l, checkpoint, w.nowMs); err != nil {
			f.t.Fatalf("%s: compact after recovery: %v", what, err)
		}
		f.compare(l, fmt.Sprintf("%s, compacted again from %d", what, checkpoint))
	}
	start, end := l.StartOffset(), l.EndOffset()
	if err := l.Close(true); err != nil {
		f.t.Fatalf("%s: close: %v", what, err)
	}
	l, err := w.tryOpen(cleanAt(end), func(o *Options) { o.LogStartOffset = start })
	if err != nil {
		f.t.Fatalf("%s: second open: %v", what, err)
	}
	f.compare(l, what+", opened again")
}

// seal is roll without the test's failure.
func (w *world) seal(l *Log) error {
	if l.EndOffset() == 0 {
		return nil
	}
	l.mu.Lock()
	err := l.rollLocked(l.next)
	l.mu.Unlock()
	if err != nil {
		return err
	}
	return l.Sync()
}

// compare replays the committed records of l and those of the model up to the
// same end.
func (f *compactLife) compare(l *Log, what string) {
	f.t.Helper()
	if err := l.Check(); err != nil {
		f.t.Fatalf("%s: %v", what, err)
	}
	// Only a first segment that was never fsynced may be gone.
	if start := l.StartOffset(); start > f.start && f.synced > f.start || start < f.startSaved {
		f.t.Fatalf("%s: the log starts at %d, expected %d, saved is %d, %d was durable", what, start, f.start, f.startSaved, f.synced)
	}
	stable, err := l.LastStableOffset(l.EndOffset())
	if err != nil {
		f.t.Fatalf("%s: %v", what, err)
	}
	want := map[string]string{}
	for _, a := range f.order {
		if a.offset >= l.StartOffset() && a.offset < stable && !f.aborted[a.offset] {
			apply(want, a.kv)
		}
	}
	got, err := replayCommitted(l, stable, func(offset int64, epoch int32, r kv) error {
		if e, ok := f.ever[batchKey(offset, epoch)]; !ok || e.key != r.key || string(e.value) != string(r.value) {
			return fmt.Errorf("%s=%s at %d was never appended", r.key, r.value, offset)
		}
		return nil
	})
	if err != nil {
		f.t.Fatalf("%s: %v", what, err)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		f.t.Fatalf("%s (end %d): state is\n%v, want\n%v", what, l.EndOffset(), got, want)
	}
}

func apply(state map[string]string, r kv) {
	if r.value == nil {
		delete(state, r.key)
	} else {
		state[r.key] = string(r.value)
	}
}

// replayCommitted returns the state that a read_committed consumer arrives at.
func replayCommitted(l *Log, end int64, visit func(offset int64, epoch int32, r kv) error) (map[string]string, error) {
	start := l.StartOffset()
	aborted, err := l.AbortedTxns(start, end)
	if err != nil {
		return nil, err
	}
	state := map[string]string{}
	txns := newCleanedTxns(aborted)
	for next := start; next < end; {
		s, err := l.Read(next, 1<<20, end, true)
		if err != nil {
			return nil, err
		}
		b, err := s.Bytes()
		after := s.NextOffset
		s.Release()
		if err != nil {
			return nil, err
		}
		if len(b) == 0 || after <= next {
			return nil, fmt.Errorf("nothing to read at %d, the end is %d", next, end)
		}
		next = after
		if err := replayBatches(b, txns, state, visit); err != nil {
			return nil, err
		}
	}
	return state, nil
}

func replayBatches(b []byte, txns *cleanedTxns, state map[string]string, visit func(int64, int32, kv) error) error {
	return batch.ForEach(b, func(h batch.Header, raw []byte) error {
		if !batch.CheckCRC(raw) {
			return fmt.Errorf("batch at %d: CRC mismatch", h.BaseOffset)
		}
		if h.IsControl() {
			_, _, err := txns.control(&h, raw)
			return err
		}
		skip := txns.data(&h)
		r, err := batch.NewReader(raw, batch.OutputCap(len(raw)))
		if err != nil {
			return err
		}
		for r.Next() {
			rec := kv{string(r.Record().Key), r.Record().Value}
			if err := visit(r.Record().Offset, h.PartitionLeaderEpoch, rec); err != nil {
				return err
			}
			if !skip {
				apply(state, rec)
			}
		}
		return r.Err()
	})
}

// TestPowerLossAtEveryOperationOfCompactions looks, at each operation of the script
// that changes a file, at several things that the disk may look like after a power
// loss there.
func TestPowerLossAtEveryOperationOfCompactions(t *testing.T) {
	f := newCompactLife(t)
	if err := f.script(); err != nil {
		t.Fatal(err)
	}
	f.compare(f.l, "without a power loss")
	f.point()
	t.Logf("%d operations", f.ops)
}

func (f *compactLife) losePower(op int) {
	f.t.Helper()
	for what, disk := range disksAfter(op, 2) {
		f.verify(f.mem.CrashClone(disk), what)
	}
	base := f.mem.CrashClone(vfs.CrashOptions{KeepChange: func(vfs.Change) bool { return true }})
	if hasSwap(f.t, base) {
		f.losePowerAgain(base, op)
	}
}

// losePowerAgain loses power at every operation of the recovery that finds base.
func (f *compactLife) losePowerAgain(base *vfs.Mem, op int) {
	f.t.Helper()
	w := *f.world
	w.mem = base
	again := kills{look: func(second int) {
		for seed := range uint64(2) {
			f.verify(base.CrashClone(someKept(uint64(second), seed)), fmt.Sprintf("operation %d, then %d of recovery, seed %d", op, second, seed))
		}
	}}
	w.env = &Env{Now: f.env.Now, FDs: NewFDCache(16), FS: again.on(base)}
	if _, err := w.tryOpen(f.checkpoints); err != nil {
		f.t.Fatalf("operation %d: %v", op, err)
	}
	again.point()
}

func hasSwap(t testing.TB, mem *vfs.Mem) bool {
	t.Helper()
	entries, err := mem.ReadDir(testDir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), swapSuffix) {
			return true
		}
	}
	return false
}
