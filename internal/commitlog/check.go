package commitlog

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/vfs"
)

// maxCheckErrors bounds what Check reports of one log.
const maxCheckErrors = 20

// Check reads the whole log and compares everything that is kept besides the
// batches with what the batches say: CRCs, order, offset and time index,
// leader epochs, transaction index and producer state. It is for tests and
// the storage tool; appends wait while it runs.
func (l *Log) Check() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.loadLocked(); err != nil {
		return err
	}
	if err := l.commitLocked(); err != nil {
		return err
	}
	c := &checker{l: l, epochs: epochCache{loaded: true}}
	for i, s := range l.segmentList() {
		if i > 0 && s.base < c.next {
			c.add(fmt.Errorf("segment %d begins below the end %d of the one before it", s.base, c.next))
		}
		c.next = s.base
		if err := c.segment(s); err != nil {
			return err
		}
	}
	if list := l.segmentList(); len(list) > 0 && c.next != l.next {
		c.add(fmt.Errorf("batches end at %d, the log at %d", c.next, l.next))
	}
	c.checkEpochs()
	if err := c.checkProducers(); err != nil {
		return err
	}
	return errors.Join(c.errs...)
}

// checker collects what is wrong with a log.
type checker struct {
	l      *Log
	next   int64
	epochs epochCache
	errs   []error
}

func (c *checker) add(err error) {
	if len(c.errs) < maxCheckErrors {
		c.errs = append(c.errs, err)
	}
}

// indexedBatch is what the indexes of a segment are compared with.
type indexedBatch struct {
	pos        int64
	base, last int64
	maxSoFar   int64
	max        int64
}

func (c *checker) segment(s *segment) error {
	h, err := c.l.openLog(s)
	if err != nil {
		return c.l.storage("open segment in", err)
	}
	defer h.release()
	var batches []indexedBatch
	largest := batch.NoTimestamp
	size := s.size.Load()
	if have, err := h.f.Size(); err != nil || have != size {
		c.add(fmt.Errorf("segment %d: file has %d bytes, expected %d (%w)", s.base, have, size, err))
	}
	p := newHopper(h.f, 0, size)
	defer p.free()
	for {
		pos := p.pos
		head, err := p.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return c.l.corrupt(s, pos, c.next, err.Error())
		}
		raw := make([]byte, head.Size())
		if err := vfs.ReadFull(h.f, raw, pos); err != nil {
			return c.l.storage("read segment in", err)
		}
		if !batch.CheckCRC(raw) || checkOrder(s.base, c.next, &head) != nil {
			return c.l.corrupt(s, pos, c.next, "batch out of order or with a wrong CRC")
		}
		largest = max(largest, head.MaxTimestamp)
		batches = append(batches, indexedBatch{pos, head.BaseOffset, head.LastOffset(), largest, head.MaxTimestamp})
		c.next = head.NextOffset()
		if last, ok := c.epochs.latest(); !ok || head.PartitionLeaderEpoch > last {
			c.epochs.assign(head.PartitionLeaderEpoch, head.BaseOffset)
		}
	}
	return c.indexes(s, batches)
}

// indexes checks that every entry is about a batch that exists.
func (c *checker) indexes(s *segment, batches []indexedBatch) error {
	ix, err := c.l.indexesOf(s)
	if err != nil {
		return err
	}
	ix.mu.Lock()
	defer ix.mu.Unlock()
	offsets, times, err := c.l.entries(s, ix)
	if err != nil {
		return err
	}
	for _, e := range offsets {
		i := slices.IndexFunc(batches, func(b indexedBatch) bool { return b.pos == int64(e.pos) })
		if i < 0 || batches[i].last > s.base+int64(e.rel) {
			c.add(fmt.Errorf("segment %d: index entry (%d, %d) is about no batch", s.base, s.base+int64(e.rel), e.pos))
		}
	}
	for _, e := range times {
		at := s.base + int64(e.rel)
		i := slices.IndexFunc(batches, func(b indexedBatch) bool { return b.base <= at && at <= b.last })
		if i < 0 || batches[i].maxSoFar != e.timestamp || batches[i].max != e.timestamp {
			c.add(fmt.Errorf("segment %d: time index entry (%d, %d) is wrong", s.base, e.timestamp, at))
		}
	}
	if n := len(batches); n > 0 && ix.max.timestamp != batches[n-1].maxSoFar {
		c.add(fmt.Errorf("segment %d: largest timestamp %d, batches say %d", s.base, ix.max.timestamp, batches[n-1].maxSoFar))
	}
	return nil
}

