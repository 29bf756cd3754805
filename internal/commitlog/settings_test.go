package commitlog

import "testing"

// TestSegmentSettingsAtRunTime: each of the settings that end a segment takes
// effect with the next append after it was changed.
func TestSegmentSettingsAtRunTime(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(*Config)
		laterS int64
		rolls  bool
	}{
		{"nothing", func(*Config) {}, 1, false},
		{"segment.bytes", func(c *Config) { c.SegmentBytes = 200 }, 1, true},
		{"segment.ms", func(c *Config) { c.SegmentMs = 500 }, 1, true},
		{"segment.ms, not over", func(c *Config) { c.SegmentMs = 5000 }, 1, false},
		{"segment.jitter.ms", func(c *Config) { c.SegmentMs, c.SegmentJitterMs = 8_000, 8_000 }, 8, true},
		{"segment.index.bytes", func(c *Config) { c.SegmentIndexBytes = 24 }, 1, true},
		{"max.compaction.lag.ms", func(c *Config) { c.Compact, c.MaxCompactionLagMs = true, 500 }, 1, true},
		{"max.compaction.lag.ms, not compacted", func(c *Config) { c.MaxCompactionLagMs = 500 }, 1, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t)
			w.cfg.IndexIntervalBytes = 50
			l := w.open()
			for range 5 {
				w.append(l, 1, records(1, 100, w.nowMs))
			}
			cfg := w.cfg
			tc.change(&cfg)
			l.SetConfig(&cfg)
			w.nowMs += tc.laterS * 1000
			w.append(l, 1, records(1, 100, w.nowMs))
			if n := len(l.segmentList()); (n == 2) != tc.rolls {
				t.Fatalf("%d segments", n)
			}
			w.append(l, 1, records(1, 10, w.nowMs))
			if err := l.Check(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestIndexIntervalAtRunTime: entries become denser from the next batch on.
func TestIndexIntervalAtRunTime(t *testing.T) {
	w := newWorld(t)
	l := w.open()
	entries := func(n int) int {
		before := l.segmentList()[0].ix.Load().offsets.len()
		for range n {
			w.append(l, 1, records(1, 100, w.nowMs))
		}
		return l.segmentList()[0].ix.Load().offsets.len() - before
	}
	w.append(l, 1, records(1, 100, w.nowMs))
	if n := entries(20); n != 0 {
		t.Fatalf("%d entries in 4 KiB", n)
	}
	cfg := w.cfg
	cfg.IndexIntervalBytes = 100
	l.SetConfig(&cfg)
	if n := entries(20); n < 9 {
		t.Fatalf("%d entries", n)
	}
	if err := l.Check(); err != nil {
		t.Fatal(err)
	}
}

// TestCompactAndDelete: with both policies, segments go by age although their
// records are the last of their keys, and the rest is compacted.
func TestCompactAndDelete(t *testing.T) {
	w := newCompactWorld(t)
	w.cfg.Delete, w.cfg.RetentionMs = true, 10_000
	w.cfg.SegmentBytes = 100 // segments stay apart
	l := w.open()
	w.append(l, 1, keyed(w.nowMs, put("old", "1")))
	w.roll(l)
	w.nowMs += 6000
	w.append(l, 1, keyed(w.nowMs, put("a", "1")))
	w.roll(l)
	w.append(l, 1, keyed(w.nowMs, put("a", "2")))
	w.roll(l)
	done := w.compact(l, Unknown)
	wantContent(t, l, "0 old=1", "2 a=2")
	w.nowMs += 6000
	if n, err := l.EnforceRetention(w.nowMs, l.EndOffset()); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	wantContent(t, l, "2 a=2")
	w.append(l, 1, keyed(w.nowMs, put("a", "3")))
	w.roll(l)
	w.compact(l, done.Next)
	wantContent(t, l, "3 a=3")
	// Without delete nothing goes by age.
	cfg := w.cfg
	cfg.Delete = false
	l.SetConfig(&cfg)
	w.nowMs += 100_000
	if n, err := l.EnforceRetention(w.nowMs, l.EndOffset()); n != 0 || err != nil {
		t.Fatal(n, err)
	}
}

// TestActiveSegmentIsNeverCompacted: whatever the
// settings say.
func TestActiveSegmentIsNeverCompacted(t *testing.T) {
	w := newCompactWorld(t)
	w.cfg.MinCleanableDirtyRatio, w.cfg.MaxCompactionLagMs, w.cfg.SegmentBytes = 0, 1, 1<<20
	l := w.open()
	for range 10 {
		w.append(l, 1, keyed(w.nowMs, put("a", "1")))
	}
	if err := l.Sync(); err != nil {
		t.Fatal(err)
	}
	w.nowMs += 1_000_000
	if done := w.compact(l, Unknown); done.Records != 0 || len(content(t, l)) != 10 {
		t.Fatalf("%+v", done)
	}
}
