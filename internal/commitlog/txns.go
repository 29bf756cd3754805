package commitlog

import (
	"math"
)

// completedTxn is a transaction whose marker was appended.
type completedTxn struct {
	producerID  int64
	firstOffset int64
	lastOffset  int64 // of the marker
	lastStable  int64 // last stable offset right after the marker
	aborted     bool
}

// firstUnstable is the first offset of the oldest open transaction, or
// MaxInt64.
func (ps *producers) firstUnstable() int64 {
	if len(ps.open) == 0 {
		return math.MaxInt64
	}
	return ps.open[0].firstOffset
}

// unreplicated are transactions whose marker lies at or above the high
// watermark the reader asked with: they are not yet decided for consumers.
// Guarded by Log.mu.
type unreplicated []completedTxn

// LastStableOffset returns the offset up to which a read_committed consumer
// may read: everything below it is decided and below highWatermark.
func (l *Log) LastStableOffset(highWatermark int64) (int64, error) {
	if l.txnState.Load() == txnsNone {
		return highWatermark, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.loadProducersLocked(); err != nil {
		return 0, err
	}
	n := 0
	for _, t := range l.undecided {
		if t.lastOffset >= highWatermark {
			l.undecided[n] = t
			n++
		}
	}
	l.undecided = l.undecided[:n]
	lso := min(highWatermark, l.producers.firstUnstable())
	for _, t := range l.undecided {
		lso = min(lso, t.firstOffset)
	}
	l.noteTxnStateLocked()
	return max(lso, min(l.start.Load(), highWatermark)), nil
}

// Whether a log has transactions that LastStableOffset must look at.
const (
	txnsUnknown int32 = iota // producer state is not loaded
	txnsNone
	txnsSome
)

func (l *Log) noteTxnStateLocked() {
	state := txnsSome
	if l.producers != nil && len(l.producers.open) == 0 && len(l.undecided) == 0 {
		state = txnsNone
	}
	l.txnState.Store(state)
}