// entries returns all entries of the indexes of s.
func (l *Log) entries(s *segment, ix *indexes) (offsets []offsetEntry, times []timeEntry, err error) {
	b, err := l.readIndexFile(&ix.offsets.file, s.base, indexSuffix)
	if err != nil {
		return nil, nil, err
	}
	for i := range ix.offsets.onDisk {
		offsets = append(offsets, decodeOffsetEntry(b[i*offsetEntrySize:]))
	}
	if b, err = l.readIndexFile(&ix.times.file, s.base, timeSuffix); err != nil {
		return nil, nil, err
	}
	for i := range ix.times.onDisk {
		times = append(times, decodeTimeEntry(b[i*timeEntrySize:]))
	}
	return append(offsets, ix.offsets.pending...), append(times, ix.times.pending...), nil
}

// checkEpochs compares the cache with the batches. Epochs without batches,
// and the start of the first one after old segments went, are the cache's
// own.
func (c *checker) checkEpochs() {
	if err := c.l.loadEpochsLocked(); err != nil {
		c.add(err)
		return
	}
	for _, e := range c.epochs.entries {
		if e.start < c.l.start.Load() {
			continue
		}
		if got, ok := c.l.epochs.at(e.start); !ok || got != e.epoch {
			c.add(fmt.Errorf("epoch at offset %d is %d, the batch there has %d", e.start, got, e.epoch))
		}
	}
	for i, e := range c.l.epochs.entries {
		if e.start > c.l.next || i > 0 && e.start < c.l.start.Load() {
			c.add(fmt.Errorf("epoch %d begins at %d, outside of the log", e.epoch, e.start))
		}
	}
}

// checkProducers replays the batches on top of the oldest snapshot and
// compares the outcome with the state at hand.
func (c *checker) checkProducers() error {
	l := c.l
	if err := l.loadProducersLocked(); err != nil {
		return err
	}
	list := l.segmentList()
	if len(list) == 0 {
		return nil
	}
	ps, from, err := l.producersBefore(list[0].base)
	if err != nil {
		return err
	}
	if from < list[0].base {
		// Batches between that snapshot and the log are gone: only those that are
		// there can be compared.
		ps = newProducers(l.env.maxProducers())
	}
	r := replay{l: l, ps: ps, from: from}
	for _, s := range list {
		if err := r.segment(s, 0); err != nil {
			return err
		}
		if _, err := l.readTxnIndex(s); err != nil {
			return err
		}
	}
	for id, p := range l.producers.byID {
		q := ps.byID[id]
		if q == nil {
			continue // its batches are gone, or it is in a later snapshot only
		}
		if !sameProducer(p, q, l.Config().Compact) {
			c.add(fmt.Errorf("producer %d: state %+v, batches say %+v", id, *p, *q))
		}
	}
	return nil
}

// sameProducer says whether q, which the batches tell, fits the state p.
// Compaction removes markers that mark nothing any more, and with them what
// they said of epochs.
func sameProducer(p, q *producer, compacted bool) bool {
	if compacted && q.epoch < p.epoch {
		return true
	}
	epochs := q.coordinatorEpoch == p.coordinatorEpoch || compacted && q.coordinatorEpoch < p.coordinatorEpoch
	return epochs && p.epoch == q.epoch && p.lastSeq() == q.lastSeq() && p.txnFirstOffset == q.txnFirstOffset
}
