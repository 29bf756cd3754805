package logdir

import (
	"errors"
	"maps"
	"slices"

	"github.com/brolga-io/brolga/internal/commitlog"
)

// grabDirtiest returns the log that needs compaction most, and marks it as
// being worked on (Kafka's grabFilthiestCompactedLog).
func (c *cleaners) grabDirtiest() (*partition, commitlog.Dirt) {
	var best *partition
	var bestDirt commitlog.Dirt
	nowMs := c.d.now()
	dirtiest := 0.0
	candidates, watermarks := c.candidates()
	for _, p := range candidates {
		dirt, ok := c.look(p, watermarks, nowMs)
		if !ok {
			continue
		}
		ratio := dirt.Ratio()
		dirtiest = max(dirtiest, ratio)
		due := ratio > p.log.Config().MinCleanableDirtyRatio || dirt.Overdue
		if due && dirt.DirtyBytes > 0 && (best == nil || ratio > bestDirt.Ratio()) {
			best, bestDirt = p, dirt
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state.LastRunMs, c.state.MaxDirtyRatio = nowMs, dirtiest
	if best != nil {
		if _, taken := c.busy[best]; taken {
			return nil, bestDirt // another cleaner was faster
		}
		c.busy[best] = struct{}{}
	}
	return best, bestDirt
}

// candidates are the logs with cleanup.policy=compact that may be looked at.
func (c *cleaners) candidates() ([]*partition, func(commitlog.TopicPartition) (int64, bool)) {
	d := c.d
	d.mu.RLock()
	defer d.mu.RUnlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	gone := func(p *partition) bool { return d.partitions[p.tp] != p }
	maps.DeleteFunc(c.state.uncleanable, func(p *partition, _ error) bool { return gone(p) })
	maps.DeleteFunc(c.idle, func(p *partition, _ struct{}) bool { return gone(p) || p.log.Loaded() })
	if d.watermarks == nil {
		return nil, nil
	}
	var out []*partition
	for _, p := range d.partitions {
		if p.log == nil || p.dir.offline() || !p.log.Config().Compact {
			continue
		}
		_, busy := c.busy[p]
		_, idle := c.idle[p]
		if !busy && !idle && c.state.uncleanable[p] == nil {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, compare)
	return out, d.watermarks
}

// look finds out how dirty the log of p is; false if that does not matter.
func (c *cleaners) look(p *partition, watermarks func(commitlog.TopicPartition) (int64, bool), nowMs int64) (commitlog.Dirt, bool) {
	may, err := p.log.MayCompact()
	if err == nil && !may {
		if !p.log.Loaded() {
			c.mu.Lock()
			c.idle[p] = struct{}{}
			c.mu.Unlock()
		}
		return commitlog.Dirt{}, false
	}
	dirt := commitlog.Dirt{}
	if err == nil {
		highWatermark, ok := watermarks(p.tp) // may load the log
		if !ok {
			return dirt, false
		}
		dirt, err = p.log.Dirt(p.cleanedTo(), highWatermark, nowMs)
	}
	if err != nil {
		c.lookFailed(p, err)
		return dirt, false
	}
	if dirt.Reset {
		c.d.cfg.Logger.Warn("the cleaner's checkpoint does not fit the log and is reset", "topic", p.tp.Topic,
			"partition", p.tp.Partition, "to", dirt.From)
		c.d.setCleaned(p, dirt.From)
	}
	return dirt, true
}

func (c *cleaners) lookFailed(p *partition, err error) {
	switch {
	case isClosed(err), p.dir.offline():
	case errors.Is(err, commitlog.ErrStorage):
		c.d.Report(p.log, err)
	default:
		c.setAside(p, err)
	}
}

// cleanedTo is the offset up to which the log of p was compacted.
func (p *partition) cleanedTo() int64 {
	p.dir.checkpointMu.Lock()
	defer p.dir.checkpointMu.Unlock()
	return p.cleaned
}

// setCleaned notes that and writes the checkpoint of p's directory. A
// directory that fails to take it goes offline.
func (d *Dirs) setCleaned(p *partition, offset int64) {
	p.dir.checkpointMu.Lock()
	p.cleaned = offset
	p.dir.checkpointMu.Unlock()
	if err := d.writeCleanerPoints(p.dir); err != nil {
		d.fail(p.dir, err)
	}
}

// writeCleanerPoints replaces cleaner-offset-checkpoint of dd.
func (d *Dirs) writeCleanerPoints(dd *dataDir) error {
	var c checkpoint
	partitions := d.inDir(dd)
	dd.checkpointMu.Lock()
	for _, p := range partitions {
		if p.cleaned != commitlog.Unknown {
			c.add(p.tp, p.cleaned)
		}
	}
	dd.checkpointMu.Unlock()
	return d.replace(dd, cleanerOffsetName, &c)
}
