package logdir

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/brolga-io/brolga/internal/commitlog"
)

// Delete takes a partition out of service: its directory is renamed durably,
// and removed after file.delete.delay.ms. topicID must be the one the
// partition was created with. A partition that is not there is no error.
func (d *Dirs) Delete(tp commitlog.TopicPartition, topicID UUID) error {
	defer d.exclusive(tp)()
	id, err := d.TopicID(tp)
	if errors.Is(err, ErrUnknownPartition) {
		return nil
	}
	if err != nil {
		return err
	}
	if id != topicID && id != (UUID{}) {
		return fmt.Errorf("%s has topic id %s, not %s: %w", tp, FormatID(id), FormatID(topicID), ErrWrongTopicID)
	}
	name, p, delay, err := d.retire(tp, deleteSuffix)
	if err != nil || p == nil {
		return err
	}
	p.dir.doom(name, d.now()+delay)
	return nil
}

// SetAside renames the directory of a partition that this broker should not
// have, or whose log is damaged, so that the partition can be created anew.
// It is never removed: only an administrator can tell what it is worth.
func (d *Dirs) SetAside(tp commitlog.TopicPartition) error {
	defer d.exclusive(tp)()
	d.mu.RLock()
	_, twofold := d.twins[tp]
	d.mu.RUnlock()
	if twofold {
		return d.setTwinsAside(tp, nil)
	}
	_, _, _, err := d.retire(tp, straySuffix)
	return err
}

// retire closes the log and renames the directory. A partition in a directory that is
// offline is only forgotten, so that another one of its name can be made elsewhere; it
// is met again when the directory is back.
func (d *Dirs) retire(tp commitlog.TopicPartition, suffix string) (name string, p *partition, delayMs int64, err error) {
	d.mu.Lock()
	p = d.partitions[tp]
	if p == nil {
		d.mu.Unlock()
		return "", nil, 0, nil
	}
	if p.dir.offline() {
		d.setLocked(tp, nil)
		d.mu.Unlock()
		return "", nil, 0, fmt.Errorf("%s: %w", tp, ErrOffline)
	}
	d.setLocked(tp, nil)
	d.mu.Unlock()
	p.dir.counted(-1)
	p.dir.outdate(tp)
	if f := d.futures.of(tp); f != nil {
		d.cancelMove(f)
	}

	delayMs = d.cfg.logConfig(tp).FileDeleteDelayMs
	if p.log != nil {
		delayMs = p.log.Config().FileDeleteDelayMs
		p.log.Close(false)
		d.forgetDirty(p.log)
	}
	if p.cleanedTo() != commitlog.Unknown {
		// Another partition of this name must not be taken for compacted.
		if err := d.writeCleanerPoints(p.dir); err != nil {
			d.fail(p.dir, err)
			return "", nil, 0, err
		}
	}
	if d.unmake(p) {
		return "", nil, 0, nil
	}
	name = retiredName(tp, d.cfg.NewID(), suffix)
	err = d.fs.Rename(filepath.Join(p.dir.path, tp.String()), filepath.Join(p.dir.path, name))
	if err == nil {
		err = d.fs.SyncDir(p.dir.path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil, 0, nil // somebody removed it by hand
	}
	if err != nil {
		d.fail(p.dir, err)
		return "", nil, 0, err
	}
	return name, p, delayMs, nil
}

// removeDoomed removes the deleted partitions of dd whose delay is over.
func (d *Dirs) removeDoomed(dd *dataDir, nowMs int64) {
	dd.mu.Lock()
	var due []doomed
	rest := dd.doomed[:0]
	for _, x := range dd.doomed {
		if x.atMs <= nowMs {
			due = append(due, x)
		} else {
			rest = append(rest, x)
		}
	}
	dd.doomed = rest
	dd.mu.Unlock()
	for _, x := range due {
		if err := d.fs.RemoveAll(filepath.Join(dd.path, x.name)); err != nil {
			d.fail(dd, err)
			return
		}
	}
}

// markDoomed notes when the first deleted segments of a log are due. It is called
// under the log's mutex.
func (d *Dirs) markDoomed(l *commitlog.Log, atMs int64) {
	d.dirtyMu.Lock()
	d.doomed[l] = atMs
	d.dirtyMu.Unlock()
}

// removeDeleted removes the deleted segments whose delay is over. Only logs that
// have any are looked at.
func (d *Dirs) removeDeleted(nowMs int64) {
	d.dirtyMu.Lock()
	var due []*commitlog.Log
	for l, atMs := range d.doomed {
		if atMs <= nowMs {
			delete(d.doomed, l)
			due = append(due, l)
		}
	}
	d.dirtyMu.Unlock()
	for _, l := range due {
		if err := l.RemoveDeleted(nowMs); err != nil {
			d.Report(l, err)
		}
	}
}

// Damaged returns the partitions whose logs stay closed because flushed data
// is damaged, with the errors that say where.
func (d *Dirs) Damaged() map[commitlog.TopicPartition]error {
	d.mu.RLock()
	defer d.mu.RUnlock()
	out := map[commitlog.TopicPartition]error{}
	for tp, p := range d.partitions {
		if errors.Is(p.err, commitlog.ErrCorrupt) {
			out[tp] = p.err
		}
	}
	return out
}

// Salvage opens a damaged log with what is left of it. The result says what
// was lost. It is for a replica that is the only copy.
func (d *Dirs) Salvage(tp commitlog.TopicPartition) (*commitlog.Log, commitlog.Recovery, error) {
	defer d.exclusive(tp)()
	d.mu.RLock()
	p := d.partitions[tp]
	d.mu.RUnlock()
	switch {
	case p == nil:
		return nil, commitlog.Recovery{}, fmt.Errorf("%s: %w", tp, ErrUnknownPartition)
	case p.dir.offline():
		return nil, commitlog.Recovery{}, fmt.Errorf("%s: %w", tp, ErrOffline)
	case p.log != nil:
		return p.log, p.log.Recovered(), nil
	}
	log, err := commitlog.Open(filepath.Join(p.dir.path, tp.String()), commitlog.Options{Env: &d.env,
		Config: d.cfg.logConfig(tp), RecoveryPoint: p.written, LogStartOffset: commitlog.Unknown, Salvage: true})
	if err != nil {
		return nil, commitlog.Recovery{}, err
	}
	// A new value: the log of a partition others know does not change.
	salvaged := &partition{tp: tp, dir: p.dir, log: log, written: p.written, watermark: p.watermark,
		cleaned: commitlog.Unknown}
	d.mu.Lock()
	d.setLocked(tp, salvaged)
	d.mu.Unlock()
	return log, log.Recovered(), nil
}
