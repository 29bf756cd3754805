package logdir

import (
	"errors"
	"sync"

	"github.com/brolga-io/brolga/internal/commitlog"
)

// syncAllThreads is how many logs of a directory SyncAll syncs at once: the file
// system makes one commit of their metadata.
const syncAllThreads = 8

// SyncAll makes durable what recovery found above the recovery points, with the
// names of the files that hold it, and writes the recovery points down. A directory
// that fails to do so goes offline, and its error is returned.
func (d *Dirs) SyncAll() error {
	var errs []error
	for _, dd := range d.dirs {
		if dd.offline() {
			continue
		}
		if err := d.syncDir(dd); err != nil {
			d.fail(dd, err)
			errs = append(errs, err)
			continue
		}
		dd.settled = true
	}
	return errors.Join(errs...)
}

func (d *Dirs) syncDir(dd *dataDir) error {
	var tails []*commitlog.Log
	for _, p := range d.inDir(dd) {
		if p.log != nil && p.log.Loaded() && p.log.RecoveryPoint() < p.log.EndOffset() {
			tails = append(tails, p.log)
		}
	}
	if len(tails) == 0 {
		return nil
	}
	if err := d.fs.SyncDir(dd.path); err != nil {
		return err
	}
	if err := d.syncLogs(tails); err != nil {
		return err
	}
	return d.writeRecoveryPoints(dd, nil)
}

// syncLogs syncs logs and their directories, some at once.
func (d *Dirs) syncLogs(logs []*commitlog.Log) error {
	work := make(chan *commitlog.Log, len(logs))
	for _, l := range logs {
		work <- l
	}
	close(work)
	errs := make(chan error, len(logs))
	var running sync.WaitGroup
	threads := min(syncAllThreads, len(logs))
	if d.cfg.Stepped {
		threads = min(1, len(logs))
	}
	for range threads {
		running.Go(func() {
			for l := range work {
				err := d.fs.SyncDir(l.Dir())
				if err == nil {
					err = l.Sync()
				}
				if err != nil {
					errs <- err
				}
			}
		})
	}
	running.Wait()
	close(errs)
	return <-errs // nil if there is none
}
