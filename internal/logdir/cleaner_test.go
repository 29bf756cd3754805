package logdir

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/vfs"
	"github.com/brolga-io/brolga/internal/wire"
)

// cleanerBackoff tells the cleaner's ticker from the others.
const cleanerBackoff = 7 * time.Second

// cleanerWorld is a broker's directories with a cleaner that works when the
// test says so.
type cleanerWorld struct {
	t     testing.TB
	mem   *vfs.Mem
	fs    vfs.FS
	cfg   Config
	log   commitlog.Config
	nowMs atomic.Int64
	tick  chan time.Time
	waits atomic.Int64 // ms that the cleaner was told to wait by its limit
	d     *Dirs

	mu     sync.Mutex
	nextID byte
	events strings.Builder
}

func newCleanerWorld(t testing.TB) *cleanerWorld {
	w := &cleanerWorld{t: t, mem: vfs.NewMem(), tick: make(chan time.Time), log: commitlog.DefaultConfig()}
	w.fs = w.mem
	w.nowMs.Store(1_700_000_000_000)
	w.log.Compact, w.log.Delete, w.log.SegmentBytes = true, false, 1<<20
	cleaner := DefaultCleanerConfig()
	cleaner.Backoff, cleaner.DedupeBufferBytes = cleanerBackoff, 4<<20
	w.cfg = Config{Dirs: []string{"data"}, NodeID: 1, ClusterID: "4L6g3nShT-eMCtK--X86sw", Format: true, Log: &w.log,
		Cleaner: cleaner, NewID: w.newID, NewTicker: w.newTicker}
	return w
}

func (w *cleanerWorld) newID() UUID {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.nextID++
	return UUID{1, 14: w.nextID, 15: 200}
}

// newTicker gives the cleaner the test's ticks, lets its pauses end at once,
// and nobody else any.
func (w *cleanerWorld) newTicker(d time.Duration) (<-chan time.Time, func()) {
	switch {
	case d == cleanerBackoff:
		return w.tick, func() {}
	case d == flushTick || d >= 5*time.Second:
		return nil, func() {}
	}
	w.waits.Add(d.Milliseconds())
	w.nowMs.Add(d.Milliseconds())
	c := make(chan time.Time, 1)
	c <- time.Time{}
	return c, func() {}
}

func (w *cleanerWorld) open() {
	w.t.Helper()
	d, err := Open(w.cfg, w.fs, w.nowMs.Load)
	if err != nil {
		w.t.Fatal(err)
	}
	w.d = d
	d.SetHighWatermarks(func(tp commitlog.TopicPartition) (int64, bool) {
		l, err := d.Get(tp)
		if err != nil {
			return 0, false
		}
		return l.EndOffset(), true
	})
}

// clean lets the cleaner do all there is to do.
func (w *cleanerWorld) clean() {
	w.tick <- time.Time{}
	w.tick <- time.Time{}            // taken when the cleaner waits again
	w.d.SetCleaner(w.d.cleaners.cfg) // so that it does not look while the test goes on
}

func (w *cleanerWorld) create(topic string) *commitlog.Log {
	w.t.Helper()
	l, err := w.d.Create(commitlog.TopicPartition{Topic: topic}, w.newID(), Home{}, &w.log)
	if err != nil {
		w.t.Fatal(err)
	}
	return l
}

func (w *cleanerWorld) append(l *commitlog.Log, key, value string) {
	w.t.Helper()
	b := batch.NewBuilder(batch.NoProducer())
	b.Append(w.nowMs.Load(), []byte(key), []byte(value))
	if _, err := l.Append(1, b.Build(nil), commitlog.AppendCheck{}); err != nil {
		w.t.Fatal(err)
	}
}

// fill makes segments with ten keys.
func (w *cleanerWorld) fill(l *commitlog.Log, bytes int) { w.fillKeys(l, bytes, 10) }

func (w *cleanerWorld) fillKeys(l *commitlog.Log, bytes, keys int) {
	value := strings.Repeat("v", 1000)
	for i := range bytes / 1000 {
		w.append(l, fmt.Sprint("k", i%keys), fmt.Sprint(i, value))
	}
	w.d.Flush()
}

