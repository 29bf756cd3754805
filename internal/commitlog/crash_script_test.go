package commitlog

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/vfs"
)

// scriptSteps is how many operations a random script has.
const scriptSteps = 200

// randomLife is a life whose script is drawn from a seed: everything that a log can be
// asked for, in any order that its owner may ask in.
type randomLife struct {
	compactLife
	r     *rand.Rand
	all   bool  // look at all disks, not at some of each operation
	hw    int64 // nothing below is truncated, nothing above compacted or deleted
	again idempotentBatch
}

// idempotentBatch is the last batch of an idempotent producer.
type idempotentBatch struct {
	epoch int16
	seq   int32 // of the next one
	raw   []byte
	base  int64 // Unknown if it is not in the log
}

func newRandomLife(t testing.TB, seed uint64) *randomLife {
	f := &randomLife{compactLife: *newCompactLife(t), r: rand.New(rand.NewPCG(seed, 200)), again: idempotentBatch{base: Unknown}}
	f.cfg.SegmentBytes = 800
	f.env.FS = f.on(f.mem)
	f.look = f.losePower
	f.env.LowerRecoveryPoint = func(_ string, offset int64) error {
		f.durable = min(f.durable, offset)
		return nil
	}
	return f
}

// step is one operation of the script, and how often it comes.
type step struct {
	weight int
	name   string
	do     func() error
}

func (f *randomLife) steps() []step {
	return []step{
		{30, "append", func() error { return f.some(1+f.r.IntN(2), 1+f.r.IntN(6)) }},
		{12, "append of a producer", f.produce},
		{5, "retry", f.retry},
		{8, "transaction", func() error {
			f.hw = f.l.EndOffset()
			err := f.txn(f.r.IntN(2) == 0)
			f.hw = f.l.EndOffset()
			return err
		}},
		{8, "roll", f.seal},
		{5, "sync", f.sync},
		{5, "checkpoint", f.save},
		{10, "watermark", func() error { f.hw = f.l.EndOffset(); return nil }},
		{6, "compaction", f.compact},
		{5, "truncation", f.truncateAbove},
		{3, "delete records", f.deleteRecords},
		{3, "retention", f.retain},
		{3, "snapshot", f.snapshot},
		{3, "quiesce", func() error { return f.l.Quiesce() }},
		{2, "kill", func() error { return f.reopen(false) }},
		{2, "restart", func() error { return f.reopen(true) }},
	}
}

func (f *randomLife) script() error {
	var err error
	if f.l, err = f.tryOpen(f.checkpoints); err != nil {
		return err
	}
	steps := f.steps()
	total := 0
	for _, s := range steps {
		total += s.weight
	}
	for i := range scriptSteps {
		n := f.r.IntN(total)
		for _, s := range steps {
			if n -= s.weight; n < 0 {
				f.nowMs += int64(f.r.IntN(100))
				if err := s.do(); err != nil {
					return fmt.Errorf("step %d, %s: %w", i, s.name, err)
				}
				break
			}
		}
	}
	return nil
}

// produce appends a batch with the next sequences of an idempotent producer.
func (f *randomLife) produce() error {
	o := batch.NoProducer()
	o.ProducerID, o.ProducerEpoch, o.BaseSequence = 3, f.again.epoch, f.again.seq
	recs := []kv{put("p", fmt.Sprint(f.again.epoch, "/", f.again.seq))}
	raw := batchOf(o, f.nowMs, recs...)
	base := f.l.EndOffset()
	f.ever[batchKey(base, f.epoch)] = recs[0]
	f.order = append(f.order, appended{base, recs[0]})
	f.again.base = Unknown // until it is appended
	if _, err := f.l.Append(f.epoch, raw, AppendCheck{}); err != nil {
		return err
	}
	f.again = idempotentBatch{epoch: f.again.epoch, seq: f.again.seq + 1, raw: raw, base: base}
	return nil
}

// retry sends the last batch once more.
func (f *randomLife) retry() error { return f.wantDuplicate(f.l, f.l.EndOffset()) }

// wantDuplicate says whether a log that has everything below end knows the last batch
// of the producer.
func (f *randomLife) wantDuplicate(l *Log, end int64) error {
	if f.again.base == Unknown || f.again.base >= end {
		return nil
	}
	info, err := l.Append(f.epoch, f.again.raw, AppendCheck{})
	if err != nil || !info.Duplicate || info.BaseOffset != f.again.base {
		return fmt.Errorf("a repeated batch is not known as the one at %d: %+v, %w", f.again.base, info, err)
	}
	return nil
}

func (f *randomLife) sync() error {
	err := f.l.Sync()
	if err == nil {
		f.synced = f.l.RecoveryPoint()
	}
	return err
}

// save writes the checkpoint files.
func (f *randomLife) save() error {
	point, start, needed := f.l.Checkpoints()
	f.durable = point
	if needed {
		f.startSaved = start
	}
	return nil
}

func (f *randomLife) compact() error {
	done, err := tryCompactTo(f.l, f.checkpoint, f.hw, f.nowMs)
	if err == nil {
		f.checkpoint = done.Next
	}
	return err
}

