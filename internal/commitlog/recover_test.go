package commitlog

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"testing"

	"github.com/brolga-io/brolga/internal/batch"
)

// batchBytes is the size of a batch in filled.
const batchBytes = 271

// filled is a log of ten batches of three records in segments of about four
// batches, closed without ceremony.
func filled(t testing.TB) *world {
	w := newWorld(t)
	w.cfg.SegmentBytes, w.cfg.IndexIntervalBytes = 1150, 200
	l := w.open(recoveryPoint(0))
	for i := range 10 {
		w.append(l, int32(i/4), records(3, 60, w.nowMs+int64(i)))
	}
	if n, size := len(l.segmentList()), len(records(3, 60, 0)); n != 3 || size != batchBytes {
		t.Fatalf("%d segments, batches of %d bytes", n, size)
	}
	l.Close(false)
	return w
}

func logFileName(base int64) string { return offsetName(base, logSuffix) }

// bases returns the base offsets of the segment files.
func (w *world) bases() []int64 {
	entries, err := w.mem.ReadDir(testDir)
	if err != nil {
		w.t.Fatal(err)
	}
	var out []int64
	for _, e := range entries {
		if off, suffix, ok := parseOffsetName(e.Name()); ok && suffix == logSuffix {
			out = append(out, off)
		}
	}
	return out
}

// TestTornTail: whatever follows the recovery point and is no batch in order
// is cut.
func TestTornTail(t *testing.T) {
	for name, c := range map[string]struct {
		damage func(b []byte) []byte
		end    int64
		torn   bool
	}{
		"nothing":            {func(b []byte) []byte { return b }, 30, false},
		"cut in a header":    {func(b []byte) []byte { return b[:len(b)-batchBytes+20] }, 27, true},
		"cut in the records": {func(b []byte) []byte { return b[:len(b)-1] }, 27, true},
		"zeros":              {func(b []byte) []byte { return append(b, make([]byte, 5000)...) }, 30, false},
		"garbage":            {func(b []byte) []byte { return append(b, bytes.Repeat([]byte{0xa5}, 300)...) }, 30, false},
		"a flipped bit":      {func(b []byte) []byte { b[len(b)-5] ^= 4; return b }, 27, false},
		"an older epoch": {func(b []byte) []byte {
			old := records(1, 1, 0)
			batch.SetBaseOffset(old, 30)
			batch.SetLeaderEpoch(old, 1)
			return append(b, old...)
		}, 30, false},
		"an older offset": {func(b []byte) []byte {
			old := records(1, 1, 0)
			batch.SetBaseOffset(old, 12)
			batch.SetLeaderEpoch(old, 9)
			return append(b, old...)
		}, 30, false},
		"everything": {func(b []byte) []byte { return nil }, 24, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := filled(t)
			bases := w.bases()
			last := logFileName(bases[len(bases)-1])
			damaged := c.damage(w.get(last))
			w.put(last, damaged)
			l := w.open(recoveryPoint(0))
			if l.EndOffset() != c.end {
				t.Fatalf("end %d, want %d (%+v)", l.EndOffset(), c.end, l.Recovered())
			}
			if r := l.Recovered(); (r.CutBytes > 0) != (int64(len(damaged)) > l.segmentList()[len(l.segmentList())-1].size.Load()) || r.Torn != c.torn {
				t.Errorf("%+v", r)
			}
			w.append(l, 5, records(2, 5, w.nowMs))
			w.checked(l)
		})
	}
}

// TestTornMiddle: what is behind a torn segment goes too.
func TestTornMiddle(t *testing.T) {
	for name, damage := range map[string]func(b []byte) []byte{
		"cut at a batch boundary": func(b []byte) []byte { return b[:len(b)-batchBytes] },
		"cut inside a batch":      func(b []byte) []byte { return b[:len(b)-100] },
		"flipped":                 func(b []byte) []byte { b[len(b)-batchBytes+70] ^= 1; return b },
	} {
		t.Run(name, func(t *testing.T) {
			w := filled(t)
			bases := w.bases()
			w.put(logFileName(bases[1]), damage(w.get(logFileName(bases[1]))))
			l := w.open(recoveryPoint(bases[0]))
			if want := bases[2] - 3; l.EndOffset() != want {
				t.Fatalf("end %d, want %d", l.EndOffset(), want)
			}
			if got := w.bases(); len(got) != 2 {
				t.Errorf("segments %v", got)
			}
			w.checked(l)
		})
	}
}

