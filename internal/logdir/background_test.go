package logdir

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/commitlog"
)

func oneBatch() []byte {
	b := batch.NewBuilder(batch.NoProducer())
	b.Append(1_795_400_000_000, []byte("k"), make([]byte, 1000))
	return b.Build(nil)
}

// TestBackground: within the interval everything appended is flushed and the
// recovery points say so; high watermarks and start offsets follow.
func TestBackground(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.cfg.NewTicker = nil
		begin := time.Now()
		d, err := Open(w.cfg, w.fs, func() int64 { return w.now() + time.Since(begin).Milliseconds() })
		if err != nil {
			t.Fatal(err)
		}
		l := w.create(d, tp("a", 0), id(1))
		w.create(d, tp("idle", 0), id(2))
		d.SetHighWatermarks(func(p commitlog.TopicPartition) (int64, bool) { return 4, p.Topic == "a" })
		w.fill(l, 10)
		time.Sleep(7 * time.Second)
		synctest.Wait()
		if got := w.read("data/recovery-point-offset-checkpoint"); !strings.Contains(got, "a 0 10\n") {
			t.Errorf("recovery points %q", got)
		}
		if got := w.read("data/replication-offset-checkpoint"); got != "0\n1\na 0 4\n" {
			t.Errorf("high watermarks %q", got)
		}
		if got := w.read("data/log-start-offset-checkpoint"); got != "0\n0\n" {
			t.Errorf("start offsets %q", got)
		}
		if err := l.AdvanceStartOffset(3); err != nil {
			t.Fatal(err)
		}
		time.Sleep(6 * time.Second)
		synctest.Wait()
		if got := w.read("data/log-start-offset-checkpoint"); got != "0\n1\na 0 3\n" {
			t.Errorf("start offsets %q", got)
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if n := d.env.FDs.Len(); n != 0 {
			t.Errorf("%d descriptors of idle logs are open", n)
		}
		w.abandon(d)
		w.loseUnsynced()
		d, err = Open(w.cfg, w.fs, w.now)
		if err != nil {
			t.Fatal(err)
		}
		w.end(d, tp("a", 0), 10)
		if s := w.get(d, tp("a", 0)).StartOffset(); s != 3 {
			t.Errorf("start %d", s)
		}
		w.close(d, true)
	})
}

// TestFlushOfManyBytes: a log with much to sync does not wait for the
// interval, and one that says flush.ms neither.
func TestFlushOfManyBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.cfg.NewTicker = nil
		w.cfg.FlushInterval = time.Hour
		begin := time.Now()
		d, err := Open(w.cfg, w.fs, func() int64 { return w.now() + time.Since(begin).Milliseconds() })
		if err != nil {
			t.Fatal(err)
		}
		little, much := w.create(d, tp("little", 0), id(1)), w.create(d, tp("much", 0), id(2))
		soon := commitlog.DefaultConfig()
		soon.FlushMs = 500
		timed, err := d.Create(tp("timed", 0), id(3), Home{}, &soon)
		if err != nil {
			t.Fatal(err)
		}
		w.fill(little, 1)
		w.fill(timed, 1)
		b := batch.NewBuilder(batch.NoProducer())
		b.Append(w.now(), nil, make([]byte, 1<<20-200))
		big := b.Build(nil)
		for range 65 {
			batch.SetBaseOffset(big, 0)
			if _, err := much.Append(0, big, commitlog.AppendCheck{}); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if little.RecoveryPoint() != 0 || much.RecoveryPoint() != 65 || timed.RecoveryPoint() != 1 {
			t.Errorf("recovery points %d, %d, %d", little.RecoveryPoint(), much.RecoveryPoint(), timed.RecoveryPoint())
		}
		w.close(d, true)
	})
}

// TestRetention runs with the housekeeper and never passes the high
// watermark.
func TestRetention(t *testing.T) {
	w := newWorld(t)
	lc := commitlog.DefaultConfig()
	lc.SegmentBytes, lc.RetentionBytes, lc.FileDeleteDelayMs = 1000, 2000, 1000
	w.cfg.LogConfig = func(p commitlog.TopicPartition) *commitlog.Config {
		if p.Topic == "small" {
			return &lc
		}
		return nil
	}
	d := w.open()
	l := w.create(d, tp("small", 0), id(1))
	w.fill(l, 100)
	size := l.Size()
	d.Retain(w.now())
	if l.Size() != size {
		t.Error("retention without a high watermark")
	}
	hw := int64(20)
	d.SetHighWatermarks(func(commitlog.TopicPartition) (int64, bool) { return hw, true })
	d.Retain(w.now())
	if s := l.StartOffset(); s == 0 || s > 20 {
		t.Errorf("start %d", s)
	}
	hw = 100
	d.Retain(w.now())
	if l.Size() > 3000 {
		t.Errorf("%d bytes left", l.Size())
	}
	w.nowMs.Add(1001)
	d.Retain(w.now())
	entries, _ := w.mem.ReadDir("data/small-0")
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".deleted") {
			t.Errorf("%s is left", e.Name())
		}
	}
	w.end(d, tp("small", 0), 100)
	w.close(d, true)
}

// TestTruncationBelowTheCheckpoint: the checkpoint is lowered first, so that a
// crash right after the truncation does not look like damage.
func TestTruncationBelowTheCheckpoint(t *testing.T) {
	for _, power := range []bool{false, true} {
		w := newWorld(t)
		d := w.open()
		l := w.create(d, tp("a", 0), id(1))
		w.fill(w.create(d, tp("b", 0), id(2)), 5)
		w.fill(l, 10)
		d.Flush()
		if err := l.TruncateTo(4); err != nil {
			t.Fatal(err)
		}
		if got := w.read("data/recovery-point-offset-checkpoint"); got != "0\n2\na 0 4\nb 0 5\n" {
			t.Errorf("%q", got)
		}
		w.fill(l, 1)
		w.abandon(d)
		if power {
			w.loseUnsynced()
		}
		d = w.open()
		if power {
			w.end(d, tp("a", 0), 4)
		} else {
			w.end(d, tp("a", 0), 5)
		}
		w.close(d, true)
	}
}
