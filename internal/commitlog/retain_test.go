package commitlog

import (
	"errors"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/batch"
)

// hourly is a log with one segment per hour, six of them.
func hourly(t testing.TB) (*world, *Log) {
	w := newWorld(t)
	w.cfg.SegmentMs, w.cfg.RetentionMs, w.cfg.FileDeleteDelayMs = 1000, -1, 0
	l := w.open()
	for i := range 6 {
		w.append(l, int32(i), records(10, 100, w.nowMs+int64(i)*3600_000))
	}
	if n := len(l.segmentList()); n != 6 {
		t.Fatalf("%d segments", n)
	}
	return w, l
}

func TestRetention(t *testing.T) {
	one := int64(len(records(10, 100, 0)))
	for name, c := range map[string]struct {
		change    func(*Config)
		highWater int64
		start     int64
	}{
		"none":                     {func(c *Config) {}, 60, 0},
		"time":                     {func(c *Config) { c.RetentionMs = 2*3600_000 - 1 }, 60, 40},
		"time, all":                {func(c *Config) { c.RetentionMs = 1 }, 60, 50},
		"not above high watermark": {func(c *Config) { c.RetentionMs = 1 }, 29, 20},
		"size":                     {func(c *Config) { c.RetentionBytes = 2 * one }, 60, 40},
		"size, rounded up":         {func(c *Config) { c.RetentionBytes = 2*one + 1 }, 60, 30},
		"size 0":                   {func(c *Config) { c.RetentionBytes = 0 }, 60, 60},
		"compact only":             {func(c *Config) { c.RetentionMs, c.Delete, c.Compact = 1, false, true }, 60, 0},
		"compact and delete":       {func(c *Config) { c.RetentionMs, c.Compact = 1, true }, 60, 50},
	} {
		t.Run(name, func(t *testing.T) {
			w, l := hourly(t)
			cfg := w.cfg
			c.change(&cfg)
			l.SetConfig(&cfg)
			now := w.nowMs + 5*3600_000
			if _, err := l.EnforceRetention(now, c.highWater); err != nil {
				t.Fatal(err)
			}
			if l.StartOffset() != c.start || l.EndOffset() != 60 {
				t.Errorf("[%d, %d), want start %d", l.StartOffset(), l.EndOffset(), c.start)
			}
			if err := l.RemoveDeleted(now); err != nil {
				t.Fatal(err)
			}
			w.append(l, 9, records(1, 1, now))
			w.checked(l)
			again := w.open(recoveryPoint(0))
			if again.StartOffset() != c.start || again.EndOffset() != 61 {
				t.Errorf("after restart: [%d, %d)", again.StartOffset(), again.EndOffset())
			}
			w.checked(again)
		})
	}
}

// TestRetentionWithoutTimestamps goes by the time the file was written.
func TestRetentionWithoutTimestamps(t *testing.T) {
	w := newWorld(t)
	w.mem.SetNow(func() time.Time { return time.UnixMilli(w.nowMs) })
	w.cfg.RetentionMs = 1000
	l := w.open()
	w.append(l, 0, records(1, 1, batch.NoTimestamp))
	for _, c := range []struct {
		after int64
		want  int
	}{{1000, 0}, {1001, 1}} {
		if n, err := l.EnforceRetention(w.nowMs+c.after, 1); err != nil || n != c.want {
			t.Errorf("after %d ms: %d deleted, %v", c.after, n, err)
		}
	}
}

// TestDeleteRecords: the start moves at once, the segments go later, and a
// start inside a batch is kept over restarts by the checkpoint.
func TestDeleteRecords(t *testing.T) {
	w, l := hourly(t)
	if err := l.AdvanceStartOffset(61); !errors.Is(err, ErrOffsetOutOfRange) {
		t.Error(err)
	}
	if err := l.AdvanceStartOffset(25); err != nil || l.StartOffset() != 25 {
		t.Fatal(l.StartOffset(), err)
	}
	if err := l.AdvanceStartOffset(3); err != nil || l.StartOffset() != 25 {
		t.Fatal(l.StartOffset(), err)
	}
	if _, err := l.Read(24, 1, 60, true); !errors.Is(err, ErrOffsetOutOfRange) {
		t.Error(err)
	}
	if s, err := l.Read(25, 1, 60, true); err != nil || s.FirstOffset != 20 {
		t.Errorf("%+v %v", s, err)
	} else {
		s.Release()
	}
	if found, ok, err := l.OffsetForTime(0); err != nil || !ok || found.Offset != 25 || found.LeaderEpoch != 2 {
		t.Errorf("%+v %v %v", found, ok, err)
	}
	if n, err := l.EnforceRetention(w.nowMs, 60); err != nil || n != 2 {
		t.Errorf("%d deleted, %v", n, err)
	}
	_, start, needed := l.Checkpoints()
	if start != 25 || !needed {
		t.Error(start, needed)
	}
	l = w.open(func(o *Options) { o.RecoveryPoint, o.LogStartOffset = 0, start })
	if l.StartOffset() != 25 || l.EpochAt(25) != 2 || l.EpochAt(24) != -1 {
		t.Errorf("start %d, epochs %v", l.StartOffset(), l.Epochs())
	}
	if err := l.AdvanceStartOffset(60); err != nil {
		t.Fatal(err)
	}
	if n, err := l.EnforceRetention(w.nowMs, 60); err != nil || n != 4 || l.Size() != 0 {
		t.Errorf("%d deleted, %d bytes left, %v", n, l.Size(), err)
	}
	w.checked(l)
}

// TestStartBeyondTheEnd: a power loss took the records above a start offset
// that was written down.
func TestStartBeyondTheEnd(t *testing.T) {
	w, l := hourly(t)
	l.Close(false)
	l = w.open(func(o *Options) { o.RecoveryPoint, o.LogStartOffset = 10, 100 })
	if l.StartOffset() != 100 || l.EndOffset() != 100 || l.Size() != 0 {
		t.Errorf("[%d, %d)", l.StartOffset(), l.EndOffset())
	}
	if info := w.append(l, 9, records(1, 1, w.nowMs)); info.BaseOffset != 100 {
		t.Errorf("%+v", info)
	}
	w.checked(l)
}

// TestTruncateFully starts a log anew at any offset.
func TestTruncateFully(t *testing.T) {
	for _, offset := range []int64{0, 5, 60, 1000} {
		w, l := hourly(t)
		if err := l.TruncateFullyAndStartAt(offset); err != nil {
			t.Fatal(err)
		}
		if l.StartOffset() != offset || l.EndOffset() != offset || l.Size() != 0 {
			t.Errorf("[%d, %d)", l.StartOffset(), l.EndOffset())
		}
		if _, ok := l.LatestEpoch(); ok {
			t.Error("an epoch is left")
		}
		l = w.open(recoveryPoint(min(offset, 60)))
		if l.StartOffset() != offset || l.EndOffset() != offset {
			t.Errorf("after restart: [%d, %d)", l.StartOffset(), l.EndOffset())
		}
		w.append(l, 0, records(1, 1, w.nowMs))
		w.checked(l)
	}
}