// values returns what a consumer that reads all of l knows in the end.
func values(t testing.TB, l *commitlog.Log) map[string]string {
	t.Helper()
	out := map[string]string{}
	for next := l.StartOffset(); next < l.EndOffset(); {
		s, err := l.Read(next, 1<<20, l.EndOffset(), true)
		if err != nil {
			t.Fatal(err)
		}
		b, err := s.Bytes()
		next = s.NextOffset
		s.Release()
		if err == nil {
			err = batch.ForEach(b, func(_ batch.Header, raw []byte) error {
				r, err := batch.NewReader(raw, batch.OutputCap(len(raw)))
				if err != nil {
					return err
				}
				for r.Next() {
					out[string(r.Record().Key)] = string(r.Record().Value)
				}
				return r.Err()
			})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// TestOffsetCommitsStaySmall commits the offsets of three groups a million
// times, as a group coordinator writes them, and restarts now and then.
func TestOffsetCommitsStaySmall(t *testing.T) {
	const commits, every = 1_000_000, 20_000
	w := newCleanerWorld(t)
	w.open()
	l := w.create("__consumer_offsets")
	largest, written := int64(0), int64(0)
	b := batch.NewBuilder(batch.NoProducer())
	var raw, key, value []byte
	for i := range commits {
		key = wire.AppendCoordinatorKey(key[:0], &wire.OffsetCommitKey{Group: fmt.Sprint("group-", i%3), Topic: "orders", Partition: int32(i % 5)})
		value = wire.AppendCoordinatorValue(value[:0], &wire.OffsetCommitValue{Offset: int64(i), LeaderEpoch: 1, CommitTimestamp: w.nowMs.Load()}, 4)
		b.Reset(batch.NoProducer())
		b.Append(w.nowMs.Load(), key, value)
		raw = b.Build(raw[:0])
		if _, err := l.Append(1, raw, commitlog.AppendCheck{Origin: commitlog.Coordinator}); err != nil {
			t.Fatal(err)
		}
		written += int64(len(raw))
		if i%every != every-1 {
			continue
		}
		w.d.Flush()
		largest = max(largest, l.Size())
		w.clean()
		if i/every%10 == 9 {
			if err := w.d.Close(i/every%20 == 9); err != nil {
				t.Fatal(err)
			}
			w.open()
			var err error
			if l, err = w.d.Get(commitlog.TopicPartition{Topic: "__consumer_offsets"}); err != nil {
				t.Fatal(err)
			}
			if l.EndOffset() != int64(i)+1 {
				t.Fatalf("the log ends at %d after %d commits", l.EndOffset(), i+1)
			}
		}
	}
	if limit := 4 * w.log.SegmentBytes; largest > limit || written < 25*limit {
		t.Fatalf("%d bytes were written, the log had up to %d, limit %d", written, largest, limit)
	}
	if entries, err := w.mem.ReadDir("data/__consumer_offsets-0"); err != nil || len(entries) > 40 {
		t.Fatalf("%d files, %v", len(entries), err)
	}
	got := values(t, l)
	if len(got) != 15 {
		t.Fatalf("%d keys", len(got))
	}
	for i := commits - 15; i < commits; i++ {
		key = wire.AppendCoordinatorKey(nil, &wire.OffsetCommitKey{Group: fmt.Sprint("group-", i%3), Topic: "orders", Partition: int32(i % 5)})
		value = wire.AppendCoordinatorValue(nil, &wire.OffsetCommitValue{Offset: int64(i), LeaderEpoch: 1, CommitTimestamp: w.nowMs.Load()}, 4)
		if got[string(key)] != string(value) {
			t.Fatalf("the last commit %d is gone", i)
		}
	}
	if err := l.Check(); err != nil {
		t.Fatal(err)
	}
	if err := w.d.Close(true); err != nil {
		t.Fatal(err)
	}
}

func TestCleanerKeepsItsCheckpoint(t *testing.T) {
	w := newCleanerWorld(t)
	w.open()
	l := w.create("t")
	w.fill(l, 3<<20)
	w.clean()
	if s := w.d.Cleaner(); s.Compactions != 1 || s.LastRunMs != w.nowMs.Load() || l.Size() > 1<<20+100_000 {
		t.Fatalf("%+v, size %d", s, l.Size())
	}
	b, err := vfs.ReadFile(w.mem, "data/cleaner-offset-checkpoint", 1000)
	if err != nil || !strings.HasPrefix(string(b), "0\n1\nt 0 ") {
		t.Fatalf("%q %v", b, err)
	}
	if err := w.d.Close(true); err != nil {
		t.Fatal(err)
	}
	w.open()
	w.clean()
	if s := w.d.Cleaner(); s.Compactions != 0 || s.LastRunMs == 0 {
		t.Fatalf("compacted again after a restart: %+v", s)
	}
	// A deleted partition takes its line with it, so one that is created
	// anew is not taken for compacted.
	tp := commitlog.TopicPartition{Topic: "t"}
	id, err := w.d.TopicID(tp)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.d.Delete(tp, id); err != nil {
		t.Fatal(err)
	}
	if b, err := vfs.ReadFile(w.mem, "data/cleaner-offset-checkpoint", 1000); err != nil || string(b) != "0\n0\n" {
		t.Fatalf("%q %v", b, err)
	}
	l = w.create("t")
	w.fill(l, 3<<20)
	w.clean()
	if s := w.d.Cleaner(); s.Compactions != 1 {
		t.Fatalf("%+v", s)
	}
}

func TestCleanerDirtyRatioAndDynamicSettings(t *testing.T) {
	w := newCleanerWorld(t)
	w.log.MinCleanableDirtyRatio = 0.9
	w.open()
	l := w.create("t")
	w.fillKeys(l, 3<<20, 2000)
	w.clean()        // all is dirty
	w.fill(l, 2<<20) // and now about as much is clean
	w.clean()
	if s := w.d.Cleaner(); s.Compactions != 1 {
		t.Fatalf("%+v", s)
	}
	cfg := w.log
	cfg.MinCleanableDirtyRatio = 0.1
	l.SetConfig(&cfg)
	w.d.SetCleaner(CleanerConfig{}) // log.cleaner.enable=false
	select {
	case w.tick <- time.Time{}:
		t.Fatal("a cleaner runs that was disabled")
	default:
	}
	limited := w.cfg.Cleaner
	limited.MaxBytesPerSecond = 1e6
	w.d.SetCleaner(limited)
	before := l.Size()
	w.clean()
	s := w.d.Cleaner()
	if s.Compactions != 2 || l.Size() >= before-500_000 {
		t.Fatalf("%+v, size %d, before %d", s, l.Size(), before)
	}
	if ms := w.waits.Load(); ms < 1000 {
		t.Fatalf("waited %d ms for some megabytes at 1 MB/s", ms)
	}
	if err := w.d.Close(true); err != nil {
		t.Fatal(err)
	}
}

func TestSeveralCleaners(t *testing.T) {
	w := newCleanerWorld(t)
	w.cfg.Cleaner.Threads = 3
	w.open()
	var logs []*commitlog.Log
	for i := range 6 {
		logs = append(logs, w.create(fmt.Sprint("t", i)))
		w.fill(logs[i], 2<<20)
	}
	for w.d.Cleaner().Compactions < 6 {
		w.tick <- time.Time{}
	}
	if err := w.d.Close(true); err != nil {
		t.Fatal(err)
	}
	w.open()
	for i := range logs {
		l, err := w.d.Get(commitlog.TopicPartition{Topic: fmt.Sprint("t", i)})
		if err != nil {
			t.Fatal(err)
		}
		if got := values(t, l); len(got) != 10 || l.Size() > 1<<20+100_000 {
			t.Fatalf("t%d has %d keys in %d bytes", i, len(got), l.Size())
		}
	}
}

func TestCleanerSetsDamagedLogsAside(t *testing.T) {
	w := newCleanerWorld(t)
	w.open()
	bad, good := w.create("bad"), w.create("good")
	w.fill(bad, 3<<20)
	w.fill(good, 3<<20)
	f, err := w.mem.Open("data/bad-0/00000000000000000000.log", 2, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte("garbage"), 5000); err != nil {
		t.Fatal(err)
	}
	f.Close()
	size := bad.Size()
	w.clean()
	s := w.d.Cleaner()
	if reason := s.Uncleanable[commitlog.TopicPartition{Topic: "bad"}]; len(s.Uncleanable) != 1 || !errors.Is(reason, commitlog.ErrCorrupt) {
		t.Fatalf("%+v", s)
	}
	if bad.Size() != size || good.Size() > 1<<20+100_000 {
		t.Fatalf("bad has %d of %d bytes, good %d", bad.Size(), size, good.Size())
	}
	w.append(bad, "k", "still takes records")
	w.clean()
	if again := w.d.Cleaner(); again.Compactions != s.Compactions {
		t.Fatalf("tried again: %+v", again)
	}
}

func record(key string) []byte {
	b := batch.NewBuilder(batch.NoProducer())
	b.Append(1, []byte(key), []byte("v"))
	return b.Build(nil)
}
