package logdir

import "github.com/brolga-io/brolga/internal/commitlog"

// Rows of checkpoint files outlive their partition until the file is written again.
// A partition that is made anew under the same name must not find them: after a
// crash, the recovery point of the old one would call the new one's log damaged.

// outdate notes that rows of a partition that is gone may be in the files.
func (dd *dataDir) outdate(tp commitlog.TopicPartition) {
	dd.mu.Lock()
	defer dd.mu.Unlock()
	if dd.stale == nil {
		dd.stale = map[commitlog.TopicPartition]struct{}{}
	}
	dd.stale[tp] = struct{}{}
}

// outdateUnknown notes the rows found at start that no partition belongs to.
func (dd *dataDir) outdateUnknown(known func(commitlog.TopicPartition) bool) {
	for _, rows := range []offsets{dd.points, dd.starts, dd.watermarks} {
		for tp := range rows {
			if !known(tp) {
				dd.outdate(tp)
			}
		}
	}
}

// dropOutdated writes the checkpoint files anew if they may hold rows of an older
// partition called tp. That rids them of all such rows, so that of many partitions
// made anew only the first one pays.
func (d *Dirs) dropOutdated(dd *dataDir, tp commitlog.TopicPartition) error {
	dd.mu.Lock()
	_, isStale := dd.stale[tp]
	if !isStale {
		dd.mu.Unlock()
		return nil
	}
	dropped := dd.stale
	dd.stale = nil
	dd.mu.Unlock()
	err := d.writeRecoveryPoints(dd, nil)
	if err == nil {
		err = d.checkpoint(dd)
	}
	if err != nil {
		for old := range dropped {
			dd.outdate(old)
		}
	}
	return err
}
