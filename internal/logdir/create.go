package logdir

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/planted"
)

// Create returns the log of a partition, and adds it if it is not here yet: to the
// directory that somebody prefers for it (MoveTo) or that home names, else to the one
// with the fewest that is online and not cordoned. It is an error if the partition is
// here under another topic id (ErrExists), and ErrOffline if it may be in a directory that is
// offline: an empty log must not take the place of one with records. cfg nil stands for
// Config.LogConfig.
//
// Of many partitions the directories are made later, by runMaker or with the
// first use of the log. They are not fsynced: a partition that a crash undoes has
// no data yet and is created again from the metadata.
func (d *Dirs) Create(tp commitlog.TopicPartition, topicID UUID, home Home, cfg *commitlog.Config) (*commitlog.Log, error) {
	defer d.exclusive(tp)()
	if err := d.settleTwins(tp, topicID, home); err != nil {
		return nil, err
	}
	log, err := d.Get(tp)
	if err == nil {
		return log, d.checkTopicID(tp, topicID)
	}
	if !errors.Is(err, ErrUnknownPartition) {
		return nil, err
	}
	if got, ok := commitlog.ParseTopicPartition(tp.String()); !ok || got != tp {
		return nil, fmt.Errorf("%q is no legal partition name", tp.String())
	}
	dd, err := d.place(tp, home)
	if err != nil {
		return nil, err
	}
	if err := d.dropOutdated(dd, tp); err != nil {
		d.fail(dd, err)
		return nil, err
	}
	if cfg == nil {
		cfg = d.cfg.logConfig(tp)
	}
	log, err = commitlog.Open(filepath.Join(dd.path, tp.String()), commitlog.Options{Env: &d.env, Config: cfg,
		RecoveryPoint: 0, LogStartOffset: 0, CleanShutdown: true, NotMade: true})
	if err != nil {
		return nil, err
	}
	p := &partition{tp: tp, dir: dd, log: log, topicID: topicID, idKnown: true, unmade: true,
		written: commitlog.Unknown, watermark: commitlog.Unknown, cleaned: commitlog.Unknown}
	now := d.maker.mayMakeNow(d.now())
	if now {
		if err := d.makeNow(p); err != nil {
			d.fail(dd, err)
			return nil, err
		}
	}
	d.mu.Lock()
	d.setLocked(tp, p)
	d.mu.Unlock()
	dd.counted(+1)
	if !now {
		d.maker.add(p)
	}
	return log, nil
}

// checkTopicID compares the id of an existing partition. One without an id, left by a
// crash during its creation, takes the new one if it is empty. If it has records they
// may be those of an older topic of that name, whose id a loss of power took away: a
// log is synced together with its id, so nothing of it was promised by this disk.
func (d *Dirs) checkTopicID(tp commitlog.TopicPartition, topicID UUID) error {
	id, err := d.TopicID(tp)
	switch {
	case err != nil:
		return err
	case id == topicID || planted.On(planted.TopicIDIgnored):
		return nil
	case id != UUID{}:
		return fmt.Errorf("%s has topic id %s, not %s: %w", tp, FormatID(id), FormatID(topicID), ErrExists)
	}
	d.mu.Lock()
	p := d.partitions[tp]
	d.mu.Unlock()
	switch {
	case p == nil:
		return fmt.Errorf("%s: %w", tp, ErrUnknownPartition)
	case p.log != nil && p.log.Size() > 0:
		return fmt.Errorf("%s has records and no topic id: %w", tp, ErrExists)
	}
	path := filepath.Join(p.dir.path, tp.String())
	if err := commitlog.WritePartitionMetadata(d.fs, path, FormatID(topicID), true); err != nil {
		d.fail(p.dir, err)
		return err
	}
	d.mu.Lock()
	p.topicID, p.idKnown = topicID, true
	d.mu.Unlock()
	return nil
}