// TestCorruption: the same damage below the recovery point is refused, with
// the place, and can be salvaged.
func TestCorruption(t *testing.T) {
	w := filled(t)
	bases := w.bases()
	last := logFileName(bases[2])
	whole := w.get(last)
	for name, damaged := range map[string][]byte{
		"cut":     whole[:len(whole)-10],
		"gone":    {},
		"garbage": append(bytes.Clone(whole[:len(whole)-batchBytes]), bytes.Repeat([]byte{7}, batchBytes)...),
	} {
		w := filled(t)
		w.put(last, damaged)
		_, err := w.tryOpen(recoveryPoint(30))
		var ce *CorruptError
		if !errors.As(err, &ce) || !errors.Is(err, ErrCorrupt) || filepath.Base(ce.File) != last {
			t.Fatalf("%s: %v", name, err)
		}
		l := w.open(recoveryPoint(30), func(o *Options) { o.Salvage = true })
		r := l.Recovered()
		if l.EndOffset() >= 30 || r.LostFrom != l.EndOffset() || r.LostTo != 30 {
			t.Errorf("%s: end %d, %+v", name, l.EndOffset(), r)
		}
		w.append(l, 9, records(1, 1, w.nowMs))
		w.checked(l)
	}
	if err := w.mem.Remove(filepath.Join(testDir, logFileName(bases[2]))); err != nil {
		t.Fatal(err)
	}
	if _, err := w.tryOpen(recoveryPoint(30)); !errors.Is(err, ErrCorrupt) {
		t.Errorf("missing segment: %v", err)
	}
	empty := newWorld(t)
	if _, err := empty.tryOpen(recoveryPoint(5)); !errors.Is(err, ErrCorrupt) {
		t.Errorf("missing log: %v", err)
	}
	l := empty.open(recoveryPoint(5), func(o *Options) { o.Salvage = true })
	if l.EndOffset() != 5 || l.StartOffset() != 5 {
		t.Errorf("no offset may be used twice: %d", l.EndOffset())
	}
}

// TestHoleWithoutRecoveryPoint: with no checkpoint a hole may be damage, so
// nothing is thrown away.
func TestHoleWithoutRecoveryPoint(t *testing.T) {
	w := filled(t)
	bases := w.bases()
	if err := w.mem.Remove(filepath.Join(testDir, logFileName(bases[1]))); err != nil {
		t.Fatal(err)
	}
	if _, err := w.tryOpen(); !errors.Is(err, ErrCorrupt) {
		t.Fatal(err)
	}
	if got := w.bases(); len(got) != 2 {
		t.Errorf("segments %v", got)
	}
	l := w.open(recoveryPoint(0))
	if l.EndOffset() != bases[1] {
		t.Errorf("end %d", l.EndOffset())
	}
}

// TestHolesOfCompaction: records that compaction removed are no damage.
func TestHolesOfCompaction(t *testing.T) {
	w := newWorld(t)
	build := func(base int64, offsets ...int64) []byte {
		o := batch.NoProducer()
		o.BaseOffset, o.LeaderEpoch = base, 0
		b := batch.NewBuilder(o)
		for _, off := range offsets {
			b.AppendAt(off, w.nowMs, []byte("k"), nil)
		}
		return b.Build(nil)
	}
	w.put(logFileName(0), append(build(0, 1, 4), build(10, 10)...))
	w.put(logFileName(50), build(60, 61))
	for _, point := range []int64{Unknown, 0, 11, 30, 50, 62} {
		l := w.open(recoveryPoint(point))
		if l.EndOffset() != 62 || l.StartOffset() != 0 {
			t.Fatalf("recovery point %d: log is [%d, %d)", point, l.StartOffset(), l.EndOffset())
		}
		s, err := l.Read(20, 1000, 62, true)
		if err != nil || s.FirstOffset != 60 || s.NextOffset != 62 {
			t.Errorf("read in the hole: %+v %v", s, err)
		}
		s.Release()
	}
}

