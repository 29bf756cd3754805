package commitlog

import (
	"errors"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/vfs"
)

// eachBatch calls visit for the batches of s from a position on, after
// checking order and CRC. What visit is given is valid until it returns.
func (p *pass) eachBatch(s *segment, pos int64, visit func(h *batch.Header, raw []byte) error) error {
	f, err := p.l.openLog(s)
	if err != nil {
		return p.l.storage("open segment in", err)
	}
	defer f.release()
	size := s.size.Load()
	next := s.base
	want := int64(compactChunk)
	for pos < size {
		b := p.chunk(min(want, size-pos))
		if err := vfs.ReadFull(f.f, b, pos); err != nil {
			return p.l.storage("read segment in", err)
		}
		if err := p.pace(len(b)); err != nil {
			return err
		}
		want = compactChunk
		start := pos
		for len(b) >= batch.HeaderSize {
			h, err := batch.ParseHeader(b)
			if err != nil || checkOrder(s.base, next, &h) != nil || int64(h.Size()) > size-pos {
				return p.l.corrupt(s, pos, next, "no valid batch follows")
			}
			if h.Size() > len(b) {
				want = max(want, int64(h.Size()))
				break
			}
			raw := b[:h.Size()]
			if !batch.CheckCRC(raw) {
				return p.l.corrupt(s, pos, next, "CRC mismatch")
			}
			if err := visit(&h, raw); err != nil {
				return p.damage(s, pos, err)
			}
			b, pos, next = b[h.Size():], pos+int64(h.Size()), h.NextOffset()
		}
		if pos == start && want == compactChunk {
			return p.l.corrupt(s, pos, next, "incomplete batch")
		}
	}
	return nil
}

// chunk returns the read buffer with n bytes.
func (p *pass) chunk(n int64) []byte {
	if int64(cap(p.read)) < n {
		p.read = make([]byte, max(n, compactChunk))
	}
	return p.read[:n]
}

// damage makes the error of a batch that cannot be decoded say where it is.
func (p *pass) damage(s *segment, pos int64, err error) error {
	if e := (*batch.Error)(nil); errors.As(err, &e) {
		return p.l.corrupt(s, pos, s.base, e.Message)
	}
	return err
}

// errMapFull ends the first walk when the map has no room for another key.
var errMapFull = errors.New("key map full")

// mapKeys reads the keys of the dirty records. A map that is full ends it
// early: then the next compaction goes on from there.
func (p *pass) mapKeys(sources []source) error {
	d := &p.dirt
	aborted, err := p.l.AbortedTxns(d.From, d.To)
	if err != nil {
		return err
	}
	txns := newCleanedTxns(aborted)
	p.keys.reset(d.To - d.From)
	p.latest = d.From - 1
	visit := func(h *batch.Header, raw []byte) error {
		p.done.MapBytes += int64(len(raw))
		if h.LastOffset() < d.From {
			return nil
		}
		if err := p.mapBatch(txns, h, raw); err != nil {
			return err
		}
		p.latest = h.LastOffset()
		return nil
	}
	for _, s := range sources {
		if s.next <= d.From {
			continue
		}
		pos, err := p.l.indexedPosition(s.segment, d.From)
		if err != nil {
			return err
		}
		if err := p.eachBatch(s.segment, pos, visit); errors.Is(err, errMapFull) {
			break
		} else if err != nil {
			return err
		}
		p.latest = s.next - 1 // also where compaction left a gap before it
	}
	p.done.MapUsed = float64(p.keys.n) / float64(max(len(p.keys.slots), 1))
	return nil
}

// mapBatch puts the keys of one batch into the map.
func (p *pass) mapBatch(txns *cleanedTxns, h *batch.Header, raw []byte) error {
	if h.IsControl() {
		_, _, err := txns.control(h, raw)
		return err
	}
	if txns.data(h) || h.Count == 0 {
		return nil
	}
	w := &p.walker
	if err := w.Open(h, raw); err != nil {
		return err
	}
	defer w.Close()
	for records := p.ahead.take(w, h, p.keys); len(records) > 0; records = p.ahead.take(w, h, p.keys) {
		for i := range records {
			r := &records[i]
			offset := h.BaseOffset + int64(r.OffsetDelta)
			if r.Key != nil && offset >= p.dirt.From && !p.keys.put(p.ahead.keys[i], offset) {
				return errMapFull
			}
		}
	}
	return w.Err()
}
