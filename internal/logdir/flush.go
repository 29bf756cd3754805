package logdir

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/planted"
	"github.com/brolga-io/brolga/internal/vfs"
)

// flushTick is how often the flusher looks whether a log has so many bytes
// to sync that it should not wait for the interval.
const flushTick = time.Second

// markDirty notes a log that has bytes to sync. It is called under the log's
// mutex.
func (d *Dirs) markDirty(l *commitlog.Log) {
	nowMs := d.now()
	d.dirtyMu.Lock()
	defer d.dirtyMu.Unlock()
	if _, ok := d.dirty[l]; !ok {
		d.dirty[l] = nowMs
	}
}

func (d *Dirs) forgetDirty(l *commitlog.Log) {
	d.dirtyMu.Lock()
	delete(d.dirty, l)
	delete(d.flushed, l)
	delete(d.rolled, l)
	delete(d.doomed, l)
	d.dirtyMu.Unlock()
}

// beginFlush takes l out of the dirty logs, before its sync, so that an append
// during the sync marks it again.
func (d *Dirs) beginFlush(l *commitlog.Log) {
	d.dirtyMu.Lock()
	delete(d.dirty, l)
	delete(d.rolled, l)
	d.flushed[l] = d.now()
	d.dirtyMu.Unlock()
}

// markRolled has the flusher sync a log soon, as Kafka does when a segment is full
// (UnifiedLog.roll): the cleaner leaves alone what was not synced. It is called under
// the log's mutex.
func (d *Dirs) markRolled(l *commitlog.Log) {
	d.dirtyMu.Lock()
	d.rolled[l] = struct{}{}
	d.dirtyMu.Unlock()
	select {
	case d.rolls <- struct{}{}:
	default:
	}
}

func (d *Dirs) takeRolled() []*commitlog.Log {
	d.dirtyMu.Lock()
	defer d.dirtyMu.Unlock()
	return slices.AppendSeq(make([]*commitlog.Log, 0, len(d.rolled)), maps.Keys(d.rolled))
}

// takeIdle returns the logs that had nothing to sync since a time.
func (d *Dirs) takeIdle(sinceMs int64) []*commitlog.Log {
	d.dirtyMu.Lock()
	defer d.dirtyMu.Unlock()
	var idle []*commitlog.Log
	for l, ms := range d.flushed {
		if _, dirty := d.dirty[l]; !dirty && ms <= sinceMs {
			delete(d.flushed, l)
			idle = append(idle, l)
		}
	}
	return idle
}

// takeDirty returns the logs to sync: all of them, or those with many bytes,
// or whose flush.ms would be over before the next look.
func (d *Dirs) takeDirty(all bool) []*commitlog.Log {
	next := d.now() + flushTick.Milliseconds()
	d.dirtyMu.Lock()
	logs := make([]*commitlog.Log, 0, len(d.dirty))
	var waiting []*commitlog.Log
	for l, since := range d.dirty {
		if all || next-since >= l.Config().FlushMs {
			logs = append(logs, l)
		} else {
			waiting = append(waiting, l)
		}
	}
	d.dirtyMu.Unlock()
	for _, l := range waiting { // takes the log's lock
		if l.UnflushedBytes() >= maxUnflushed {
			logs = append(logs, l)
		}
	}
	return logs
}

// runFlusher syncs what was appended, so that a restart has little to
// recover.
func (d *Dirs) runFlusher() {
	defer d.wg.Done()
	tick, stop := d.cfg.NewTicker(flushTick)
	defer stop()
	last := d.now()
	for {
		select {
		case <-d.stop:
			return
		case <-d.rolls:
			d.syncEach(d.takeRolled()) // the recovery points wait for the next tick
			continue
		case <-tick:
		}
		last = d.flushDue(last)
	}
}

// flushDue syncs what should not wait any longer, and everything once in an interval.
// It returns when that was done last, in ms.
func (d *Dirs) flushDue(last int64) int64 {
	now := d.now()
	all := now-last >= d.cfg.FlushInterval.Milliseconds() || now < last // the clock was set back
	if all {
		last = now
	}
	d.flush(d.takeDirty(all))
	return last
}

// Flush syncs every log that has something to sync and writes the recovery
// points down.
func (d *Dirs) Flush() { d.flush(d.takeDirty(true)) }

