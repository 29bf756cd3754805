package commitlog

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/brolga-io/brolga/internal/batch"
)

// newCompactWorld has a compacted topic with tiny segments.
func newCompactWorld(t testing.TB) *world {
	w := newWorld(t)
	w.cfg.Compact, w.cfg.Delete = true, false
	w.cfg.SegmentBytes, w.cfg.IndexIntervalBytes, w.cfg.FileDeleteDelayMs = 500, 100, 0
	return w
}

// kv is a record; a nil value is a tombstone.
type kv struct {
	key   string
	value []byte
}

func put(key, value string) kv { return kv{key, []byte(value)} }
func tombstone(key string) kv  { return kv{key: key} }

func batchOf(o batch.BuilderOptions, timestampMs int64, recs ...kv) []byte {
	b := batch.NewBuilder(o)
	for _, r := range recs {
		b.Append(timestampMs, []byte(r.key), r.value)
	}
	return b.Build(nil)
}

func keyed(timestampMs int64, recs ...kv) []byte {
	return batchOf(batch.NoProducer(), timestampMs, recs...)
}

// roll seals what was appended and makes it durable.
func (w *world) roll(l *Log) {
	w.t.Helper()
	l.mu.Lock()
	err := l.changeableLocked()
	if err == nil {
		err = l.rollLocked(l.next)
	}
	l.mu.Unlock()
	if err == nil {
		err = l.Sync()
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// compactors are used again and again, as a cleaner's is.
var compactors = sync.Pool{New: func() any { return NewCompactor(CompactorOptions{MapBytes: 1 << 16, MapLoad: 0.9}) }}

// compact compacts everything from checkpoint on that may be.
func (w *world) compact(l *Log, checkpoint int64) Compaction {
	w.t.Helper()
	done, err := tryCompact(l, checkpoint, w.nowMs)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := l.Check(); err != nil {
		w.t.Fatalf("after compaction: %v", err)
	}
	return done
}

func tryCompact(l *Log, checkpoint, nowMs int64) (Compaction, error) {
	return tryCompactTo(l, checkpoint, l.EndOffset(), nowMs)
}

func tryCompactTo(l *Log, checkpoint, highWatermark, nowMs int64) (Compaction, error) {
	d, err := l.Dirt(checkpoint, highWatermark, nowMs)
	if err != nil {
		return Compaction{}, err
	}
	c := compactors.Get().(*Compactor)
	defer compactors.Put(c)
	return c.Compact(l, d, nowMs)
}

// content lists the records that are in the log, as "offset key=value".
func content(t testing.TB, l *Log) (lines []string) {
	t.Helper()
	err := batch.ForEach(readAll(t, l, l.StartOffset(), 1<<20), func(h batch.Header, raw []byte) error {
		if !batch.CheckCRC(raw) {
			return fmt.Errorf("batch at %d: CRC mismatch", h.BaseOffset)
		}
		r, err := batch.NewReader(raw, batch.OutputCap(len(raw)))
		if err != nil {
			return err
		}
		for r.Next() {
			rec := r.Record()
			switch {
			case h.IsControl():
				lines = append(lines, fmt.Sprintf("%d marker", rec.Offset))
			case rec.Value == nil:
				lines = append(lines, fmt.Sprintf("%d %s", rec.Offset, rec.Key))
			default:
				lines = append(lines, fmt.Sprintf("%d %s=%s", rec.Offset, rec.Key, rec.Value))
			}
		}
		return r.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func wantContent(t testing.TB, l *Log, want ...string) {
	t.Helper()
	if got := content(t, l); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("log holds %q, want %q", got, want)
	}
}

func TestCompactKeepsLastValues(t *testing.T) {
	w := newCompactWorld(t)
	l := w.open()
	w.append(l, 1, keyed(w.nowMs, put("a", "1"), put("b", "1"), put("a", "2")))
	w.append(l, 1, keyed(w.nowMs, put("c", "1")))
	w.append(l, 1, keyed(w.nowMs, put("b", "2"), put("d", "1")))
	w.roll(l)
	w.append(l, 1, keyed(w.nowMs, put("d", "2"))) // active: neither read nor changed
	done := w.compact(l, Unknown)
	wantContent(t, l, "2 a=2", "3 c=1", "4 b=2", "5 d=1", "6 d=2")
	if done.Next != 6 || done.Kept != 4 || done.Records != 6 {
		t.Fatalf("%+v", done)
	}
	if l.StartOffset() != 0 || l.EndOffset() != 7 {
		t.Fatalf("offsets [%d, %d)", l.StartOffset(), l.EndOffset())
	}
	w.roll(l)
	w.compact(l, done.Next)
	wantContent(t, l, "2 a=2", "3 c=1", "4 b=2", "6 d=2")
}

func TestCompactLeavesUntouchedBatchesVerbatim(t *testing.T) {
	for _, codec := range []batch.Codec{batch.None, batch.Gzip, batch.Snappy, batch.LZ4, batch.Zstd} {
		t.Run(codec.String(), func(t *testing.T) {
			w := newCompactWorld(t)
			w.cfg.SegmentBytes = 1 << 20
			o := batch.NoProducer()
			o.Codec = codec
			l := w.open()
			value := string(bytes.Repeat([]byte("v"), 300))
			whole := batchOf(o, w.nowMs, put("a", value), put("b", value))
			w.append(l, 1, whole)
			w.append(l, 1, batchOf(o, w.nowMs+5, put("c", "1"), put("d", value), put("e", "1")))
			w.append(l, 1, batchOf(o, w.nowMs, put("c", "2"), put("e", "2")))
			w.roll(l)
			w.compact(l, Unknown)
			raw := readAll(t, l, 0, 1<<20)
			if !bytes.HasPrefix(raw, whole) {
				t.Fatal("a batch that lost nothing changed")
			}
			h, second, _, err := batch.Next(raw[len(whole):])
			if err != nil || h.Codec() != codec || h.Count != 1 || h.BaseOffset != 2 || h.LastOffset() != 4 || h.MaxTimestamp != w.nowMs+5 {
				t.Fatalf("%+v %v", h, err)
			}
			r, err := batch.NewReader(second, 1<<20)
			if err != nil || !r.Next() || string(r.Record().Value) != value || r.Record().Offset != 3 || r.Record().Timestamp != w.nowMs+5 {
				t.Fatalf("%+v %v", r.Record(), err)
			}
		})
	}
}

func TestCompactDoesNotRewriteCleanSegments(t *testing.T) {
	w := newCompactWorld(t)
	w.cfg.SegmentBytes = 150 // no two fit into one
	l := w.open()
	w.append(l, 1, keyed(w.nowMs, put("a", "1"), put("b", "1")))
	w.roll(l)
	w.append(l, 1, keyed(w.nowMs, put("c", "1"), put("c", "2")))
	w.roll(l)
	first := l.segmentList()[0]
	done := w.compact(l, Unknown)
	if l.segmentList()[0] != first || done.Before != 1 || done.After != 1 {
		t.Fatalf("the segment without replaced records was rewritten: %+v", done)
	}
	wantContent(t, l, "0 a=1", "1 b=1", "3 c=2")
}

func TestCompactTombstones(t *testing.T) {
	w := newCompactWorld(t)
	w.cfg.DeleteRetentionMs = 1000
	for _, codec := range []batch.Codec{batch.None, batch.LZ4} {
		o := batch.NoProducer()
		o.Codec = codec
		if err := w.mem.RemoveAll(testDir); err != nil {
			t.Fatal(err)
		}
		if err := w.mem.MkdirAll(testDir, 0o755); err != nil {
			t.Fatal(err)
		}
		l := w.open()
		w.append(l, 1, batchOf(o, w.nowMs, put("a", "1"), put("b", "1")))
		w.append(l, 1, batchOf(o, w.nowMs-77, put("c", "1"), tombstone("a"), tombstone("b")))
		w.append(l, 1, batchOf(o, w.nowMs, put("b", "2")))
		w.roll(l)
		done := w.compact(l, Unknown)
		wantContent(t, l, "2 c=1", "3 a", "5 b=2")
		found, ok, err := l.OffsetForTime(w.nowMs - 77)
		if err != nil || !ok || found.Offset != 2 || found.Timestamp != w.nowMs-77 {
			t.Fatalf("the horizon changed timestamps: %+v %v %v", found, ok, err)
		}
		w.nowMs += 999
		w.append(l, 1, batchOf(o, w.nowMs, put("x", "1")))
		w.roll(l)
		done = w.compact(l, done.Next) // not due
		wantContent(t, l, "2 c=1", "3 a", "5 b=2", "6 x=1")
		w.nowMs++
		w.append(l, 1, batchOf(o, w.nowMs, put("y", "1")))
		w.roll(l)
		w.compact(l, done.Next)
		wantContent(t, l, "2 c=1", "5 b=2", "6 x=1", "7 y=1")
		if err := l.Close(true); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCompactKeepsLastBatchOfProducer(t *testing.T) {
	w := newCompactWorld(t)
	l := w.open()
	w.append(l, 1, produced(7, 0, 0, 2, w.nowMs))
	w.append(l, 1, produced(7, 0, 2, 2, w.nowMs))
	w.append(l, 1, produced(8, 3, 0, 2, w.nowMs))
	w.roll(l)
	w.append(l, 1, keyed(w.nowMs, put("k0", "new"), put("k1", "new")))
	w.roll(l)
	done := w.compact(l, Unknown)
	wantContent(t, l, "6 k0=new", "7 k1=new")
	var empty []int64
	_ = batch.ForEach(readAll(t, l, 0, 1<<20), func(h batch.Header, _ []byte) error {
		if h.Count == 0 {
			empty = append(empty, h.BaseOffset)
		}
		return nil
	})
	if fmt.Sprint(empty) != "[2 4]" {
		t.Fatalf("empty batches at %d", empty)
	}
	// Without its snapshots, the log still knows what both sent last.
	end := l.EndOffset()
	if err := l.Close(true); err != nil {
		t.Fatal(err)
	}
	for _, off := range l.snapshots {
		_ = w.mem.Remove(l.path(off, snapshotSuffix))
	}
	l = w.open(recoveryPoint(end))
	if _, err := l.Append(1, produced(7, 0, 9, 1, w.nowMs), AppendCheck{}); !errors.Is(err, ErrOutOfOrderSequence) {
		t.Fatalf("%v", err)
	}
	if info, err := l.Append(1, produced(8, 3, 0, 2, w.nowMs), AppendCheck{}); err != nil || !info.Duplicate || info.BaseOffset != 4 {
		t.Fatalf("%+v %v", info, err)
	}
	w.append(l, 1, produced(7, 0, 4, 1, w.nowMs))
	// Producers that are forgotten keep nothing alive.
	expireIdle(l, defaultProducerExpirationMs)
	w.roll(l)
	w.compact(l, done.Next)
	_ = batch.ForEach(readAll(t, l, 0, 1<<20), func(h batch.Header, _ []byte) error {
		if h.Count == 0 {
			t.Errorf("empty batch at %d stays", h.BaseOffset)
		}
		return nil
	})
}

func TestCompactGroupsSmallSegments(t *testing.T) {
	w := newCompactWorld(t)
	w.cfg.SegmentBytes = 2000
	l := w.open()
	for i := range 60 {
		w.append(l, 1, keyed(w.nowMs+int64(i), put(fmt.Sprint("k", i%4), fmt.Sprint("value number ", i))))
		if i%3 == 2 {
			w.roll(l)
		}
	}
	w.append(l, 1, keyed(w.nowMs, put("active", "")))
	before := len(l.segmentList())
	done := w.compact(l, Unknown)
	for i := range 3 { // what one compaction leaves small, the next one merges
		w.roll(l)
		w.append(l, 1, keyed(w.nowMs, put("active", fmt.Sprint(i))))
		w.roll(l)
		done = w.compact(l, done.Next)
	}
	if after := len(l.segmentList()); before < 20 || after != 2 {
		t.Fatalf("%d segments became %d", before, after)
	}
	wantContent(t, l, "56 k0=value number 56", "57 k1=value number 57", "58 k2=value number 58", "59 k3=value number 59", "63 active=2")
	if found, ok, err := l.OffsetForTime(w.nowMs + 57); err != nil || !ok || found.Offset != 57 {
		t.Fatalf("%+v %v %v", found, ok, err)
	}
	for offset := int64(0); offset <= 63; offset++ {
		s, err := l.Read(offset, 1, l.EndOffset(), true)
		if err != nil || s.Len() == 0 || s.NextOffset <= offset {
			t.Fatalf("read at %d: %+v %v", offset, s, err)
		}
		s.Release()
	}
	// The files are those of two segments, complete and with their indexes.
	if err := l.Close(true); err != nil {
		t.Fatal(err)
	}
	entries, _ := w.mem.ReadDir(testDir)
	logs := 0
	for _, e := range entries {
		_, suffix, _ := parseOffsetName(e.Name())
		switch suffix {
		case logSuffix:
			logs++
		case logSuffix + swapSuffix, logSuffix + cleanedSuffix, logSuffix + deletedSuffix:
			t.Errorf("%s is left", e.Name())
		}
	}
	if logs != 2 {
		t.Fatalf("%d log files", logs)
	}
	l = w.open(cleanAt(64))
	if err := l.Check(); err != nil {
		t.Fatal(err)
	}
}

func TestCompactWithAFullMapGoesOnLater(t *testing.T) {
	w := newCompactWorld(t)
	l := w.open()
	for i := range 100 {
		w.append(l, 1, keyed(w.nowMs, put(fmt.Sprint("k", i%50), fmt.Sprint(i))))
	}
	w.roll(l)
	c := NewCompactor(CompactorOptions{MapBytes: 20 * keySlotSize, MapLoad: 0.5})
	checkpoint, passes := Unknown, 0
	for {
		d, err := l.Dirt(checkpoint, l.EndOffset(), w.nowMs)
		if err != nil {
			t.Fatal(err)
		}
		if d.DirtyBytes == 0 {
			break
		}
		done, err := c.Compact(l, d, w.nowMs)
		if err != nil || done.Next <= d.From {
			t.Fatalf("%+v %v", done, err)
		}
		if err := l.Check(); err != nil {
			t.Fatal(err)
		}
		checkpoint = done.Next
		passes++
	}
	if got := content(t, l); passes != 10 || len(got) != 50 || got[0] != "50 k0=50" {
		t.Fatalf("%d passes, %q", passes, got)
	}
	// One batch has more keys than the map can hold.
	var many []kv
	for i := range 30 {
		many = append(many, put(fmt.Sprint("m", i), "v"))
	}
	w.append(l, 1, keyed(w.nowMs, many...))
	w.roll(l)
	d, err := l.Dirt(checkpoint, l.EndOffset(), w.nowMs)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Compact(l, d, w.nowMs); !errors.Is(err, ErrKeyMapTooSmall) {
		t.Fatal(err)
	}
}

func TestDirtBounds(t *testing.T) {
	w := newCompactWorld(t)
	w.cfg.MinCompactionLagMs, w.cfg.MaxCompactionLagMs = 1000, 50_000
	l := w.open()
	t0 := w.nowMs
	for i := range 4 { // [0,1) [1,2) [2,3) and active [3,4)
		if i > 0 {
			w.roll(l)
		}
		w.append(l, 1, keyed(t0+int64(i)*100, put("a", "1")))
	}
	for _, tc := range []struct {
		name                  string
		checkpoint, hw, nowMs int64
		from, to              int64
		overdue               bool
	}{
		{"all are recent", Unknown, 4, t0 + 1000 - 1, 0, 0, false},
		{"the first is old enough", Unknown, 4, t0 + 1000, 0, 1, false},
		{"all but the active one", Unknown, 4, t0 + 5000, 0, 3, false},
		{"not above the high watermark", Unknown, 2, t0 + 5000, 0, 2, false},
		{"nor a segment it lies in", Unknown, 1, t0 + 5000, 0, 1, false},
		{"from the checkpoint on", 2, 4, t0 + 5000, 2, 3, false},
		{"nothing is dirty", 3, 4, t0 + 5000, 3, 3, false},
		{"too long", 2, 4, t0 + 50_201, 2, 3, true},
		{"too long, but clean", 3, 4, t0 + 90_000, 3, 3, false},
	} {
		d, err := l.Dirt(tc.checkpoint, tc.hw, tc.nowMs)
		if err != nil || d.From != tc.from || d.To != tc.to || d.Overdue != tc.overdue || d.Reset {
			t.Errorf("%s: %+v %v", tc.name, d, err)
		}
	}
	d, _ := l.Dirt(1, 4, t0+5000)
	if d.Ratio() < 0.66 || d.Ratio() > 0.67 {
		t.Errorf("two of three segments are dirty, ratio %v", d.Ratio())
	}
	// What is not fsynced is left alone.
	w.append(l, 1, keyed(t0, put("a", "1")))
	l.mu.Lock()
	err := l.rollLocked(l.next)
	l.mu.Unlock()
	if d, derr := l.Dirt(3, 5, t0+5000); err != nil || derr != nil || d.To != 3 {
		t.Errorf("%+v %v %v", d, err, derr)
	}
}

func TestMaxTimestampOfAnEmptiedBatch(t *testing.T) {
	w := newCompactWorld(t)
	l := w.open()
	w.append(l, 1, keyed(w.nowMs+5, put("a", "1")))
	w.append(l, 1, produced(7, 0, 0, 1, w.nowMs+100)) // k0, the largest timestamp
	w.append(l, 1, keyed(w.nowMs+3, put("b", "1"), put("k0", "2")))
	w.roll(l)
	w.append(l, 1, keyed(w.nowMs+4, put("c", "1")))
	w.compact(l, Unknown)
	wantContent(t, l, "0 a=1", "2 b=1", "3 k0=2", "4 c=1")
	found, ok, err := l.MaxTimestamp()
	if err != nil || !ok || found.Offset != 0 || found.Timestamp != w.nowMs+5 {
		t.Fatalf("%+v %v %v", found, ok, err)
	}
	if found, ok, err := l.OffsetForTime(w.nowMs + 6); err != nil || ok {
		t.Fatalf("%+v %v", found, err)
	}
}
