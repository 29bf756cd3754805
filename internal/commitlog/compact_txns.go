package commitlog

import (
	"cmp"
	"slices"

	"github.com/brolga-io/brolga/internal/batch"
)

// cleanedTxns follows the transactions while a compaction walks over batches
// in order (Kafka's CleanedTransactionMetadata). It decides which batches were
// aborted, and which markers have nothing left to mark.
type cleanedTxns struct {
	aborted   []AbortedTxn // not met yet, by first offset
	open      map[int64]*abortedSeen
	committed map[int64]struct{} // producers with records since their last marker
}

// abortedSeen is an aborted transaction whose range the walk has entered.
type abortedSeen struct {
	txn   AbortedTxn
	batch bool // a batch of it was met
}

func newCleanedTxns(aborted []AbortedTxn) *cleanedTxns {
	slices.SortStableFunc(aborted, func(a, b AbortedTxn) int { return cmp.Compare(a.FirstOffset, b.FirstOffset) })
	return &cleanedTxns{aborted: aborted, open: map[int64]*abortedSeen{}, committed: map[int64]struct{}{}}
}

func (c *cleanedTxns) enter(offset int64) {
	for len(c.aborted) > 0 && c.aborted[0].FirstOffset <= offset {
		t := c.aborted[0]
		c.aborted = c.aborted[1:]
		if c.open[t.ProducerID] == nil {
			c.open[t.ProducerID] = &abortedSeen{txn: t}
		}
	}
}

// data takes in a batch of records and says whether it was aborted.
func (c *cleanedTxns) data(h *batch.Header) (aborted bool) {
	c.enter(h.LastOffset())
	if !h.IsTransactional() {
		return false
	}
	if t := c.open[h.ProducerID]; t != nil {
		t.batch = true
		return true
	}
	c.committed[h.ProducerID] = struct{}{}
	return false
}

// control takes in the control batch b. It returns whether the batch marks
// nothing any more, and the aborted transaction that it still marks.
func (c *cleanedTxns) control(h *batch.Header, b []byte) (discard bool, kept *AbortedTxn, err error) {
	c.enter(h.LastOffset())
	if h.Count == 0 {
		return true, nil, nil // an earlier compaction left it for its producer's epoch
	}
	m, _, ok, err := batch.ParseMarker(b)
	switch {
	case err != nil || !ok:
		return false, nil, err // control records of other kinds stay
	case m.Commit:
		_, met := c.committed[h.ProducerID]
		delete(c.committed, h.ProducerID)
		return !met, nil, nil
	}
	t := c.open[h.ProducerID]
	delete(c.open, h.ProducerID)
	if t != nil && t.batch {
		return false, &t.txn, nil
	}
	return true, nil, nil
}

// lastOfProducer is what compaction must keep of a producer: its last data
// batch, or the last marker if there is none.
type lastOfProducer struct {
	dataOffset int64 // Unknown without data
	epoch      int16
}

// lastOfProducers returns that for all active producers.
func (l *Log) lastOfProducers() (map[int64]lastOfProducer, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.loadProducersLocked(); err != nil {
		return nil, err
	}
	out := make(map[int64]lastOfProducer, len(l.producers.byID))
	for id, p := range l.producers.byID {
		last := lastOfProducer{dataOffset: Unknown, epoch: p.epoch}
		if m := p.last(); m != nil {
			last.dataOffset = m.lastOffset
		}
		out[id] = last
	}
	return out, nil
}

// needs says whether the batch h holds the state of an active producer.
func (p lastOfProducer) needs(h *batch.Header) bool {
	if p.dataOffset != Unknown {
		return h.LastOffset() == p.dataOffset
	}
	return h.IsControl() && h.ProducerEpoch == p.epoch
}
