package commitlog

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"

	"github.com/brolga-io/brolga/internal/batch"
)

// TestWrongIndexes: entries that look right and lie are noticed when they are
// used, and the index is made again.
func TestWrongIndexes(t *testing.T) {
	w := newWorld(t)
	w.cfg.IndexIntervalBytes = 300
	l := w.open(recoveryPoint(0))
	for i := range 60 {
		w.append(l, 0, records(2, 100, w.nowMs+int64(i)))
	}
	want := readAll(t, l, 0, 1<<20)
	if err := l.Close(true); err != nil {
		t.Fatal(err)
	}
	good := w.get(firstIndex)
	for name, spoil := range map[string]func(b []byte){
		"one position inside": func(b []byte) { b[8*3+7] += 9 },
		"last position":       func(b []byte) { b[len(b)-1] -= 9 },
		"all positions": func(b []byte) {
			for i := 0; i < len(b); i += 8 {
				binary.BigEndian.PutUint32(b[i+4:], binary.BigEndian.Uint32(b[i+4:])-3)
			}
		},
	} {
		bad := bytes.Clone(good)
		spoil(bad)
		w.put(firstIndex, bad)
		l := w.open(cleanAt(120))
		r := rand.New(rand.NewPCG(1, 2))
		for range 200 {
			offset := r.Int64N(120)
			s, err := l.Read(offset, 1000+r.IntN(5000), 120, true)
			if err != nil {
				t.Fatalf("%s: read at %d: %v", name, offset, err)
			}
			b, _ := s.Bytes()
			s.Release()
			at := bytes.Index(want, b)
			if len(b) == 0 || at < 0 || s.FirstOffset > offset || s.NextOffset <= offset {
				t.Fatalf("%s: read at %d: [%d, %d)", name, offset, s.FirstOffset, s.NextOffset)
			}
		}
		if !bytes.Equal(readAll(t, l, 0, 1500), want) {
			t.Errorf("%s: content differs", name)
		}
	}
}

// TestTruncationIsDurable: what was cut does not come back with a power loss.
func TestTruncationIsDurable(t *testing.T) {
	w := newWorld(t)
	w.cfg.SegmentBytes = 300
	l := w.open(recoveryPoint(0))
	for i := range 8 {
		w.append(l, 0, produced(1, 0, int32(i), 1, w.nowMs))
	}
	if err := l.Sync(); err != nil {
		t.Fatal(err)
	}
	if err := l.TruncateTo(3); err != nil {
		t.Fatal(err)
	}
	w.loseUnsynced()
	for _, name := range []string{"00000000000000000006.snapshot", logFileName(6), logFileName(3) + deletedSuffix} {
		if _, err := w.mem.Stat(filepath.Join(testDir, name)); err == nil {
			t.Errorf("%s is back", name)
		}
	}
	if l = w.open(recoveryPoint(3)); l.EndOffset() != 3 || l.Recovered().CutBytes != 0 {
		t.Errorf("end %d, %+v", l.EndOffset(), l.Recovered())
	}
}

// loseUnsynced replaces the file system by what a power loss leaves.
func (w *world) loseUnsynced() {
	w.mem = w.mem.CrashClone(crashNothingKept)
	w.env = &Env{FS: w.mem, Now: w.env.Now, FDs: NewFDCache(16)}
}

// TestReadBounds: the corners of Read's contract.
func TestReadBounds(t *testing.T) {
	w := newWorld(t)
	l := w.open()
	if s, err := l.Read(0, 100, 100, true); err != nil || s.Len() != 0 || s.NextOffset != 0 {
		t.Errorf("empty log: %+v %v", s, err)
	}
	for range 4 {
		w.append(l, 0, records(3, 10, w.nowMs))
	}
	one := int(l.Size()) / 4
	for _, c := range []struct {
		offset   int64
		maxBytes int
		bound    int64
		minOne   bool
		first, n int64
		err      error
	}{
		{0, 1 << 20, 12, true, 0, 4, nil},
		{0, 1 << 20, 99, true, 0, 4, nil},
		{0, 1 << 20, 11, true, 0, 3, nil}, // no batch reaches beyond the bound
		{0, 1 << 20, 2, true, 0, 0, nil},
		{4, 1 << 20, 12, true, 3, 3, nil}, // from the batch that contains it
		{0, 2*one + 1, 12, true, 0, 2, nil},
		{0, one - 1, 12, true, 0, 1, nil},
		{0, one - 1, 12, false, 0, 0, nil},
		{0, 0, 12, true, 0, 1, nil},
		{0, -5, 12, true, 0, 1, nil},
		{12, 100, 12, true, 12, 0, nil},
		{6, 100, 6, true, 6, 0, nil},
		{6, 100, -1, true, 6, 0, nil},
		{13, 100, 12, true, 0, 0, ErrOffsetOutOfRange},
		{-1, 100, 12, true, 0, 0, ErrOffsetOutOfRange},
	} {
		s, err := l.Read(c.offset, c.maxBytes, c.bound, c.minOne)
		if !errors.Is(err, c.err) || err == nil && (int64(s.Len()) != c.n*int64(one) || c.n > 0 && (s.FirstOffset != c.first || s.NextOffset != c.first+3*c.n)) {
			t.Errorf("%+v: %d bytes [%d, %d) %v", c, s.Len(), s.FirstOffset, s.NextOffset, err)
		}
		s.Release()
		s.Release()
	}
	s, err := l.Read(0, 1<<20, 12, true)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Release()
	p := make([]byte, 10)
	if n, err := s.ReadAt(p, int64(s.Len())-4); n != 4 || err == nil {
		t.Error(n, err)
	}
	if f, _, n := s.File(); f != nil || n != s.Len() {
		t.Error("a file in memory has no descriptor")
	}
}

