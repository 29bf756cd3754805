package logdir

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"testing"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/vfs"
)

// told is what a data directory says of its one partition.
type told struct {
	batches   []byte
	start     int64
	end       int64
	watermark int64
	times     string // for each timestamp the offset that is found
	aborted   string
	producers string
	epochs    string
	id        UUID
}

// flipWorld is a data directory with everything that one can hold: several segments
// with their indexes, an aborted transaction, an idempotent producer, two leader
// epochs, a log start that no file name tells.
func flipWorld(t *testing.T, clean bool) *world {
	w := newWorld(t)
	w.cfg.Stepped, w.cfg.RecoveryThreads = true, 1
	w.cfg.Log.SegmentBytes, w.cfg.Log.IndexIntervalBytes = 700, 100
	d := w.open()
	d.SetHighWatermarks(func(commitlog.TopicPartition) (int64, bool) { return 12, true })
	l := w.create(d, tp("t", 0), id(1))
	add := func(epoch int32, o batch.BuilderOptions, values int) {
		b := batch.NewBuilder(o)
		for i := range values {
			b.Append(w.now()+int64(i), []byte("key"), bytes.Repeat([]byte{byte(i)}, 40))
		}
		if _, err := l.Append(epoch, b.Build(nil), commitlog.AppendCheck{Origin: commitlog.Coordinator}); err != nil {
			t.Fatal(err)
		}
		w.nowMs.Add(10)
	}
	plain, producer, txn := batch.NoProducer(), batch.NoProducer(), batch.NoProducer()
	producer.ProducerID, producer.ProducerEpoch, producer.BaseSequence = 3, 0, 0
	txn.ProducerID, txn.ProducerEpoch, txn.BaseSequence, txn.Transactional = 9, 0, 0, true
	for range 4 {
		add(1, plain, 2)
	}
	add(1, producer, 1)
	add(2, txn, 2)
	marker := batch.BuildMarker(9, 0, batch.EndTxnMarker{CoordinatorEpoch: 1}, w.now())
	if _, err := l.Append(2, marker, commitlog.AppendCheck{Origin: commitlog.Coordinator}); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		add(2, plain, 2)
	}
	if err := l.AdvanceStartOffset(3); err != nil {
		t.Fatal(err)
	}
	d.Flush()
	w.nowMs.Add(6 * 60 * 1000)
	d.StepHousekeeper()
	if err := d.Registered(7, false); err != nil {
		t.Fatal(err)
	}
	w.close(d, clean)
	return w
}

// errDetected says that the directory or its partition refused itself.
var errDetected = errors.New("detected")

// ask opens a data directory and asks it everything.
func (w *world) ask(mem *vfs.Mem) (told, *commitlog.Log, error) {
	d, err := Open(w.cfg, mem, w.now)
	if err != nil {
		return told{}, nil, fmt.Errorf("%w: %w", errDetected, err)
	}
	defer d.Close(false)
	if damaged := d.Damaged(); len(damaged) > 0 {
		return told{}, nil, fmt.Errorf("%w: %v", errDetected, damaged)
	}
	l, err := d.Get(tp("t", 0))
	if err != nil {
		return told{}, nil, fmt.Errorf("%w: %w", errDetected, err)
	}
	if err := l.Load(); err != nil {
		return told{}, nil, fmt.Errorf("%w: %w", errDetected, err)
	}
	a := told{start: l.StartOffset(), end: l.EndOffset()}
	a.id, _ = d.TopicID(tp("t", 0))
	a.watermark, _ = d.HighWatermark(tp("t", 0))
	a.batches, err = readEverything(l)
	first := w.now() - 6*60*1000 - 150 // before the first record
	for ts := first; err == nil && ts < first+200; ts += 10 {
		found, ok, ferr := l.OffsetForTime(ts)
		a.times, err = a.times+fmt.Sprint(found.Offset, ok, " "), ferr
	}
	if err == nil {
		aborted, aerr := l.AbortedTxns(a.start, a.end)
		producers, perr := l.ActiveProducers()
		a.aborted, a.producers, a.epochs = fmt.Sprint(aborted), fmt.Sprint(producers), fmt.Sprint(l.Epochs())
		err = errors.Join(aerr, perr)
	}
	if err != nil {
		return a, l, fmt.Errorf("%w: %w", errDetected, err)
	}
	return a, l, l.Check()
}