// flush syncs logs, oldest need first, and checkpoints the directories in which
// recovery points moved.
func (d *Dirs) flush(logs []*commitlog.Log) {
	d.syncEach(logs)
	for _, dd := range d.dirs {
		if dd.offline() || !dd.synced.Swap(false) {
			continue
		}
		if err := d.writeRecoveryPoints(dd, nil); err != nil {
			d.fail(dd, err)
		}
	}
}

// syncEach syncs logs one after the other. What another goroutine has taken out of
// the dirty logs is synced too when it returns.
func (d *Dirs) syncEach(logs []*commitlog.Log) {
	slices.SortFunc(logs, func(a, b *commitlog.Log) int { return strings.Compare(a.Dir(), b.Dir()) })
	d.syncMu.Lock()
	defer d.syncMu.Unlock()
	for _, l := range logs {
		select {
		case <-d.stop: // Close syncs the rest, for as long as it may
			return
		default:
		}
		dd := d.dirOf(l)
		if dd == nil || dd.offline() {
			d.forgetDirty(l)
			continue
		}
		d.beginFlush(l)
		begin := time.Now()
		err := l.Sync()
		d.cfg.FlushTimes.Observe(time.Since(begin))
		if err != nil {
			if !isClosed(err) {
				d.fail(dd, err)
			}
			continue
		}
		dd.synced.Store(true)
	}
}

func (d *Dirs) dirOf(l *commitlog.Log) *dataDir {
	parent := filepath.Dir(l.Dir())
	for _, dd := range d.dirs {
		if filepath.Clean(dd.path) == parent {
			return dd
		}
	}
	return nil
}

// inDir returns the partitions of dd, in the order of the checkpoints. The slice
// must not be changed.
func (d *Dirs) inDir(dd *dataDir) []*partition {
	d.mu.RLock()
	ordered := dd.ordered
	d.mu.RUnlock()
	if ordered != nil {
		return ordered
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	ordered = []*partition{}
	for _, p := range d.partitions {
		if p.dir == dd {
			ordered = append(ordered, p)
		}
	}
	slices.SortFunc(ordered, compare)
	dd.ordered = ordered
	return ordered
}

// setLocked makes p a partition, or takes one out if p is nil.
func (d *Dirs) setLocked(tp commitlog.TopicPartition, p *partition) {
	if old := d.partitions[tp]; old != nil {
		old.dir.ordered = nil
	}
	if p == nil {
		delete(d.partitions, tp)
		return
	}
	d.partitions[tp] = p
	p.dir.ordered = nil
}

// writeRecoveryPoints replaces the recovery point checkpoint of dd. lower, if
// not nil, overrides the points of logs that are about to be truncated. Logs of
// which nothing was flushed are not in it: no row stands for 0.
func (d *Dirs) writeRecoveryPoints(dd *dataDir, lower map[commitlog.TopicPartition]int64) error {
	partitions := d.inDir(dd)
	dd.checkpointMu.Lock()
	defer dd.checkpointMu.Unlock()
	var c checkpoint
	points := make([]int64, len(partitions))
	for i, p := range partitions {
		point := p.written // of a damaged log: what was promised
		if p.log != nil {
			point, _, _ = p.log.Checkpoints()
		}
		if low, ok := lower[p.tp]; ok {
			point = min(point, low)
		}
		if points[i] = point; point > 0 {
			c.add(p.tp, point)
		}
	}
	write := vfs.WriteFileAtomic
	if planted.On(planted.CheckpointUnsynced) {
		write = vfs.WriteFile
	}
	if err := write(d.fs, filepath.Join(dd.path, recoveryPointName), c.bytes()); err != nil {
		return err
	}
	for i, p := range partitions {
		p.written = points[i]
	}
	return nil
}

// lowerRecoveryPoint makes sure that the checkpoint does not claim more than
// offset for the log in dir, which is about to be truncated. It is called
// under that log's mutex.
func (d *Dirs) lowerRecoveryPoint(dir string, offset int64) error {
	tp, ok := commitlog.ParseTopicPartition(filepath.Base(dir))
	if !ok {
		return nil
	}
	d.mu.RLock()
	p := d.partitions[tp]
	d.mu.RUnlock()
	if p == nil {
		return nil
	}
	p.dir.checkpointMu.Lock()
	fine := p.written <= offset
	p.dir.checkpointMu.Unlock()
	if fine {
		return nil
	}
	return d.writeRecoveryPoints(p.dir, map[commitlog.TopicPartition]int64{tp: offset})
}
