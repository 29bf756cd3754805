package commitlog

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/vfs"
)

func TestNames(t *testing.T) {
	for _, name := range []string{"00000000000000000000.log", "09223372036854775807.timeindex"} {
		off, suffix, ok := parseOffsetName(name)
		if !ok || offsetName(off, suffix) != name {
			t.Errorf("%s: %d %s %v", name, off, suffix, ok)
		}
	}
	for _, name := range []string{"", "log", "0.log", "99999999999999999999.log", "0000000000000000000a.log", "00000000000000000000", "-0000000000000000001.log"} {
		if _, _, ok := parseOffsetName(name); ok {
			t.Errorf("%q is accepted", name)
		}
	}
	for name, want := range map[string]bool{
		"00000000000000000005.log.deleted":                   true,
		"00000000000000000005.snapshot.deleted":              true,
		"leader-epoch-checkpoint.tmp":                        true,
		"00000000000000000005-0000000001.checkpoint.deleted": false,
		"00000000000000000005.log":                           false,
		"quorum-state.tmp":                                   false,
	} {
		if isLeftover(name) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
}

func TestTopicPartitionNames(t *testing.T) {
	for _, tp := range []TopicPartition{{"a", 0}, {"a-b-7", 12}, {"__consumer_offsets", 49}, {"x.y_z", 1 << 30}, {strings.Repeat("t", 249), 0}} {
		if got, ok := ParseTopicPartition(tp.String()); !ok || got != tp {
			t.Errorf("%s: %+v %v", tp, got, ok)
		}
	}
	for _, name := range []string{"", "a", "-0", "a-", "a-01", "a-+1", "a-99999999999", "..-0", ".-0", "../x-0", "a/b-0", "ü-0", "a b-1", strings.Repeat("t", 250) + "-0"} {
		if tp, ok := ParseTopicPartition(name); ok {
			t.Errorf("%q is accepted as %+v", name, tp)
		}
	}
}

func TestPartitionMetadata(t *testing.T) {
	const id = "AAAAAAAAAAAAAAAAAAAAAQ"
	for _, durable := range []bool{true, false} {
		m := vfs.NewMem()
		if err := WritePartitionMetadata(m, "", id, durable); err != nil {
			t.Fatal(err)
		}
		if got, err := ReadPartitionMetadata(m, ""); err != nil || got != id {
			t.Errorf("%q %v", got, err)
		}
		if _, err := ReadPartitionMetadata(m.CrashClone(vfs.CrashOptions{}), ""); (err == nil) != durable {
			t.Errorf("durable %v: after a crash: %v", durable, err)
		}
	}
	m := vfs.NewMem()
	if _, err := ReadPartitionMetadata(m, ""); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	for _, content := range []string{"", "version: 0\n", "topic_id: " + id, "version: 7\ntopic_id: " + id, "version: 0\ntopic_id: short"} {
		if err := vfs.WriteFile(m, partitionMetadataName, []byte(content)); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadPartitionMetadata(m, ""); !errors.Is(err, ErrBadMetadata) {
			t.Errorf("%q: %v", content, err)
		}
	}
	kafkas, err := os.ReadFile("testdata/kafka-4.4.0/clean/plain-0/" + partitionMetadataName)
	if err != nil {
		t.Fatal(err)
	}
	if err := vfs.WriteFile(m, partitionMetadataName, kafkas); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadPartitionMetadata(m, ""); err != nil || len(got) != 22 {
		t.Errorf("Kafka's: %q %v", got, err)
	}
}

// rename gives the files of a segment another suffix.
func (w *world) rename(base int64, from, to string) {
	w.t.Helper()
	for _, suffix := range segmentSuffixes {
		err := w.mem.Rename(filepath.Join(testDir, offsetName(base, suffix+from)), filepath.Join(testDir, offsetName(base, suffix+to)))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			w.t.Fatal(err)
		}
	}
}