// TestConcurrentUse appends, reads, truncates the start, rolls, syncs and
// quiesces at once; run it with -race. Readers must see whole batches only.
func TestConcurrentUse(t *testing.T) {
	w := newWorld(t)
	w.cfg.SegmentBytes, w.cfg.IndexIntervalBytes, w.cfg.RetentionBytes, w.cfg.FileDeleteDelayMs = 5000, 300, 20_000, 0
	w.env.FDs = NewFDCache(8)
	l := w.open()
	const writers, each = 3, 300
	var writing, others sync.WaitGroup
	stop := make(chan struct{})
	for id := range writers {
		writing.Go(func() {
			for i := range each {
				raw := produced(int64(id), 0, int32(i), 1, w.nowMs)
				if _, err := l.Stage(0, raw, AppendCheck{}); err != nil {
					t.Error(err)
					return
				}
				if err := l.Commit(); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 2 {
		others.Go(func() {
			offset := int64(0)
			for {
				offset = readSome(t, l, offset)
				select {
				case <-stop:
					if offset >= l.EndOffset() {
						return
					}
				default:
				}
			}
		})
	}
	others.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			if err := errors.Join(l.Sync(), l.Quiesce()); err != nil {
				t.Error(err)
			}
			if _, err := l.EnforceRetention(w.nowMs, l.EndOffset()); err != nil {
				t.Error(err)
			}
			if err := l.RemoveDeleted(w.nowMs); err != nil {
				t.Error(err)
			}
			if _, _, err := l.OffsetForTime(w.nowMs); err != nil {
				t.Error(err)
			}
		}
	})
	writing.Wait()
	close(stop)
	others.Wait()
	if l.EndOffset() != writers*each {
		t.Errorf("end %d", l.EndOffset())
	}
	w.checked(l)
}

// readSome reads once and returns where to go on.
func readSome(t *testing.T, l *Log, offset int64) int64 {
	s, err := l.Read(offset, 2000, l.EndOffset(), true)
	if errors.Is(err, ErrOffsetOutOfRange) {
		return l.StartOffset()
	}
	if err != nil {
		t.Error(err)
		return l.EndOffset()
	}
	defer s.Release()
	b, err := s.Bytes()
	if err != nil {
		t.Error(err)
	}
	next := s.FirstOffset
	if err := batch.ForEach(b, func(h batch.Header, raw []byte) error {
		if h.BaseOffset != next || !batch.CheckCRC(raw) {
			return fmt.Errorf("batch at %d, expected %d", h.BaseOffset, next)
		}
		next = h.NextOffset()
		return nil
	}); err != nil || next != s.NextOffset {
		t.Error(err, next, s.NextOffset)
	}
	return s.NextOffset
}

// TestFDCache: the bound holds, files in use stay open, and what was evicted
// is opened again.
func TestFDCache(t *testing.T) {
	w := newWorld(t)
	w.cfg.SegmentBytes = 150
	w.env.FDs = NewFDCache(8)
	l := w.open()
	for i := range 40 {
		w.append(l, 0, records(1, 20+i, w.nowMs))
	}
	var slices []Slice
	for i := range int64(40) {
		s, err := l.Read(i, 1, 40, true)
		if err != nil {
			t.Fatal(err)
		}
		slices = append(slices, s)
		if n := w.env.FDs.Len(); n > 8 {
			t.Fatalf("%d descriptors", n)
		}
	}
	for i := range slices {
		if b, err := slices[i].Bytes(); err != nil || len(b) == 0 {
			t.Errorf("slice %d: %v", i, err)
		}
		slices[i].Release()
	}
	if err := l.Close(false); err != nil || w.env.FDs.Len() != 0 {
		t.Errorf("%d descriptors after close, %v", w.env.FDs.Len(), err)
	}
}

// TestHotPathDoesNotAllocate: appends and sequential reads.
func TestHotPathDoesNotAllocate(t *testing.T) {
	w := newWorld(t)
	l := w.open()
	const runs = 200
	var bufs [][]byte
	for i := range runs + 2 {
		bufs = append(bufs, produced(1, 0, int32(i), 1, w.nowMs))
	}
	w.append(l, 0, bufs[0])
	next := 1
	if n := testing.AllocsPerRun(runs, func() {
		if _, err := l.Stage(0, bufs[next], AppendCheck{}); err != nil {
			t.Fatal(err)
		}
		next++
	}); n > 0 {
		t.Errorf("%v allocations per Stage", n)
	}
	offset := int64(0)
	if err := l.Commit(); err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(100, func() {
		s, err := l.Read(offset, 1, l.EndOffset(), true)
		if err != nil || s.Len() == 0 {
			t.Fatal(s, err)
		}
		offset = s.NextOffset
		s.Release()
	}); n > 0 {
		t.Errorf("%v allocations per Read", n)
	}
}
