package shardtest

import (
	"bytes"
	"sync"

	"github.com/brolga-io/brolga/internal/shard"
)

// Log is a shard.Log in memory.
type Log struct {
	mu        sync.Mutex
	records   []shard.Record
	batches   []int64 // exclusive end offset of each batch
	epoch     int32
	open      bool // somebody leads in epoch
	committed int64
	frozen    map[int32]int64 // what Committed was when an epoch ended
	held      bool
	failure   error
	listeners []func()
	readHook  func(offset int64) error
}

// NewLog returns an empty log that commits everything at once and accepts the
// first epoch that appends to it, and every later one, as the leader's.
func NewLog() *Log { return &Log{frozen: map[int32]int64{}} }

// Append implements shard.Log.
func (l *Log) Append(epoch int32, recs []shard.Record) (int64, error) {
	l.mu.Lock()
	switch {
	case l.failure != nil:
		defer l.mu.Unlock()
		return 0, l.failure
	case epoch < l.epoch:
		defer l.mu.Unlock()
		return 0, shard.ErrStaleEpoch
	case epoch > l.epoch:
		l.electLocked(epoch)
	case !l.open && epoch > 0:
		defer l.mu.Unlock()
		return 0, shard.ErrNotLeader
	}
	for _, r := range recs {
		l.records = append(l.records, shard.Record{Key: bytes.Clone(r.Key), Value: bytes.Clone(r.Value)})
	}
	end := int64(len(l.records))
	l.batches = append(l.batches, end)
	if l.held {
		l.mu.Unlock()
		return end, nil
	}
	l.committed = end
	l.tellUnlock()
	return end, nil
}

// tellUnlock gives up mu and tells the listeners of a commit.
func (l *Log) tellUnlock() {
	listeners := l.listeners
	l.mu.Unlock()
	for _, fn := range listeners {
		fn()
	}
}

// Committed implements shard.Log.
func (l *Log) Committed(epoch int32) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if at, ended := l.frozen[epoch]; ended {
		return at
	}
	return l.committed
}

// OnCommit implements shard.Log.
func (l *Log) OnCommit(fn func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.listeners = append(l.listeners, fn)
}

// Read implements shard.Log.
func (l *Log) Read(from int64, fn func(offset int64, r shard.Record) error) (int64, error) {
	l.mu.Lock()
	records, hook := l.records[:len(l.records):len(l.records)], l.readHook
	l.mu.Unlock()
	for offset := max(from, 0); offset < int64(len(records)); offset++ {
		if hook != nil {
			if err := hook(offset); err != nil {
				return 0, err
			}
		}
		if err := fn(offset, records[offset]); err != nil {
			return 0, err
		}
	}
	return int64(len(records)), nil
}

// Elect begins a leader epoch: appends under older epochs are refused from now on,
// and what Committed says for them never moves again.
func (l *Log) Elect(epoch int32) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.electLocked(epoch)
}

func (l *Log) electLocked(epoch int32) {
	if l.epoch > 0 {
		if _, ended := l.frozen[l.epoch]; !ended {
			l.frozen[l.epoch] = l.committed
		}
	}
	l.epoch, l.open = epoch, true
}

// Depose ends the current epoch without a new leader on this node.
func (l *Log) Depose() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.frozen[l.epoch], l.open = l.committed, false
}

// Hold keeps appends uncommitted until CommitTo or Release.
func (l *Log) Hold() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held = true
}

// CommitTo commits everything below the exclusive offset and tells the listeners.
func (l *Log) CommitTo(offset int64) {
	l.mu.Lock()
	l.committed = max(l.committed, min(offset, int64(len(l.records))))
	l.tellUnlock()
}

// Release commits everything, now and from now on.
func (l *Log) Release() {
	l.mu.Lock()
	l.held = false
	l.committed = int64(len(l.records))
	l.tellUnlock()
}

// FailAppends lets every append fail with err; nil ends that.
func (l *Log) FailAppends(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failure = err
}

// HookReads calls fn before each record that Read gives; its error ends the read.
func (l *Log) HookReads(fn func(offset int64) error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.readHook = fn
}

// TruncateTo cuts an uncommitted tail, as a new leader does to an old one's log.
func (l *Log) TruncateTo(offset int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if offset < l.committed {
		panic("shardtest: truncation below the committed offset")
	}
	l.records = l.records[:offset]
	for len(l.batches) > 0 && l.batches[len(l.batches)-1] > offset {
		l.batches = l.batches[:len(l.batches)-1]
	}
}

// End is the exclusive end offset.
func (l *Log) End() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return int64(len(l.records))
}

// Batches returns the records as they were appended, one slice for each batch.
func (l *Log) Batches() [][]shard.Record {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([][]shard.Record, 0, len(l.batches))
	var first int64
	for _, end := range l.batches {
		out = append(out, l.records[first:end])
		first = end
	}
	return out
}