// TestInterruptedCompaction: files of a compaction that was killed are either
// finished or forgotten, as Kafka's loader does.
func TestInterruptedCompaction(t *testing.T) {
	t.Run("cleaned", func(t *testing.T) {
		w := filled(t)
		w.put(logFileName(0)+cleanedSuffix, []byte("half a segm"))
		w.put(logFileName(12)+swapSuffix, []byte("belongs to the same step"))
		l := w.open(recoveryPoint(30))
		if l.EndOffset() != 30 || len(readAll(t, l, 0, 1<<20)) != 10*batchBytes {
			t.Error(l.EndOffset())
		}
		w.noSuffix(cleanedSuffix, swapSuffix)
	})
	t.Run("swap", func(t *testing.T) {
		w := filled(t)
		// The first two segments were compacted into one that has the first
		// and the last batch of them.
		first, second := w.get(logFileName(0)), w.get(logFileName(12))
		compacted := append(bytes.Clone(first[:batchBytes]), second[len(second)-batchBytes:]...)
		w.put(logFileName(0)+swapSuffix, compacted)
		for range 2 {
			l := w.open(recoveryPoint(30))
			if l.EndOffset() != 30 || l.StartOffset() != 0 {
				t.Fatal(l.StartOffset(), l.EndOffset())
			}
			if got := readAll(t, l, 0, 1<<20); len(got) != 4*batchBytes || !bytes.HasPrefix(got, compacted) {
				t.Errorf("%d bytes", len(got))
			}
			w.checked(l)
		}
		w.noSuffix(swapSuffix)
	})
}

func (w *world) noSuffix(suffixes ...string) {
	w.t.Helper()
	entries, _ := w.mem.ReadDir(testDir)
	for _, e := range entries {
		for _, s := range suffixes {
			if strings.HasSuffix(e.Name(), s) {
				w.t.Errorf("%s is left", e.Name())
			}
		}
	}
}