func (f *randomLife) truncateAbove() error {
	to := f.hw + f.r.Int64N(f.l.EndOffset()-f.hw+1)
	err := batch.ForEach(readAll(f.t, f.l, f.hw, 1<<20), func(h batch.Header, _ []byte) error {
		if h.BaseOffset < to && to < h.NextOffset() {
			to = h.BaseOffset // what is cut from there on
		}
		return nil
	})
	if err != nil {
		return err
	}
	if f.again.base >= to || f.again.raw != nil && f.again.base == Unknown {
		// What was cut is forgotten, and the producer begins anew.
		f.again = idempotentBatch{epoch: f.again.epoch + 1, base: Unknown}
	}
	return f.truncate(to)
}

func (f *randomLife) deleteRecords() error {
	from := f.l.StartOffset()
	to := from + f.r.Int64N(max(f.hw-from, 0)+1)
	f.start = max(f.start, to)
	return f.l.AdvanceStartOffset(to)
}

func (f *randomLife) retain() error {
	cfg := f.cfg
	cfg.Delete, cfg.RetentionMs, cfg.RetentionBytes = true, -1, int64(f.r.IntN(3000))
	f.l.SetConfig(&cfg)
	f.start = max(f.start, f.hw)
	_, err := f.l.EnforceRetention(f.nowMs, f.hw)
	f.l.SetConfig(&f.cfg)
	if err != nil {
		return err
	}
	f.start = f.l.StartOffset()
	return f.l.RemoveDeleted(f.nowMs)
}

func (f *randomLife) snapshot() error {
	f.l.mu.Lock()
	defer f.l.mu.Unlock()
	if err := f.l.loadProducersLocked(); err != nil {
		return err
	}
	return f.l.takeSnapshotLocked()
}

// reopen ends the process, orderly or not, and begins another one. Files stay.
func (f *randomLife) reopen(clean bool) error {
	if err := f.l.Close(clean); err != nil {
		return err
	}
	if clean {
		f.synced, _, _ = f.l.Checkpoints()
		if err := f.save(); err != nil {
			return err
		}
	}
	l, err := f.tryOpen(f.checkpoints, func(o *Options) { o.CleanShutdown = clean })
	if err != nil {
		return err
	}
	f.l = l
	return l.Check()
}

// losePower looks at what a power loss would leave, and what a second one during the
// recovery from it would.
func (f *randomLife) losePower(op int) {
	f.t.Helper()
	n := 0
	for what, disk := range disksAfter(op, 3) {
		if n++; f.all || (n+op)%3 == 0 {
			f.afterPowerLoss(f.mem.CrashClone(disk), op, what)
		}
	}
	if f.all || op%4 == 0 {
		f.losePowerAgain(f.mem.CrashClone(someKept(uint64(op), 9)), op)
	}
}

func (f *randomLife) afterPowerLoss(mem *vfs.Mem, op int, what string) {
	f.t.Helper()
	if op%8 == 0 {
		f.verify(mem, what)
		return
	}
	w := *f.world
	w.mem, w.env = mem, &Env{FS: mem, Now: f.env.Now, FDs: NewFDCache(16)}
	l := f.recovered(&w, what)
	if l.StartOffset() > f.synced {
		return // nothing of what was synced is in the log any more
	}
	if err := f.wantDuplicate(l, f.synced); err != nil {
		f.t.Fatalf("%s: %v", what, err)
	}
}

// losePowerAgain looks at one disk for each operation of a recovery.
func (f *randomLife) losePowerAgain(base *vfs.Mem, op int) {
	f.t.Helper()
	w := *f.world
	w.mem = base
	again := kills{look: func(second int) {
		what := fmt.Sprintf("operation %d, then %d of recovery", op, second)
		w := *f.world
		w.mem = base.CrashClone(someKept(uint64(op), uint64(second)))
		w.env = &Env{FS: w.mem, Now: f.env.Now, FDs: NewFDCache(16)}
		f.recovered(&w, what)
	}}
	w.env = &Env{Now: f.env.Now, FDs: NewFDCache(16), FS: again.on(base)}
	if _, err := w.tryOpen(f.checkpoints); err != nil {
		f.t.Fatalf("operation %d: %v", op, err)
	}
	again.point()
}

// TestPowerLossAtEveryOperationOfRandomScripts kills a log at every file operation of a
// random script. With BROLGA_CRASH_SCRIPTS it is as many scripts, and at each operation
// all that the disk may hold then is looked at, not a third of it.
func TestPowerLossAtEveryOperationOfRandomScripts(t *testing.T) {
	scripts, err := strconv.Atoi(os.Getenv("BROLGA_CRASH_SCRIPTS"))
	for seed := range max(scripts, 1) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			f := newRandomLife(t, uint64(seed))
			f.all = err == nil
			if err := f.script(); err != nil {
				t.Fatal(err)
			}
			f.point()
			t.Logf("%d steps, %d operations on files", scriptSteps, f.ops)
		})
	}
}
