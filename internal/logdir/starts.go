package logdir

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/brolga-io/brolga/internal/commitlog"
)

// SaveStarts makes durable where logs begin now, with one checkpoint file for each
// directory that they are in: whoever was told that records are deleted must not meet
// them again after a kill. The error is commitlog.ErrStorage, and the directories that
// failed are offline. Logs that are no partition any more are passed over.
func (d *Dirs) SaveStarts(logs []*commitlog.Log) error {
	for {
		homes := d.homesOf(logs)
		var errs []error
		for _, dd := range d.dirs {
			if _, ok := homes[dd]; !ok {
				continue
			}
			if err := d.saveStarts(dd); err != nil {
				errs = append(errs, err)
			}
		}
		if err := errors.Join(errs...); err != nil {
			return fmt.Errorf("%w: %w", commitlog.ErrStorage, err)
		}
		if again := d.homesOf(logs); sameHomes(homes, again) {
			return nil
		} // a partition has moved meanwhile, and its row may be in neither file
	}
}

func (d *Dirs) saveStarts(dd *dataDir) error {
	if dd.offline() {
		return ErrOffline
	}
	err := d.writeStarts(dd)
	if err != nil {
		d.fail(dd, err)
	}
	return err
}

// homes are directories, and the logs in each whose rows its checkpoints have.
type homes map[*dataDir]map[*commitlog.Log]struct{}

func (d *Dirs) homesOf(logs []*commitlog.Log) homes {
	h := homes{}
	for _, l := range logs {
		dd := d.homeOf(l)
		if dd == nil {
			continue
		}
		if h[dd] == nil {
			h[dd] = map[*commitlog.Log]struct{}{}
		}
		h[dd][l] = struct{}{}
	}
	return h
}

// homeOf is the directory of a log, nil if it is no partition any more. It waits for
// the end of a move that is about to change that.
func (d *Dirs) homeOf(l *commitlog.Log) *dataDir {
	tp, ok := commitlog.ParseTopicPartition(filepath.Base(l.Dir()))
	if !ok {
		return nil
	}
	for {
		d.mu.RLock()
		p := d.partitions[tp]
		d.mu.RUnlock()
		switch {
		case p == nil || p.log != l:
			return nil
		case filepath.Clean(p.dir.path) == filepath.Dir(l.Dir()):
			return p.dir
		}
		d.exclusive(tp)()
	}
}

func sameHomes(a, b homes) bool {
	for dd, logs := range b {
		for l := range logs {
			if _, ok := a[dd][l]; !ok {
				return false
			}
		}
	}
	return true
}

// writeStarts writes down where the logs of dd begin. What it writes is gathered under
// the mutex, so that no older state replaces a newer one.
func (d *Dirs) writeStarts(dd *dataDir) error {
	dd.checkpointMu.Lock()
	defer dd.checkpointMu.Unlock()
	var starts checkpoint
	for _, p := range d.inDir(dd) {
		if p.log == nil {
			continue
		}
		if _, start, needed := p.log.Checkpoints(); needed {
			starts.add(p.tp, start)
		}
	}
	return d.replaceLocked(dd, logStartName, &starts)
}
