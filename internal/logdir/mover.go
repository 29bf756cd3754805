package logdir

import (
	"errors"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/vfs"
)

// movedName marks a directory whose partition was moved there. While the partition
// is in the directory it came from too, the marked one is right: nothing was written
// to the other one after the mark.
const movedName = "moved"

var errMoveEnded = errors.New("the move has ended")

// runMover moves partitions, one after the other.
func (d *Dirs) runMover() {
	defer d.wg.Done()
	for {
		select {
		case <-d.stop:
			return
		case <-d.futures.wake:
		}
		for f := d.futures.any(); f != nil; f = d.futures.any() {
			if err := d.move(f); err != nil {
				select {
				case <-d.stop:
					return // the next start begins anew
				default:
				}
				d.moveFailed(f, err)
			}
		}
	}
}

func (d *Dirs) move(f *future) error {
	for {
		if err := f.copy.Copy(); err != nil {
			return err
		}
		if err := d.takeOver(f); !errors.Is(err, commitlog.ErrBehind) {
			return err
		}
	}
}

// moveFailed ends a move after an error. A failure of the directory that the
// partition is in leaves the copy to the next start.
func (d *Dirs) moveFailed(f *future, err error) {
	select {
	case <-f.cancel:
		return
	default:
	}
	d.cfg.Logger.Error("Moving a partition to another data directory failed", "topic", f.tp.Topic,
		"partition", f.tp.Partition, "to", f.dir.path, "err", err)
	switch {
	case errors.Is(err, commitlog.ErrTarget):
		d.futures.forget(f)
		d.fail(f.dir, err)
	case errors.Is(err, commitlog.ErrStorage):
		d.futures.forget(f)
		if log, gerr := d.Get(f.tp); gerr == nil {
			d.Report(log, err)
		}
	default:
		release := d.exclusive(f.tp)
		if d.futures.of(f.tp) == f {
			d.cancelMove(f)
		}
		release()
	}
}

// takeOver makes the copy the partition. After a crash at any point, openAll finds
//
//	no mark, or the copy without its name    the copy begins anew
//	the partition in both directories        the marked one counts, the other goes
//	the partition in the new directory only
func (d *Dirs) takeOver(f *future) error {
	defer d.exclusive(f.tp)()
	d.mu.RLock()
	p := d.partitions[f.tp]
	d.mu.RUnlock()
	if p == nil || d.futures.of(f.tp) != f {
		return errMoveEnded
	}
	// No row of an earlier partition of this name may meet the new one.
	if err := d.writeRecoveryPoints(f.dir, nil); err != nil {
		return errors.Join(commitlog.ErrTarget, err)
	}
	old := p.log.Dir()
	if err := d.unmark(old); err != nil {
		return errors.Join(commitlog.ErrStorage, err)
	}
	live := filepath.Join(f.dir.path, f.tp.String())
	err := f.copy.TakeOver(live, func() (taken bool, err error) {
		if err := vfs.WriteFileAtomic(d.fs, filepath.Join(f.copy.Dir(), movedName), nil); err != nil {
			return false, err
		}
		if err := d.fs.Rename(f.copy.Dir(), live); err != nil {
			return false, err
		}
		return true, d.fs.SyncDir(f.dir.path)
	})
	if p.log.Dir() != live {
		return err
	}
	d.settleMove(f, p, err)
	if err == nil {
		d.finishMove(f, p, old, live)
	}
	return nil
}

// settleMove has everybody find the partition in its new directory, which failed if
// err is set.
func (d *Dirs) settleMove(f *future, p *partition, err error) {
	moved := &partition{tp: p.tp, dir: f.dir, log: p.log, written: commitlog.Unknown, cleaned: p.cleanedTo()}
	d.mu.Lock()
	moved.topicID, moved.idKnown, moved.watermark = p.topicID, p.idKnown, p.watermark
	d.setLocked(p.tp, moved)
	d.mu.Unlock()
	p.dir.counted(-1)
	f.dir.counted(+1)
	d.futures.forget(f)
	if err != nil {
		d.fail(f.dir, err)
	}
}

// finishMove writes down what the checkpoints know of the partition before the
// directory it came from goes.
func (d *Dirs) finishMove(f *future, p *partition, old, live string) {
	for _, write := range []func(*dataDir) error{
		func(dd *dataDir) error { return d.writeRecoveryPoints(dd, nil) }, d.checkpoint, d.writeCleanerPoints,
	} {
		if err := write(f.dir); err != nil {
			d.fail(f.dir, err)
			return
		}
	}
	name := retiredName(f.tp, d.cfg.NewID(), deleteSuffix)
	err := d.fs.Rename(old, filepath.Join(p.dir.path, name))
	if err == nil {
		err = d.fs.SyncDir(p.dir.path)
	}
	if err == nil {
		p.dir.doom(name, d.now()+p.log.Config().FileDeleteDelayMs)
		err = d.writeRecoveryPoints(p.dir, nil)
	}
	if err == nil {
		err = d.writeCleanerPoints(p.dir)
	}
	if err != nil {
		d.fail(p.dir, err)
	} else if err := d.unmark(live); err != nil {
		d.fail(f.dir, err)
	}
	d.cfg.Logger.Info("Moved a partition to another data directory", "topic", f.tp.Topic,
		"partition", f.tp.Partition, "from", p.dir.path, "to", f.dir.path)
	d.futures.mu.Lock()
	told := d.futures.onMoved
	d.futures.mu.Unlock()
	if told != nil {
		told(f.tp)
	}
}

// unmark removes the mark of an earlier move durably.
func (d *Dirs) unmark(dir string) error {
	err := d.fs.Remove(filepath.Join(dir, movedName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return d.fs.SyncDir(dir)
}

// movePacer keeps moves below their rate and ends them.
type movePacer struct {
	d       *Dirs
	f       *future
	sinceMs int64
	bytes   float64
}

// maxPaceMs is how long a move waits before it looks at the rate again.
const maxPaceMs = 1000

// pace is called after bytes were copied.
func (p *movePacer) pace(bytes int) error {
	if p.bytes == 0 {
		p.sinceMs = p.d.now()
	}
	p.bytes += float64(bytes)
	for {
		select {
		case <-p.d.stop:
			return errMoveEnded
		case <-p.f.cancel:
			return errMoveEnded
		default:
		}
		elapsed := float64(p.d.now() - p.sinceMs)
		rate := float64(p.d.futures.rate.Load())
		if left := p.bytes*1000 - elapsed*rate; left <= 0 || left/rate < 1 {
			if elapsed >= paceWindowMs {
				p.bytes = 0
			}
			return nil
		}
		p.wait(min(maxPaceMs, (p.bytes*1000-elapsed*rate)/max(rate, 1)))
	}
}

func (p *movePacer) wait(ms float64) {
	tick, stop := p.d.cfg.NewTicker(time.Duration(ms*float64(time.Millisecond)) + time.Millisecond)
	defer stop()
	select {
	case <-p.d.stop:
	case <-p.f.cancel:
	case <-tick:
	}
}
