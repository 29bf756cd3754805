package logdir

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/brolga-io/brolga/internal/commitlog"
)

// ErrTwofold: the partition is in two directories, and nothing tells yet which one
// counts. Create settles it as far as the metadata goes.
var ErrTwofold = errors.New("partition found in two data directories")

// twin is one of several directories of a partition, with what the checkpoints say.
type twin struct {
	*partition
	recoveryPoint, startOffset int64
	clean                      bool
}

// keepTwins leaves both directories of a partition alone for now.
func (d *Dirs) keepTwins(tp commitlog.TopicPartition, dirs ...*dataDir) {
	for _, dd := range dirs {
		if slices.ContainsFunc(d.twins[tp], func(t twin) bool { return t.dir == dd }) {
			continue
		}
		dd.live = slices.DeleteFunc(dd.live, func(x commitlog.TopicPartition) bool { return x == tp })
		d.twins[tp] = append(d.twins[tp], twin{dd.newPartition(tp), dd.recoveryPoint(tp), lookup(dd.starts, tp), dd.clean})
	}
	p := dirs[0].newPartition(tp)
	p.err = fmt.Errorf("%s is in %s and in %s: %w", tp, dirs[0].path, dirs[1].path, ErrTwofold)
	d.cfg.Logger.Warn("A partition is in two data directories; the metadata will tell which one counts", "topic", tp.Topic,
		"partition", tp.Partition, "dir", dirs[0].path, "other", dirs[1].path)
	d.setLocked(tp, p)
}

// settleTwins opens the one of a partition's directories that has the topic id, or if
// several have, the one that the metadata names, and sets the others aside.
func (d *Dirs) settleTwins(tp commitlog.TopicPartition, topicID UUID, home Home) error {
	d.mu.RLock()
	twins := d.twins[tp]
	d.mu.RUnlock()
	if twins == nil {
		return nil
	}
	var right []twin
	for _, t := range twins {
		if t.dir.offline() {
			return fmt.Errorf("%s: %w", tp, ErrOffline)
		}
		id, err := t.readTopicID(d.fs)
		if err != nil {
			d.fail(t.dir, err)
			return err
		}
		if id == topicID {
			right = append(right, t)
		}
	}
	if len(right) > 1 {
		right = slices.DeleteFunc(right, func(t twin) bool { return t.dir.id != home.Dir })
		if len(right) != 1 {
			return d.partitionError(tp)
		}
	}
	if err := d.setTwinsAside(tp, right); err != nil || right == nil {
		return err
	}
	return d.openTwin(right[0], topicID)
}

func (d *Dirs) partitionError(tp commitlog.TopicPartition) error {
	_, err := d.Get(tp)
	return err
}

// setTwinsAside forgets the twins of a partition and renames those that are not kept.
func (d *Dirs) setTwinsAside(tp commitlog.TopicPartition, keep []twin) error {
	d.mu.Lock()
	twins := d.twins[tp]
	delete(d.twins, tp)
	d.setLocked(tp, nil)
	d.mu.Unlock()
	for _, t := range twins {
		if slices.ContainsFunc(keep, func(k twin) bool { return k.dir == t.dir }) {
			continue
		}
		t.dir.counted(-1)
		t.dir.outdate(tp)
		name := retiredName(tp, d.cfg.NewID(), straySuffix)
		err := d.fs.Rename(filepath.Join(t.dir.path, tp.String()), filepath.Join(t.dir.path, name))
		if err == nil {
			err = d.fs.SyncDir(t.dir.path)
		}
		if err != nil {
			d.fail(t.dir, err)
			return err
		}
		d.cfg.Logger.Warn("Set a directory of a partition aside: another one counts", "topic", tp.Topic, "partition", tp.Partition,
			"dir", filepath.Join(t.dir.path, name))
	}
	return nil
}

// openTwin opens the one that stays as Open would have.
func (d *Dirs) openTwin(t twin, topicID UUID) error {
	p := t.partition
	log, err := commitlog.Open(filepath.Join(p.dir.path, p.tp.String()), commitlog.Options{Env: &d.env, Config: d.cfg.logConfig(p.tp),
		RecoveryPoint: t.recoveryPoint, LogStartOffset: t.startOffset, CleanShutdown: t.clean})
	p.log, p.err, p.topicID, p.idKnown = log, err, topicID, true
	if err != nil && !errors.Is(err, commitlog.ErrCorrupt) {
		d.fail(p.dir, err)
	}
	d.mu.Lock()
	d.setLocked(p.tp, p)
	d.mu.Unlock()
	return err
}
