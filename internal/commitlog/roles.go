package commitlog

import "fmt"

// BeginLeading makes epoch the leader epoch of the log's owner: batches of older
// epochs are refused from now on, and the epoch begins at the end of the log,
// which is returned. What the old leader is appending here is in the log before,
// or not at all.
func (l *Log) BeginLeading(epoch int32) (start int64, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.enterEpochLocked(epoch); err != nil {
		return Unknown, err
	}
	l.epochs.assign(epoch, l.next)
	return l.next, nil
}

// BeginFollowing makes epoch the one whose leader the log copies. It returns the
// end of the log and the epoch of the last batch in it, -1 if there is none.
func (l *Log) BeginFollowing(epoch int32) (end int64, lastEpoch int32, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.enterEpochLocked(epoch); err != nil {
		return Unknown, -1, err
	}
	// An epoch that this broker led without appending anything says nothing about
	// the log any more, and no other broker may know it.
	l.epochs.truncateEnd(l.next)
	lastEpoch, _ = l.epochs.latest()
	return l.next, lastEpoch, nil
}

// enterEpochLocked fences older epochs and makes what they staged part of the log.
func (l *Log) enterEpochLocked(epoch int32) error {
	if err := l.changeableLocked(); err != nil {
		return err
	}
	if err := l.checkFenceLocked(epoch); err != nil {
		return err
	}
	l.FenceEpoch(epoch)
	if err := l.commitLocked(); err != nil {
		return err
	}
	return l.loadEpochsLocked()
}

// checkFenceLocked refuses what comes from the leader of an older epoch.
func (l *Log) checkFenceLocked(epoch int32) error {
	if fence := l.fence.Load(); epoch < fence {
		return fmt.Errorf("leader epoch %d, newest %d: %w", epoch, fence, ErrStaleEpoch)
	}
	return nil
}

// Replicate is AppendAsFollower for what the leader of an epoch sent. A newer
// epoch, of which FenceEpoch or a Begin method was told, makes it ErrStaleEpoch.
// It returns the end of the log and the epoch of its last batch, also with an
// error.
func (l *Log) Replicate(epoch int32, b []byte) (end int64, lastEpoch int32, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err = l.changeableLocked(); err != nil {
		return Unknown, -1, err
	}
	if err = l.checkFenceLocked(epoch); err == nil {
		_, err = l.appendFetchedLocked(b)
	}
	lastEpoch, _ = l.epochs.latest()
	return l.next, lastEpoch, err
}

// TruncateForLeader is TruncateTo because the leader of an epoch said so. The
// results are those of Replicate.
func (l *Log) TruncateForLeader(epoch int32, offset int64) (end int64, lastEpoch int32, err error) {
	return l.cutForLeader(epoch, func() error { return l.truncateToLocked(offset) })
}

// RestartForLeader is TruncateFullyAndStartAt because the log of the leader of an
// epoch has nothing in common with this one.
func (l *Log) RestartForLeader(epoch int32, offset int64) (end int64, lastEpoch int32, err error) {
	return l.cutForLeader(epoch, func() error { return l.truncateFullyLocked(offset) })
}

func (l *Log) cutForLeader(epoch int32, cut func() error) (end int64, lastEpoch int32, err error) {
	l.layoutMu.Lock()
	defer l.layoutMu.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	if err = l.changeableLocked(); err != nil {
		return Unknown, -1, err
	}
	if err = l.checkFenceLocked(epoch); err == nil {
		err = cut()
	}
	lastEpoch, _ = l.epochs.latest()
	return l.next, lastEpoch, err
}