// TestLeftovers: deleted files of an earlier run and indexes without a log go
// at load; files of others stay.
func TestLeftovers(t *testing.T) {
	w := filled(t)
	w.put(logFileName(99)+deletedSuffix, []byte("x"))
	w.put("00000000000000000077.index", []byte("x"))
	w.put("quorum-state", []byte("{}"))
	w.put("00000000000000000077-0000000001.checkpoint", []byte("x"))
	w.open(recoveryPoint(30))
	for name, stays := range map[string]bool{logFileName(99) + deletedSuffix: false, "00000000000000000077.index": false,
		"quorum-state": true, "00000000000000000077-0000000001.checkpoint": true} {
		if _, err := w.mem.Stat(filepath.Join(testDir, name)); (err == nil) != stays {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestCheckFinds: the checker is worth something only if it sees damage.
func TestCheckFinds(t *testing.T) {
	for name, spoil := range map[string]func(l *Log){
		"epoch":    func(l *Log) { l.epochs.entries[1].start++ },
		"producer": func(l *Log) { l.producers.byID[1].batches[0].lastSeq++; l.producers.byID[1].batches[1].lastSeq++ },
		"index":    func(l *Log) { l.segmentList()[0].ix.Load().offsets.pending[0].pos++ },
		"time":     func(l *Log) { l.segmentList()[0].ix.Load().times.pending[0].timestamp++ },
		"max":      func(l *Log) { l.segmentList()[0].ix.Load().max.timestamp++ },
		"batch": func(l *Log) {
			h, _ := l.openLog(l.segmentList()[0])
			h.f.WriteAt([]byte{0xff}, 100)
			h.release()
		},
		"length": func(l *Log) {
			h, _ := l.openLog(l.segmentList()[0])
			h.f.WriteAt([]byte{0}, l.Size())
			h.release()
		},
		"end": func(l *Log) { l.next++ },
	} {
		w := newWorld(t)
		w.cfg.IndexIntervalBytes = 0
		l := w.open()
		w.append(l, 0, produced(1, 0, 0, 1, w.nowMs))
		w.append(l, 1, produced(1, 0, 1, 1, w.nowMs+1))
		w.append(l, 1, records(1, 100, w.nowMs+2))
		w.checked(l)
		spoil(l)
		if err := l.Check(); err == nil {
			t.Errorf("%s: not noticed", name)
		}
	}
}

// TestPreallocatedIndexes: the zeros behind the last entry of an index that a
// killed Kafka left are no entries, and new entries do not go behind them.
func TestPreallocatedIndexes(t *testing.T) {
	w := newWorld(t)
	w.cfg.IndexIntervalBytes = 100
	l := w.open(recoveryPoint(0))
	for range 20 {
		w.append(l, 0, records(1, 100, w.nowMs))
	}
	if err := l.Close(true); err != nil {
		t.Fatal(err)
	}
	w.put(firstIndex, append(w.get(firstIndex), make([]byte, 8*1000)...))
	w.put(firstTime, append(w.get(firstTime), make([]byte, 12*1000)...))
	l = w.open(cleanAt(20))
	for range 20 {
		w.append(l, 0, records(1, 100, w.nowMs+5))
	}
	if err := l.Quiesce(); err != nil {
		t.Fatal(err)
	}
	b := w.get(firstIndex)
	if n, _ := validOffsetEntries(b, l.Size()); n*offsetEntrySize != len(b) || n < 30 {
		t.Errorf("%d entries in %d bytes", n, len(b))
	}
	w.checked(l)
}

// TestTimesInsideBatches: the record is looked for, not the batch, also
// behind a codec.
func TestTimesInsideBatches(t *testing.T) {
	for codec := batch.None; codec <= batch.Zstd; codec++ {
		w := newWorld(t)
		l := w.open()
		for i := range 10 {
			o := batch.NoProducer()
			o.Codec = codec
			b := batch.NewBuilder(o)
			for j := range 10 {
				b.Append(int64(1000+i*100+j*10), nil, binary.BigEndian.AppendUint32(nil, uint32(j)))
			}
			w.append(l, 4, b.Build(nil))
		}
		for _, c := range []struct{ ts, offset, timestamp int64 }{{0, 0, 1000}, {1000, 0, 1000}, {1001, 1, 1010}, {1455, 46, 1460}, {1990, 99, 1990}} {
			got, ok, err := l.OffsetForTime(c.ts)
			if err != nil || !ok || got != (TimestampedOffset{c.offset, c.timestamp, 4}) {
				t.Errorf("%s: time %d: %+v %v %v", codec, c.ts, got, ok, err)
			}
		}
		if _, ok, err := l.OffsetForTime(1991); ok || err != nil {
			t.Errorf("%s: %v %v", codec, ok, err)
		}
		if got, ok, err := l.MaxTimestamp(); err != nil || !ok || got.Offset != 99 {
			t.Errorf("%s: %+v %v %v", codec, got, ok, err)
		}
	}
}

// A segment has its index files when its log is closed orderly or at rest, be
// it too short for any entry: a Kafka that opens the directory would recover a
// segment without them.
func TestEverySegmentHasItsIndexFiles(t *testing.T) {
	for name, end := range map[string]func(l *Log) error{
		"closed":  func(l *Log) error { return l.Close(true) },
		"at rest": func(l *Log) error { return l.Quiesce() },
	} {
		w := newWorld(t)
		w.cfg.SegmentMs = 1000
		l := w.open()
		for range 3 {
			w.append(l, 0, records(2, 10, w.nowMs))
			w.nowMs += 2000
		}
		if err := end(l); err != nil {
			t.Fatal(err)
		}
		for _, base := range []int64{0, 2, 4} {
			for suffix, want := range map[string]int{indexSuffix: 0, timeSuffix: timeEntrySize} {
				if b := w.get(offsetName(base, suffix)); len(b) != want {
					t.Errorf("%s: %s of %d has %d bytes", name, suffix, base, len(b))
				}
			}
		}
	}
}
