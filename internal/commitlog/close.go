package commitlog

import (
	"errors"
	"math"
)

// Close ends the use of the log; every later call is ErrClosed. With clean,
// everything is made durable first, so that the next Open finds its end
// without looking at the batches, and the index files are complete: a Kafka
// that opens the directory takes a segment without them for one that crashed.
func (l *Log) Close(clean bool) error {
	l.layoutMu.Lock()
	defer l.layoutMu.Unlock()
	var err error
	if clean && l.loaded.Load() {
		l.mu.Lock()
		err = l.commitLocked()
		if err == nil && !l.closed {
			err = l.takeSnapshotLocked()
		}
		l.mu.Unlock()
		if err == nil {
			err = l.Sync()
		}
		if errors.Is(err, ErrClosed) {
			err = nil
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.loaded.Load() {
		// What Checkpoints answers from now on.
		l.opts.recoveryPoint, l.opts.logStart, _ = l.Checkpoints()
		if clean && err == nil && !l.closed {
			err = l.completeIndexesLocked()
		}
		if clean && err == nil && !l.closed {
			// The next start leaves a log at rest and would not find them.
			err = l.removeDeletedLocked(math.MaxInt64)
		}
	}
	l.closed = true
	l.loaded.Store(false)
	if l.inUse != nil {
		l.staged = staged{}
	}
	for _, s := range l.segmentList() {
		l.closeSegment(s)
	}
	l.seen.clear()
	return err
}

// Quiesce gives back the memory and descriptors that only a busy log needs.
// The owner calls it for logs that nobody used for a while; the next use
// costs a few reads more.
func (l *Log) Quiesce() error {
	if !l.loaded.Load() {
		return nil
	}
	l.layoutMu.Lock()
	defer l.layoutMu.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || l.failed != nil {
		return l.failed
	}
	if err := l.commitLocked(); err != nil {
		return err
	}
	l.staged = staged{}
	l.seen.clear()
	if err := l.completeIndexesLocked(); err != nil {
		return err
	}
	for _, s := range l.segmentList() {
		l.closeSegment(s)
	}
	return nil
}

// completeIndexesLocked writes down what is known of every segment, the active
// one's last time entry included: more batches may follow it (LogSegment.close
// of Kafka does the same).
func (l *Log) completeIndexesLocked() error {
	for _, s := range l.segmentList() {
		ix := s.ix.Load()
		if ix == nil {
			continue
		}
		if err := l.writeIndexes(s, ix, true); err != nil {
			return l.failLocked("write index in", err)
		}
		ix.trim()
	}
	return nil
}
