package logdir

import (
	"errors"
	"sync"
)

// Close stops the background work and closes all logs. With clean, everything
// is made durable and each directory that is online gets its clean-shutdown
// mark, last of all.
func (d *Dirs) Close(clean bool) error {
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
		if err := d.closeDir(dd, clean && !dd.offline()); err != nil {
			errs = append(errs, err)
		}
		if err := dd.unlock(); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (d *Dirs) closeDir(dd *dataDir, clean bool) error {
	partitions := d.inDir(dd)
	if clean {
		if err := d.checkpoint(dd); err != nil {
			d.fail(dd, err)
			clean = false
		}
	}
	err := d.closeLogs(partitions, clean)
	if err != nil || !clean {
		return err
	}
	if err := d.writeRecoveryPoints(dd, nil); err != nil {
		return err
	}
	d.mu.RLock()
	epoch := d.brokerEpoch
	d.mu.RUnlock()
	return writeCleanMark(d.fs, dd.path, epoch)
}

func (d *Dirs) closeLogs(partitions []*partition, clean bool) error {
	work := make(chan *partition)
	var wg sync.WaitGroup
	var mu sync.Mutex
	var errs []error
	for range d.cfg.RecoveryThreads {
		wg.Go(func() {
			for p := range work {
				if err := p.log.Close(clean); err != nil {
					mu.Lock()
					errs = append(errs, err)
					mu.Unlock()
				}
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
	return errors.Join(errs...)
}
