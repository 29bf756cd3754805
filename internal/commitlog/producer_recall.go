package commitlog

import (
	"errors"
	"io"

	"github.com/brolga-io/brolga/internal/batch"
)

// A snapshot holds only the last batch of each producer, as Kafka's format has
// it, but duplicates of the last five are to be recognised after a restart too.
// What a snapshot lacks is in the log: it is read when a producer sends something
// that does not follow its last batch, which after a restart is what a retry does.

// recallSegments bounds how far back the log is searched for one producer.
const recallSegments = 2

// recallLocked completes the remembered batches of h's producer if they came from
// a snapshot and h may repeat one that the snapshot did not have.
func (l *Log) recallLocked(h *batch.Header, origin Origin) error {
	p := l.producers.byID[h.ProducerID]
	if p == nil || !p.partial || origin != Client || h.IsControl() || p.epoch != h.ProducerEpoch {
		return nil
	}
	if p.n == 0 || p.n == keptBatches || p.checkSequence(h) == nil || p.duplicate(h) != nil {
		return nil
	}
	p.partial = false // once is enough, whatever is found
	before, room := p.batches[0].firstOffset(), keptBatches-int(p.n)
	var found []batchMeta // ascending
	list := l.segmentList()
	for i := len(list) - 1; i >= max(0, len(list)-recallSegments) && len(found) < room; i-- {
		earlier, err := l.batchesOf(list[i], p, before)
		if err != nil {
			return err
		}
		found = append(earlier, found...)
	}
	found = found[max(0, len(found)-room):]
	known := append(found, p.batches[:p.n]...)
	p.n = int8(copy(p.batches[:], known))
	return nil
}

// batchesOf returns the last batches that p wrote to s below an offset, at most
// keptBatches of them.
func (l *Log) batchesOf(s *segment, p *producer, before int64) ([]batchMeta, error) {
	f, err := l.openLog(s)
	if err != nil {
		return nil, l.storage("open segment in", err)
	}
	defer f.release()
	hop := newHopper(f.f, 0, s.size.Load())
	defer hop.free()
	var found []batchMeta
	for {
		h, err := hop.next()
		if errors.Is(err, io.EOF) || errors.Is(err, errBadHeader) {
			return found, nil // damage is not this caller's to judge
		}
		if err != nil {
			return nil, l.storage("read segment in", err)
		}
		if h.LastOffset() >= before {
			return found, nil
		}
		if h.ProducerID != p.id || h.ProducerEpoch != p.epoch || h.IsControl() {
			continue
		}
		if len(found) == keptBatches {
			found = append(found[:0], found[1:]...)
		}
		found = append(found, metaOf(&h))
	}
}

// metaOf is what is remembered of a batch.
func metaOf(h *batch.Header) batchMeta {
	return batchMeta{lastOffset: h.LastOffset(), timestamp: h.MaxTimestamp, lastSeq: h.LastSequence(), offsetDelta: h.LastOffsetDelta}
}