// TestCopiedHolesSurviveAKill: a follower's active segment has the holes of its leader's
// compaction, and a log that is recovered does not know its topic's cleanup.policy yet.
func TestCopiedHolesSurviveAKill(t *testing.T) {
	w := newWorld(t)
	l := w.open(recoveryPoint(0))
	for _, base := range []int64{3, 25, 60, 78} {
		o := batch.NoProducer()
		o.BaseOffset, o.LeaderEpoch = base, 0
		b := batch.NewBuilder(o)
		b.AppendAt(base, w.nowMs, []byte("k"), []byte("v"))
		if _, err := l.AppendAsFollower(b.Build(nil)); err != nil {
			t.Fatal(err)
		}
	}
	want := readAll(t, l, 3, 1<<20)
	if err := l.Close(false); err != nil {
		t.Fatal(err)
	}
	l = w.open(recoveryPoint(0))
	if got := readAll(t, l, 3, 1<<20); l.EndOffset() != 79 || !bytes.Equal(got, want) {
		t.Errorf("the log ends at %d, %+v", l.EndOffset(), l.Recovered())
	}
}

// TestRecoveryIsBounded: what lies below the recovery point is not read.
func TestRecoveryIsBounded(t *testing.T) {
	w := filled(t)
	l := w.open(recoveryPoint(27))
	if r := l.Recovered(); r.ScannedBytes != batchBytes || l.EndOffset() != 30 {
		t.Errorf("%+v", r)
	}
	if l.RecoveryPoint() != 27 {
		t.Error("a scan is no fsync")
	}
	w.checked(l)
}

// TestLegacyFormatsAreNotCut: an old Kafka's data is refused, not thrown
// away.
func TestLegacyFormatsAreNotCut(t *testing.T) {
	w := newWorld(t)
	msg := make([]byte, 12, 40)
	body := append([]byte{1, 0}, make([]byte, 8)...) // magic 1, attributes, timestamp
	body = binary.BigEndian.AppendUint32(body, 0xffffffff)
	body = binary.BigEndian.AppendUint32(body, 40)
	body = append(body, make([]byte, 40)...)
	binary.BigEndian.PutUint32(msg[8:], uint32(4+len(body)))
	msg = binary.BigEndian.AppendUint32(msg, crc32.ChecksumIEEE(body))
	w.put(logFileName(0), append(msg, body...))
	if _, err := w.tryOpen(recoveryPoint(0)); !errors.Is(err, ErrCorrupt) {
		t.Fatal(err)
	}
	if len(w.get(logFileName(0))) != len(msg)+len(body) {
		t.Error("the file was changed")
	}
}

