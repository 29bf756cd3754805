package logdir

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/vfs"
)

// promise is what the data directory owes its owner about one partition.
type promise struct {
	id     UUID
	first  uint32 // value of the record at offset 0
	end    int64
	synced int64 // everything below was fsynced
	start  int64 // written down: nothing below is there any more
}

// crashLife is a broker's use of a data directory. Before each operation that changes a
// file it looks at what the end of the power would leave there.
type crashLife struct {
	*world
	d        *Dirs
	r        *rand.Rand
	owed     map[commitlog.TopicPartition]*promise
	ops      int
	looking  bool
	orderly  bool // the directory was closed, or is about to be
	busy     commitlog.TopicPartition
	serial   uint32
	lastID   byte
	rotation int
}

func newCrashLife(t testing.TB, seed uint64) *crashLife {
	f := &crashLife{world: newWorld(t), r: rand.New(rand.NewPCG(seed, 7)), owed: map[commitlog.TopicPartition]*promise{}, orderly: true}
	f.cfg.Stepped, f.cfg.RecoveryThreads = true, 1
	f.cfg.Log.SegmentBytes, f.cfg.Log.IndexIntervalBytes, f.cfg.Log.FileDeleteDelayMs = 900, 100, 0
	f.fs = vfs.NewErrorFS(f.mem, func(op vfs.Op, _ string) error {
		if op.Changes() && !f.looking {
			f.looking = true
			f.ops++
			f.look()
			f.looking = false
		}
		return nil
	})
	return f
}

func (f *crashLife) begin() {
	f.d = f.open()
	f.d.SetHighWatermarks(func(p commitlog.TopicPartition) (int64, bool) {
		l, err := f.d.Get(p)
		if err != nil {
			return 0, false
		}
		return l.EndOffset(), true
	})
}

// some picks a partition that exists, or makes one.
func (f *crashLife) some() (commitlog.TopicPartition, *commitlog.Log, *promise) {
	p := tp("t", int32(f.r.IntN(3)))
	f.busy = p
	if f.owed[p] == nil {
		f.lastID++
		// Until it has records that were synced, a crash may undo it.
		f.owed[p] = &promise{id: id(f.lastID), first: f.serial}
		f.create(f.d, p, f.owed[p].id)
	}
	return p, f.get(f.d, p), f.owed[p]
}

func (f *crashLife) append() {
	_, l, owed := f.some()
	for range 1 + f.r.IntN(4) {
		b := batch.NewBuilder(batch.NoProducer())
		value := binary.BigEndian.AppendUint32(nil, owed.first+uint32(owed.end))
		b.Append(f.now(), []byte("key"), append(value, make([]byte, 60)...))
		f.serial = max(f.serial, owed.first+uint32(owed.end)+1)
		owed.end++
		if _, err := l.Append(0, b.Build(nil), commitlog.AppendCheck{}); err != nil {
			f.t.Fatal(err)
		}
	}
}

func (f *crashLife) flush() {
	f.d.Flush()
	f.noteSynced()
}

func (f *crashLife) noteSynced() {
	for p, owed := range f.owed {
		owed.synced = f.get(f.d, p).RecoveryPoint()
	}
}

// truncate takes off a tail. The values that follow are what they were.
func (f *crashLife) truncate() {
	_, l, owed := f.some()
	to := l.StartOffset() + f.r.Int64N(owed.end-l.StartOffset()+1)
	synced := min(owed.synced, to)
	owed.synced = synced
	if to == l.StartOffset() {
		owed.synced = 0 // all of it goes, segment by segment
	}
	if err := l.TruncateTo(to); err != nil {
		f.t.Fatal(err)
	}
	owed.end, owed.synced = l.EndOffset(), synced
}

func (f *crashLife) deleteRecords() {
	_, l, owed := f.some()
	if err := l.AdvanceStartOffset(l.StartOffset() + f.r.Int64N(owed.end-l.StartOffset()+1)); err != nil {
		f.t.Fatal(err)
	}
}

// housekeep removes what may go and writes down starts and watermarks.
func (f *crashLife) housekeep() {
	f.nowMs.Add(6 * 60 * 1000)
	f.d.StepHousekeeper()
	for p, owed := range f.owed {
		owed.start = f.get(f.d, p).StartOffset()
	}
}

func (f *crashLife) delete() {
	p, _, owed := f.some()
	delete(f.owed, p)
	if err := f.d.Delete(p, owed.id); err != nil {
		f.t.Fatal(err)
	}
}

func (f *crashLife) restart(clean bool) {
	f.orderly = clean
	if clean {
		f.close(f.d, true)
		f.settled()
	} else {
		f.close(f.d, false)
	}
	f.begin()
	f.orderly = false
	if !clean && f.r.IntN(2) == 0 {
		if err := f.d.SyncAll(); err != nil {
			f.t.Fatal(err)
		}
		f.noteSynced()
	}
}

