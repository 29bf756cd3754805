package logdir

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/brolga-io/brolga/internal/commitlog"
)

// settleTwofold decides about a partition that is in two directories. If a crash came
// between the two renames of a move, the one that was moved stays. Else one directory
// was offline while the partition was made anew in the other, and only the metadata can
// tell which one counts (twins.go).
func (d *Dirs) settleTwofold(tp commitlog.TopicPartition, a, b *dataDir) error {
	marked := func(dd *dataDir) (bool, error) {
		_, err := d.fs.Stat(filepath.Join(dd.path, tp.String(), movedName))
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
		return err == nil, err
	}
	inA, err := marked(a)
	if err != nil {
		return err
	}
	inB, err := marked(b)
	switch {
	case err != nil:
		return err
	case inA == inB:
		d.keepTwins(tp, a, b)
		return nil
	case inA:
		return d.keepMoved(tp, a, b)
	}
	return d.keepMoved(tp, b, a)
}

// keepMoved keeps tp in one directory and retires it in the other, of which only the
// checkpoints still count.
func (d *Dirs) keepMoved(tp commitlog.TopicPartition, in, not *dataDir) error {
	in.starts.inherit(not.starts, tp)
	in.watermarks.inherit(not.watermarks, tp)
	in.cleaned.inherit(not.cleaned, tp)
	delete(in.points, tp)
	// That of an earlier partition; this one is looked at from its start.
	name := retiredName(tp, d.cfg.NewID(), deleteSuffix)
	if err := d.fs.Rename(filepath.Join(not.path, tp.String()), filepath.Join(not.path, name)); err != nil {
		return err
	}
	if err := d.fs.SyncDir(not.path); err != nil {
		return err
	}
	not.doom(name, d.now())
	not.counted(-1)
	not.live = slices.DeleteFunc(not.live, func(x commitlog.TopicPartition) bool { return x == tp })
	d.setLocked(tp, in.newPartition(tp))
	d.cfg.Logger.Info("Completed the move of a partition to another data directory", "topic", tp.Topic,
		"partition", tp.Partition, "from", not.path, "to", in.path)
	return d.unmark(filepath.Join(in.path, tp.String()))
}

// inherit takes over the row of tp.
func (o *offsets) inherit(from offsets, tp commitlog.TopicPartition) {
	if offset, ok := from[tp]; ok {
		if *o == nil {
			*o = offsets{}
		}
		(*o)[tp] = offset
	}
}

// resumeMoves begins the moves anew that the last end interrupted. A copy whose
// partition is in no other directory is left alone.
func (d *Dirs) resumeMoves() {
	for _, dd := range d.dirs {
		for _, found := range dd.copies {
			p := d.partitions[found.tp]
			path := filepath.Join(dd.path, found.name)
			if dd.offline() || p == nil || p.log == nil || p.dir.offline() {
				d.cfg.Logger.Warn("Leaving the copy of a partition alone that cannot be used", "dir", path)
				continue
			}
			if err := d.fs.RemoveAll(path); err != nil {
				d.fail(dd, err)
				continue
			}
			if p.dir == dd || d.futures.of(found.tp) != nil {
				continue
			}
			if err := d.beginMove(p, dd); err != nil {
				d.cfg.Logger.Error("Resuming the move of a partition failed", "topic", found.tp.Topic,
					"partition", found.tp.Partition, "to", dd.path, "err", err)
			}
		}
		dd.copies = nil
	}
}