// TestAuxiliaryFiles removes, empties, cuts and garbles every auxiliary file,
// alone and in pairs, after a kill and after an orderly stop (KAFKA-6324,
// KAFKA-13603, KAFKA-13098): the log must be the same as before.
func TestAuxiliaryFiles(t *testing.T) {
	ways := map[string]func(w *world, name string){
		"remove": func(w *world, name string) {
			if err := w.mem.Remove(filepath.Join(testDir, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
				t.Fatal(err)
			}
		},
		"empty":   func(w *world, name string) { w.put(name, nil) },
		"cut":     func(w *world, name string) { b := w.get(name); w.put(name, b[:len(b)/2]) },
		"zeros":   func(w *world, name string) { w.put(name, make([]byte, 4096)) },
		"garbage": func(w *world, name string) { w.put(name, bytes.Repeat([]byte("\x00\x00\x00\x07rubbish!"), 30)) },
	}
	for _, clean := range []bool{false, true} {
		var aux []string
		probe, _ := auxWorld(t, clean)
		entries, _ := probe.mem.ReadDir(testDir)
		for _, e := range entries {
			if _, suffix, ok := parseOffsetName(e.Name()); !ok && e.Name() == epochCheckpointName || ok && suffix != logSuffix {
				aux = append(aux, e.Name())
			}
		}
		if len(aux) < 8 {
			t.Fatalf("auxiliary files: %v", aux)
		}
		for way, spoil := range ways {
			for i := range aux {
				for j := i; j < len(aux); j++ {
					if clean && spared(way, aux[i], aux[j]) {
						continue
					}
					w, want := auxWorld(t, clean)
					spoil(w, aux[i])
					if j > i {
						spoil(w, aux[j])
					}
					w.sameLog(t, fmt.Sprintf("%s %s and %s, clean %v", way, aux[i], aux[j], clean), clean, want)
				}
			}
		}
	}
}

// spared says which damage cannot be noticed after an orderly stop: a segment
// without aborted transactions has no transaction index, or an empty one.
func spared(way string, names ...string) bool {
	for _, name := range names {
		if filepath.Ext(name) == txnSuffix && way != "garbage" && way != "zeros" {
			return true
		}
	}
	return false
}

// facts is what must not depend on auxiliary files.
type facts struct {
	content   []byte
	end       int64
	producers []ProducerState
	aborted   []AbortedTxn
	epochs    []EpochEntry
	byTime    []TimestampedOffset
}

// auxWorld is a log with every kind of auxiliary file.
func auxWorld(t testing.TB, clean bool) (*world, facts) {
	w := newWorld(t)
	w.cfg.SegmentBytes, w.cfg.IndexIntervalBytes = 700, 150
	l := w.open(recoveryPoint(0))
	for i := range 9 {
		w.append(l, int32(i/3), produced(1, 0, int32(2*i), 2, w.nowMs+int64(10*i)))
		o := batch.NoProducer()
		o.ProducerID, o.ProducerEpoch, o.BaseSequence, o.Transactional = 2, 0, int32(i), true
		b := batch.NewBuilder(o)
		b.Append(w.nowMs+int64(10*i)+5, nil, []byte("tx"))
		w.append(l, int32(i/3), b.Build(nil))
		if i%2 == 1 {
			marker := batch.BuildMarker(2, 0, batch.EndTxnMarker{Commit: i%4 == 1, CoordinatorEpoch: 3}, w.nowMs)
			if _, err := l.Append(int32(i/3), marker, AppendCheck{Origin: Coordinator}); err != nil {
				t.Fatal(err)
			}
		}
	}
	want := w.facts(l)
	if clean {
		if err := l.Close(true); err != nil {
			t.Fatal(err)
		}
		return w, want
	}
	if err := l.Quiesce(); err != nil { // writes the index files
		t.Fatal(err)
	}
	return w, want
}

func (w *world) facts(l *Log) facts {
	w.t.Helper()
	var f facts
	var err error
	f.end = l.EndOffset()
	f.content = readAll(w.t, l, 0, 1000)
	if f.producers, err = l.ActiveProducers(); err != nil {
		w.t.Fatal(err)
	}
	if f.aborted, err = l.AbortedTxns(0, l.EndOffset()); err != nil {
		w.t.Fatal(err)
	}
	f.epochs = l.Epochs()
	for ts := w.nowMs; ts < w.nowMs+90; ts += 7 {
		at, _, err := l.OffsetForTime(ts)
		if err != nil {
			w.t.Fatal(err)
		}
		f.byTime = append(f.byTime, at)
	}
	return f
}

func (w *world) sameLog(t *testing.T, what string, clean bool, want facts) {
	t.Helper()
	options := recoveryPoint(0)
	if clean {
		options = cleanAt(want.end)
	}
	l, err := w.tryOpen(options)
	if err == nil {
		err = l.Load()
	}
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	got := w.facts(l)
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("%s:\ngot  %v\nwant %v", what, got, want)
	}
	if err := l.Check(); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

// TestFlippedLengthBelowTheRecoveryPoint: the length of the last batch that was flushed
// leads elsewhere, and nothing behind it tells so: what follows is taken for torn.
func TestFlippedLengthBelowTheRecoveryPoint(t *testing.T) {
	for bit := range 8 {
		w := filled(t)
		last := logFileName(w.bases()[2])
		b := w.get(last)
		b[len(b)-2*batchBytes+11] ^= 1 << bit
		w.put(last, b)
		if l, err := w.tryOpen(recoveryPoint(27)); !errors.Is(err, ErrCorrupt) {
			t.Errorf("bit %d: opened up to %d, %v", bit, l.EndOffset(), err)
		}
	}
}