func readEverything(l *commitlog.Log) (all []byte, err error) {
	for next := l.StartOffset(); next < l.EndOffset(); {
		s, err := l.Read(next, 1<<20, l.EndOffset(), true)
		if err != nil {
			return all, err
		}
		b, err := s.Bytes()
		after := s.NextOffset
		s.Release()
		if err != nil || after <= next {
			return all, fmt.Errorf("%w: read at %d: %w", errDetected, next, err)
		}
		all, next = append(all, b...), after
	}
	return all, nil
}

// verdict is what became of a flipped byte.
type verdict string

const (
	harmless  verdict = "harmless"            // everything is said as before
	detected  verdict = "detected"            // an error, at the start or when it is used
	toldByCRC verdict = "told by the CRC"     // whoever gets the batch sees that it is damaged
	byCheck   verdict = "found by the checks" // an orderly use does not notice, Check does
	silent    verdict = "not noticed"
)

// judge compares what is said with what was.
func judge(was, is told, err error) verdict {
	same := bytes.Equal(was.batches, is.batches) && was.start == is.start && was.end == is.end && was.times == is.times &&
		was.aborted == is.aborted && was.producers == is.producers && was.epochs == is.epochs && was.id == is.id && was.watermark == is.watermark
	switch {
	case errors.Is(err, errDetected), was.id != is.id: // the log of another topic is nobody's
		return detected
	case same && err == nil:
		return harmless
	case badCRC(is.batches):
		return toldByCRC
	case err != nil:
		return byCheck
	}
	return silent
}

func badCRC(b []byte) bool {
	bad := false
	err := batch.ForEach(b, func(_ batch.Header, raw []byte) error {
		bad = bad || !batch.CheckCRC(raw)
		return nil
	})
	return bad || err != nil
}

// kindOf is the file's name without what differs from segment to segment.
func kindOf(name string) string {
	base := path.Base(name)
	if ext := path.Ext(base); len(base) > 20 && base[0] == '0' {
		return ext
	}
	return base
}

// files lists what is in the directory, with its content.
func files(t *testing.T, mem *vfs.Mem, dir string) map[string][]byte {
	t.Helper()
	entries, err := mem.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		if e.IsDir() {
			maps.Copy(all, files(t, mem, name))
			continue
		}
		if all[name], err = vfs.ReadFile(mem, name, 1<<20); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// TestFlippedBytes flips one bit in the bytes of every file of a data directory, one
// byte at a time, after an orderly end and after a kill, and asks the directory
// everything.
func TestFlippedBytes(t *testing.T) {
	for _, clean := range []bool{true, false} {
		t.Run(fmt.Sprint("clean ", clean), func(t *testing.T) {
			w := flipWorld(t, clean)
			whole := vfs.CrashOptions{KeepChange: func(vfs.Change) bool { return true },
				KeepWrite: func(_ string, _ int64, n int) int { return n }, KeepTruncate: func(string, int64) bool { return true }}
			base := w.mem.CrashClone(whole)
			was, _, err := w.ask(base.CrashClone(whole))
			if err != nil {
				t.Fatal(err)
			}
			counts := map[string]map[verdict]int{}
			n := 0
			all := files(t, base, "data")
			for _, name := range slices.Sorted(maps.Keys(all)) {
				kind := kindOf(name)
				for at := range all[name] {
					n++
					mem := base.CrashClone(whole)
					flipped := bytes.Clone(all[name])
					flipped[at] ^= 1 << (at % 8)
					if err := vfs.WriteFile(mem, name, flipped); err != nil {
						t.Fatal(err)
					}
					is, _, err := w.ask(mem)
					v := judge(was, is, err)
					if counts[kind] == nil {
						counts[kind] = map[verdict]int{}
					}
					counts[kind][v]++
					if v == silent && !mayBeSilent(kind) || v == toldByCRC && kind != ".log" {
						t.Errorf("%s, byte %d: %s\n%+v\n%+v", name, at, v, was, is)
					}
				}
			}
			t.Logf("%d bytes", n)
			for _, kind := range slices.Sorted(maps.Keys(counts)) {
				t.Logf("%-36s %v", kind, counts[kind])
			}
		})
	}
}

// mayBeSilent tells of what Kafka's formats have no checksum for: numbers in text
// files, the entries of a transaction index, and in front of a batch what a leader
// patches, its base offset and leader epoch.
func mayBeSilent(kind string) bool {
	switch kind {
	case ".log", ".txnindex", "leader-epoch-checkpoint", "log-start-offset-checkpoint", "replication-offset-checkpoint":
		return true
	}
	return false
}