// settled notes what an orderly end has made durable.
func (f *crashLife) settled() {
	for _, owed := range f.owed {
		owed.synced = owed.end
	}
}

func (f *crashLife) script(steps int) {
	f.begin()
	f.orderly = false
	for range steps {
		switch n := f.r.IntN(40); {
		case n < 16:
			f.append()
		case n < 22:
			f.flush()
		case n < 25:
			f.truncate()
		case n < 28:
			f.deleteRecords()
		case n < 32:
			f.housekeep()
		case n < 34:
			f.delete()
		default:
			f.restart(n%2 == 0)
		}
	}
	f.looking = true // what follows is looked at by nobody
	f.close(f.d, false)
}

// look opens what one of three disks would hold: nothing that was not synced, all
// directory entries and no bytes, or a random part of both.
func (f *crashLife) look() {
	f.t.Helper()
	f.rotation++
	disk := vfs.CrashOptions{}
	switch f.rotation % 3 {
	case 1:
		disk.KeepChange = func(vfs.Change) bool { return true }
	case 2:
		disk = vfs.RandomCrash(uint64(f.ops))
	}
	what := fmt.Sprintf("operation %d, disk %d", f.ops, f.rotation%3)
	d, err := Open(f.cfg, f.mem.CrashClone(disk), f.now)
	if err != nil {
		f.t.Fatalf("%s: open: %v", what, err)
	}
	if d.dirs[0].clean && !f.orderly {
		f.t.Fatalf("%s: the crash looks like an orderly end", what)
	}
	if damaged := d.Damaged(); len(damaged) > 0 {
		f.t.Fatalf("%s: %v", what, damaged)
	}
	for p, owed := range f.owed {
		f.check(d, p, owed, what)
	}
	if err := d.Close(false); err != nil {
		f.t.Fatalf("%s: close: %v", what, err)
	}
}

// check compares a partition after the crash with what is owed.
func (f *crashLife) check(d *Dirs, p commitlog.TopicPartition, owed *promise, what string) {
	f.t.Helper()
	what = fmt.Sprintf("%s, %s", what, p)
	l, err := d.Get(p)
	if err != nil {
		if owed.synced > 0 {
			f.t.Fatalf("%s: %v, %d was synced", what, err, owed.synced)
		}
		return
	}
	if got, err := d.TopicID(p); err != nil || got != owed.id {
		if owed.synced > 0 {
			f.t.Fatalf("%s: it is topic %v, not %v: %v", what, got, owed.id, err)
		}
		return // the crash undid what is not old enough to be owed
	}
	if err := l.Check(); err != nil {
		f.t.Fatalf("%s: %v", what, err)
	}
	if end := l.EndOffset(); end < owed.synced || end > owed.end && p != f.busy {
		f.t.Fatalf("%s: it ends at %d, synced is %d, appended %d", what, end, owed.synced, owed.end)
	}
	if start := l.StartOffset(); start < owed.start {
		f.t.Fatalf("%s: it starts at %d, written down is %d", what, start, owed.start)
	}
	f.compare(l, owed, what)
}

// compare wants the records to be those that were appended.
func (f *crashLife) compare(l *commitlog.Log, owed *promise, what string) {
	f.t.Helper()
	for next := l.StartOffset(); next < l.EndOffset(); {
		s, err := l.Read(next, 1<<20, l.EndOffset(), true)
		if err != nil {
			f.t.Fatalf("%s: read at %d: %v", what, next, err)
		}
		b, err := s.Bytes()
		next = s.NextOffset
		s.Release()
		if err == nil {
			err = batch.ForEach(b, func(h batch.Header, raw []byte) error {
				r, err := batch.NewReader(raw, 1<<20)
				if err != nil {
					return err
				}
				for r.Next() {
					if got := binary.BigEndian.Uint32(r.Record().Value); got != owed.first+uint32(r.Record().Offset) {
						return fmt.Errorf("offset %d holds %d", r.Record().Offset, got)
					}
				}
				return r.Err()
			})
		}
		if err != nil {
			f.t.Fatalf("%s: %v", what, err)
		}
	}
}

// TestPowerLossAtEveryOperation kills a data directory at every file operation of a
// script of 200 steps. BROLGA_CRASH_SCRIPTS is the number of scripts, 1 unless set.
func TestPowerLossAtEveryOperation(t *testing.T) {
	scripts, _ := strconv.Atoi(os.Getenv("BROLGA_CRASH_SCRIPTS"))
	for seed := range max(scripts, 1) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			f := newCrashLife(t, uint64(seed))
			f.script(200)
			t.Logf("200 steps, %d operations on files", f.ops)
		})
	}
}
