package commitlog

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/vfs"
)

// fromKafka copies a directory that Kafka wrote into a world.
func fromKafka(t testing.TB, name string) *world {
	w := newWorld(t)
	w.cfg.IndexIntervalBytes = 512
	w.cfg.SegmentIndexBytes = 4096
	w.nowMs = 1_795_400_000_000 // soon after the files were written
	src := filepath.Join("testdata/kafka-4.4.0", name)
	entries, err := os.ReadDir(src)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(src, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		w.put(e.Name(), data)
	}
	return w
}

// put writes a file into the partition's directory.
func (w *world) put(name string, data []byte) {
	w.t.Helper()
	if err := vfs.WriteFile(w.mem, filepath.Join(testDir, name), data); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) get(name string) []byte {
	w.t.Helper()
	b, err := vfs.ReadFile(w.mem, filepath.Join(testDir, name), 1<<30)
	if err != nil {
		w.t.Fatal(err)
	}
	return b
}

func (w *world) checked(l *Log) {
	w.t.Helper()
	if err := l.Check(); err != nil {
		w.t.Fatal(err)
	}
}

const firstIndex, firstTime, firstTxn = "00000000000000000000.index", "00000000000000000000.timeindex", "00000000000000000000.txnindex"

// TestKafkaKilled opens what a killed Kafka left and compares the index files
// with those that Kafka's own recovery made of the same batches.
func TestKafkaKilled(t *testing.T) {
	w := fromKafka(t, "killed/plain-0")
	l := w.open()
	if l.EndOffset() != 600 || l.Recovered().CutBytes != 0 {
		t.Fatal(l.EndOffset(), l.Recovered())
	}
	w.checked(l)
	codecs := map[batch.Codec]int{}
	if err := batch.ForEach(readAll(t, l, 0, 5000), func(h batch.Header, raw []byte) error {
		r, err := batch.NewReader(raw, batch.OutputCap(len(raw)))
		if err != nil {
			return err
		}
		for r.Next() {
			codecs[h.Codec()]++
		}
		return r.Err()
	}); err != nil {
		t.Fatal(err)
	}
	for c := batch.None; c <= batch.Zstd; c++ {
		if codecs[c] != 120 {
			t.Errorf("%d records with %s", codecs[c], c)
		}
	}
	if ps, err := l.ActiveProducers(); err != nil || len(ps) != 5 {
		t.Errorf("%d producers, %v", len(ps), err)
	}
	if err := l.Close(true); err != nil {
		t.Fatal(err)
	}
	kafka := fromKafka(t, "clean/plain-0")
	if !bytes.Equal(w.get(firstIndex), kafka.get(firstIndex)) {
		t.Error("the offset index is not Kafka's")
	}
	// Kafka ends the time index with an entry at its orderly stop, we do when
	// the segment is complete.
	if ours := w.get(firstTime); !bytes.HasPrefix(kafka.get(firstTime), ours) || len(ours) < len(kafka.get(firstTime))-timeEntrySize {
		t.Error("the time index is not Kafka's")
	}
	ours, err := decodeProducers(w.get("00000000000000000600.snapshot"), 100)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := decodeProducers(kafka.get("00000000000000000600.snapshot"), 100)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(ours.encode(), theirs.encode()) {
		t.Error("the producer snapshot is not Kafka's")
	}
	if !bytes.Equal(w.get(epochCheckpointName)[:8], []byte("0\n1\n0 0\n")) {
		t.Errorf("%q", w.get(epochCheckpointName))
	}
}

// TestKafkaTransactions: the aborted ones are found by their index, or
// without it, and the open one bounds the last stable offset.
func TestKafkaTransactions(t *testing.T) {
	for _, without := range [][]string{nil, {firstTxn}, {firstTxn, firstIndex, firstTime}} {
		w := fromKafka(t, "killed/txn-0")
		for _, name := range without {
			if err := w.mem.Remove(filepath.Join(testDir, name)); err != nil {
				t.Fatal(err)
			}
		}
		l := w.open()
		if l.EndOffset() != 61 {
			t.Fatal(l.EndOffset())
		}
		aborted, err := l.AbortedTxns(0, 61)
		if err != nil || len(aborted) != 3 || aborted[0].FirstOffset != 6 || aborted[0].LastOffset != 11 ||
			aborted[2].FirstOffset != 42 || aborted[2].LastStableOffset != 48 {
			t.Errorf("%+v %v", aborted, err)
		}
		if lso, err := l.LastStableOffset(61); err != nil || lso != 60 {
			t.Errorf("last stable offset %d %v", lso, err)
		}
		ps, err := l.ActiveProducers()
		if err != nil || len(ps) != 1 || ps[0].TxnStartOffset != 60 {
			t.Errorf("%+v %v", ps, err)
		}
		kafka := fromKafka(t, "killed/txn-0")
		if !bytes.Equal(w.get(firstTxn), kafka.get(firstTxn)) {
			t.Error("the transaction index is not Kafka's")
		}
		w.checked(l)
	}
}

// TestKafkaClean opens what Kafka closed orderly, also without its
// checkpoints, and goes on with it.
func TestKafkaClean(t *testing.T) {
	for _, point := range []int64{62, Unknown} {
		w := fromKafka(t, "clean/txn-0")
		l := w.open(cleanAt(point))
		if l.EndOffset() != 62 || l.StartOffset() != 0 {
			t.Fatal(l.StartOffset(), l.EndOffset())
		}
		if lso, err := l.LastStableOffset(62); err != nil || lso != 62 {
			t.Errorf("last stable offset %d %v", lso, err)
		}
		if aborted, err := l.AbortedTxns(0, 62); err != nil || len(aborted) != 4 {
			t.Errorf("%+v %v", aborted, err)
		}
		if epoch, ok := l.LatestEpoch(); !ok || epoch < 1 {
			t.Error(epoch, ok)
		}
		if info := w.append(l, 5, records(1, 1, w.nowMs)); info.BaseOffset != 62 {
			t.Errorf("%+v", info)
		}
		w.checked(l)
	}
}
