package logdir

import (
	"errors"

	"github.com/brolga-io/brolga/internal/commitlog"
)

// Report is told of an error that a log returned to its user. A storage error
// takes the log's whole directory offline; others are ignored here.
func (d *Dirs) Report(l *commitlog.Log, err error) {
	if !errors.Is(err, commitlog.ErrStorage) {
		return
	}
	if dd := d.dirOf(l); dd != nil {
		d.fail(dd, err)
	}
}

// fail takes a directory offline for good: its logs refuse everything, and
// whoever asked for it is told, once.
func (d *Dirs) fail(dd *dataDir, err error) {
	if !dd.failure.CompareAndSwap(nil, &err) {
		return
	}
	d.cfg.Logger.Error("data directory failed and is offline from now on", "dir", dd.path, "err", err)
	d.disown(dd)
	f := Failure{Dir: dd.path, DirectoryID: dd.id, Err: err}
	for _, p := range d.inDir(dd) {
		f.Partitions = append(f.Partitions, p.tp)
		if p.log != nil {
			p.log.Fail(err)
			d.forgetDirty(p.log)
		}
	}
	if d.cfg.OnFailure != nil {
		d.cfg.OnFailure(f)
	}
}
