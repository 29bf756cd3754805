package commitlog

import (
	"sort"
)

// epochEntry says that the leader epoch begins at the offset.
type epochEntry struct {
	epoch int32
	start int64
}

// epochCache is the history of leader epochs of a log (KIP-101), rising in
// both fields. Guarded by Log.mu.
type epochCache struct {
	entries []epochEntry
	loaded  bool
	dirty   bool // entries differ from the checkpoint file
	onDisk  bool // the checkpoint file exists
}

// latest returns the newest epoch.
func (c *epochCache) latest() (int32, bool) {
	if len(c.entries) == 0 {
		return -1, false
	}
	return c.entries[len(c.entries)-1].epoch, true
}

// assign notes that epoch begins at start. An older or known epoch is
// ignored, as Kafka does; epochs that begin at or after start had no records
// and go.
func (c *epochCache) assign(epoch int32, start int64) {
	if epoch < 0 || start < 0 {
		return
	}
	if last, ok := c.latest(); ok && epoch <= last {
		return
	}
	n := len(c.entries)
	for n > 0 && c.entries[n-1].start >= start {
		n--
	}
	c.entries = append(c.entries[:n], epochEntry{epoch, start})
	c.dirty = true
}

// truncateEnd forgets epochs that begin at or after end.
func (c *epochCache) truncateEnd(end int64) {
	n := len(c.entries)
	for n > 0 && c.entries[n-1].start >= end {
		n--
	}
	if n < len(c.entries) {
		c.entries = c.entries[:n]
		c.dirty = true
	}
}

// truncateStart forgets epochs that end at or before start; the one that
// contains start begins there now.
func (c *epochCache) truncateStart(start int64) {
	i := sort.Search(len(c.entries), func(i int) bool { return c.entries[i].start > start })
	if i == 0 || i == 1 && c.entries[0].start == start {
		return
	}
	c.entries = append([]epochEntry{{c.entries[i-1].epoch, start}}, c.entries[i:]...)
	c.dirty = true
}

// endOffset returns the largest epoch at or below epoch and the offset at
// which it ends (exclusive); (-1, -1) if there is none to tell. end is the log
// end. This is Kafka's LeaderEpochFileCache.endOffsetFor.
func (c *epochCache) endOffset(epoch int32, end int64) (int32, int64) {
	last, ok := c.latest()
	switch {
	case epoch < 0 || !ok:
		return -1, -1
	case epoch == last:
		return epoch, end
	}
	i := sort.Search(len(c.entries), func(i int) bool { return c.entries[i].epoch > epoch })
	switch {
	case i == len(c.entries):
		return -1, -1 // an epoch this log does not know yet
	case i == 0:
		// All known epochs are newer: the asked one ends where they begin.
		return epoch, c.entries[0].start
	}
	return c.entries[i-1].epoch, c.entries[i].start
}

// at returns the epoch that offset was written in.
func (c *epochCache) at(offset int64) (int32, bool) {
	i := sort.Search(len(c.entries), func(i int) bool { return c.entries[i].start > offset })
	if i == 0 {
		return -1, false
	}
	return c.entries[i-1].epoch, true
}

// LatestEpoch returns the newest leader epoch in the log, and false if there
// is none.
func (l *Log) LatestEpoch() (int32, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.loadEpochsLocked() != nil {
		return -1, false
	}
	return l.epochs.latest()
}

// AssignEpoch notes that a leader epoch begins at startOffset. It becomes
// durable with the first records of that epoch.
func (l *Log) AssignEpoch(epoch int32, startOffset int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.changeableLocked(); err != nil {
		return err
	}
	if err := l.loadEpochsLocked(); err != nil {
		return err
	}
	l.epochs.assign(epoch, startOffset)
	return nil
}

// EndOffsetForEpoch answers OffsetForLeaderEpoch: the largest epoch at or
// below epoch that the log knows, and the offset at which it ends. It returns
// (-1, -1) when the log cannot tell.
func (l *Log) EndOffsetForEpoch(epoch int32) (foundEpoch int32, endOffset int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.loadEpochsLocked() != nil {
		return -1, -1
	}
	return l.epochs.endOffset(epoch, l.end.Load())
}

// EpochAt returns the leader epoch that offset was written in, or -1.
func (l *Log) EpochAt(offset int64) int32 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.loadEpochsLocked() != nil {
		return -1
	}
	epoch, _ := l.epochs.at(offset)
	return epoch
}

// EpochEntry is one line of the leader-epoch checkpoint.
type EpochEntry struct {
	Epoch       int32
	StartOffset int64
}

// Epochs returns the history of leader epochs.
func (l *Log) Epochs() []EpochEntry {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.loadEpochsLocked() != nil {
		return nil
	}
	out := make([]EpochEntry, len(l.epochs.entries))
	for i, e := range l.epochs.entries {
		out[i] = EpochEntry{e.epoch, e.start}
	}
	return out
}
