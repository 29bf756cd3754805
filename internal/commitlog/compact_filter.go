package commitlog

import (
	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/planted"
)

// batch decides what becomes of one batch. Kafka's names: checkBatchRetention
// and MemoryRecords.filterTo.
func (o *cleaned) batch(h *batch.Header, raw []byte) error {
	p := o.p
	p.rest -= int64(len(raw))
	p.done.ReadBytes += int64(len(raw))
	p.done.Records += int64(h.Count)
	// The last batch of a segment always leaves at least a header, so that
	// the end of the segment can be told from a lost tail.
	keepEmpty := p.rest == 0 || h.HasProducerID() && o.isLastOfProducer(h)
	if h.IsControl() {
		return o.control(h, raw, keepEmpty)
	}
	switch aborted := p.txns.data(h); {
	case aborted, h.Count == 0:
		return o.empty(h, raw, keepEmpty)
	case h.BaseOffset > p.latest:
		return o.verbatim(h, raw)
	}
	return o.filter(h, raw, keepEmpty)
}

func (o *cleaned) isLastOfProducer(h *batch.Header) bool {
	last, ok := o.p.last[h.ProducerID]
	return ok && last.needs(h)
}

// control copies a control batch, unless it has been marking nothing for
// delete.retention.ms.
func (o *cleaned) control(h *batch.Header, raw []byte, keepEmpty bool) error {
	p := o.p
	idle, marked, err := p.txns.control(h, raw)
	if err != nil {
		return err
	}
	if marked != nil {
		o.aborted = append(o.aborted, *marked)
	}
	switch {
	case h.Count == 0, idle && h.HasDeleteHorizon() && h.BaseTimestamp <= p.nowMs:
		return o.empty(h, raw, keepEmpty)
	case idle && !h.HasDeleteHorizon():
		w := &p.walker
		if err := w.Open(h, raw); err != nil {
			return err
		}
		defer w.Close()
		p.kept = p.kept[:0]
		for r := (batch.Brief{}); w.Next(&r); {
			p.kept = append(p.kept, r.Raw...)
		}
		if err := w.Err(); err != nil {
			return err
		}
		return o.rewritten(h, raw, *h, true)
	}
	return o.verbatim(h, raw)
}

// filter copies the records of a batch that no later one replaces.
func (o *cleaned) filter(h *batch.Header, raw []byte, keepEmpty bool) error {
	p := o.p
	w := &p.walker
	if err := w.Open(h, raw); err != nil {
		return err
	}
	defer w.Close()
	p.kept = p.kept[:0]
	to := *h
	to.Count = 0
	latest := batch.NoTimestamp
	tombstones := false
	for records := p.ahead.take(w, h, p.keys); len(records) > 0; records = p.ahead.take(w, h, p.keys) {
		for i := range records {
			r := &records[i]
			if !p.keep(h, r, p.ahead.keys[i]) {
				continue
			}
			p.kept = append(p.kept, r.Raw...)
			to.Count++
			latest = max(latest, h.BaseTimestamp+r.TimestampDelta)
			tombstones = tombstones || !r.HasValue
		}
	}
	if err := w.Err(); err != nil {
		return err
	}
	if to.Count == 0 {
		return o.empty(h, raw, keepEmpty)
	}
	// What the next compaction starts with gets its horizon then.
	horizon := tombstones && !h.HasDeleteHorizon() && h.LastOffset() <= p.latest
	if to.Count == h.Count && !horizon {
		return o.verbatim(h, raw)
	}
	if !h.LogAppendTime() {
		to.MaxTimestamp = latest
	}
	return o.rewritten(h, raw, to, horizon)
}

// keep says whether the record r of the batch h stays.
func (p *pass) keep(h *batch.Header, r *batch.Brief, key keyHash) bool {
	offset := h.BaseOffset + int64(r.OffsetDelta)
	switch {
	case offset > p.latest:
		return true
	case r.Key == nil:
		p.done.Keyless++
		return false
	case offset < p.keys.last(key):
		return false
	}
	if planted.On(planted.TombstonesGoAtOnce) {
		return r.HasValue
	}
	return r.HasValue || !h.HasDeleteHorizon() || p.nowMs < h.BaseTimestamp
}

// verbatim copies a batch as it is.
func (o *cleaned) verbatim(h *batch.Header, raw []byte) error {
	o.p.done.Kept += int64(h.Count)
	return o.add(h, raw)
}

// empty leaves nothing of a batch, or its header.
func (o *cleaned) empty(h *batch.Header, raw []byte, keep bool) error {
	if keep && h.Count == 0 {
		return o.add(h, raw)
	}
	if err := o.change(); err != nil || !keep {
		return err
	}
	o.p.built = batch.AppendEmpty(o.p.built[:0], *h)
	return o.addBuilt()
}

// rewritten puts a batch with header to and the records p.kept in the place of
// raw. With horizon, its tombstones or its marker may go after
// delete.retention.ms from now.
func (o *cleaned) rewritten(h *batch.Header, raw []byte, to batch.Header, horizon bool) error {
	p := o.p
	records := p.kept
	if horizon {
		to.SetDeleteHorizon(saturatingAdd(p.nowMs, p.cfg.DeleteRetentionMs))
		n := len(p.kept)
		p.kept = batch.AppendRebased(p.kept, p.kept[:n:n], h.BaseTimestamp-to.BaseTimestamp)
		records = p.kept[n:]
	}
	p.built = batch.AppendBatch(p.built[:0], to, records, batch.DefaultLevel)
	if len(p.built) > len(raw) && o.size+int64(len(p.built))+p.rest > maxSegmentBytes {
		// Positions have 32 bits: rather keep what could go.
		return o.verbatim(h, raw)
	}
	if err := o.change(); err != nil {
		return err
	}
	p.done.Kept += int64(to.Count)
	return o.addBuilt()
}

// addBuilt adds the batch in p.built.
func (o *cleaned) addBuilt() error {
	h, err := batch.ParseHeader(o.p.built)
	if err != nil {
		panic("BUG: compaction built a batch that cannot be read: " + err.Error())
	}
	return o.add(&h, o.p.built)
}

func saturatingAdd(a, b int64) int64 {
	if s := a + b; b < 0 || s >= a {
		return s
	}
	return 1<<63 - 1
}
