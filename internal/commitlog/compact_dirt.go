package commitlog

import "math"

// Dirt says what of a log can be compacted (Kafka's LogToClean).
type Dirt struct {
	From int64 // first offset that was not compacted yet
	To   int64 // base of the first segment that must stay as it is

	CleanBytes int64 // in segments below From
	DirtyBytes int64 // in segments between
	// Overdue says that a record has waited for max.compaction.lag.ms, so
	// that the ratio does not matter.
	Overdue bool
	// Reset says that the checkpoint lay outside of the log or above a
	// truncation, and must be replaced by From.
	Reset bool
}

// Ratio is the share of the bytes that can be compacted that is dirty.
func (d *Dirt) Ratio() float64 {
	if total := d.CleanBytes + d.DirtyBytes; total > 0 {
		return float64(d.DirtyBytes) / float64(total)
	}
	return 0
}

// Dirt looks how much a compaction would find to do. checkpoint is the offset
// up to which the log was compacted, or Unknown. Records are left alone that
// are in the active segment, not below highWatermark, not fsynced, part of an
// open transaction, or younger than min.compaction.lag.ms.
func (l *Log) Dirt(checkpoint, highWatermark, nowMs int64) (Dirt, error) {
	stable, err := l.LastStableOffset(highWatermark)
	if err != nil {
		return Dirt{}, err
	}
	if err := l.Load(); err != nil {
		return Dirt{}, err
	}
	d := Dirt{From: checkpoint}
	start, end := l.start.Load(), l.end.Load()
	if cut := l.cutTo.Load(); d.From > cut {
		d.From, d.Reset = cut, true
	}
	if d.From < start || d.From > end {
		d.From, d.Reset = start, checkpoint != Unknown
	}
	cfg := l.Config()
	bound := min(stable, l.recoveryPoint.Load())
	list := l.segmentList()
	d.To = d.From
	for i := 0; i+1 < len(list) && list[i+1].base <= bound; i++ {
		s, next := list[i], list[i+1].base
		if next <= d.From {
			d.CleanBytes += s.size.Load()
			continue
		}
		recent, overdue, err := l.lags(s, cfg, nowMs)
		if err != nil {
			return Dirt{}, err
		}
		if recent {
			break
		}
		d.DirtyBytes += s.size.Load()
		d.Overdue = d.Overdue || overdue
		d.To = next
	}
	return d, nil
}

// lags compares the records of a sealed segment with min.compaction.lag.ms and
// max.compaction.lag.ms.
func (l *Log) lags(s *segment, cfg *Config, nowMs int64) (recent, overdue bool, err error) {
	if cfg.MinCompactionLagMs <= 0 && cfg.MaxCompactionLagMs == math.MaxInt64 {
		return false, false, nil
	}
	ix, err := l.indexesOf(s)
	if err != nil {
		return false, false, err
	}
	largest, err := l.largestTimestamp(s)
	if err != nil {
		return false, false, err
	}
	ix.mu.Lock()
	first := ix.firstMs
	ix.mu.Unlock()
	recent = cfg.MinCompactionLagMs > 0 && largest > nowMs-cfg.MinCompactionLagMs
	return recent, first > 0 && first < nowMs-cfg.MaxCompactionLagMs, nil
}

// MayCompact says whether the log has a segment besides the active one. It
// does not load the log.
func (l *Log) MayCompact() (bool, error) {
	if l.loaded.Load() {
		return len(l.segmentList()) > 1, nil
	}
	if l.Bare() {
		return false, nil
	}
	entries, err := l.env.FS.ReadDir(l.Dir())
	if err != nil {
		return false, l.storage("list", err)
	}
	n := 0
	for _, e := range entries {
		if _, suffix, ok := parseOffsetName(e.Name()); ok && suffix == logSuffix {
			n++
		}
	}
	return n > 1, nil
}
