package logdir

import (
	"errors"
	"sync"
)

// Close stops the background work and closes all logs. With clean, everything
// is made durable and each directory that is online gets its clean-shutdown
// mark, last of all.
func (d *Dirs) Close(clean bool) error {
	return d.CloseUntil(func() bool { return !clean })
}

// CloseUntil is Close for somebody who cannot wait for slow disks: from the moment on
// in which late says true, which several goroutines ask, no log is synced any more. A
// directory in which one was not gets no mark, and is recovered by the next start.
func (d *Dirs) CloseUntil(late func() bool) error {
	d.mu.Lock()
	if d.closed {
		d.mu.Unlock()
		return nil
	}
	d.closed = true
	d.mu.Unlock()
	close(d.stop)
	d.wg.Wait()
	for _, dd := range d.dirs {
		dd.commits.mu.Lock()
		dd.commits.stopped = true // nobody starts any more
		dd.commits.mu.Unlock()
	}
	d.commitWg.Wait()
	d.cleanerMu.Lock()
	d.stopCleanersLocked()
	d.cleanerMu.Unlock()
	var errs []error
	for _, dd := range d.dirs {
		if err := d.closeDir(dd, func() bool { return dd.offline() || late() }); err != nil {
			errs = append(errs, err)
		}
		if err := dd.unlock(); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (d *Dirs) closeDir(dd *dataDir, late func() bool) error {
	partitions := d.inDir(dd)
	clean := !late()
	if clean {
		if err := d.checkpoint(dd); err != nil {
			d.fail(dd, err)
			clean = false
		}
	}
	unsynced, err := d.closeLogs(partitions, func() bool { return !clean || late() })
	if err != nil || !clean {
		return err
	}
	if err := d.writeRecoveryPoints(dd, nil); err != nil {
		return err
	}
	if unsynced > 0 {
		d.cfg.Logger.Warn("The time to stop was up before everything was synced: the next start recovers the rest", "dir", dd.path, "partitions", unsynced)
		return nil
	}
	d.mu.RLock()
	epoch := d.brokerEpoch
	d.mu.RUnlock()
	return writeCleanMark(d.fs, dd.path, epoch)
}

// closeLogs closes logs, several at once: the file system makes one commit of their
// metadata. It returns how many were not synced.
func (d *Dirs) closeLogs(partitions []*partition, late func() bool) (unsynced int, err error) {
	work := make(chan *partition)
	var wg sync.WaitGroup
	var mu sync.Mutex
	var errs []error
	threads := max(syncAllThreads, d.cfg.RecoveryThreads)
	if d.cfg.Stepped {
		threads = 1
	}
	for range threads {
		wg.Go(func() {
			for p := range work {
				clean, atRest := !late(), !p.log.Loaded()
				err := p.log.Close(clean)
				mu.Lock()
				if err != nil {
					errs = append(errs, err)
				}
				if !clean && !atRest {
					unsynced++
				}
				mu.Unlock()
			}
		})
	}
	for _, p := range partitions {
		if p.log != nil {
			work <- p
		}
	}
	close(work)
	wg.Wait()
	return unsynced, errors.Join(errs...)
}
