package commitlog

import (
	"errors"
	"io"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/planted"
	"github.com/brolga-io/brolga/internal/vfs"
)

// maxControlBatch bounds what is read of a control batch; markers have under
// a hundred bytes.
const maxControlBatch = 1 << 20

// loadProducersLocked makes producer state available: the newest snapshot,
// and what the batches after it say.
func (l *Log) loadProducersLocked() error {
	if err := l.loadLocked(); err != nil || l.producers != nil {
		return err
	}
	ps, from, err := l.newestSnapshotLocked()
	if err != nil {
		return err
	}
	if planted.On(planted.DedupForgotten) {
		ps, from = newProducers(l.env.maxProducers()), l.next
	}
	if err := l.replayProducers(ps, from); err != nil {
		l.undecided = nil
		return err
	}
	l.producers = ps
	l.noteTxnStateLocked()
	return nil
}

// replayProducers takes in the batches from offset on.
func (l *Log) replayProducers(ps *producers, from int64) error {
	r := replay{l: l, ps: ps, from: from, completed: func(t completedTxn) { l.undecided = append(l.undecided, t) }}
	list := l.segmentList()
	for i := max(segmentFor(list, from), 0); i < len(list); i++ {
		pos, err := l.indexedPosition(list[i], from)
		if err != nil {
			return err
		}
		if err := r.segment(list[i], pos); err != nil {
			return err
		}
	}
	return nil
}

// producersBefore returns a producer state from which the one at offset can
// be replayed, and the offset it is of.
func (l *Log) producersBefore(offset int64) (*producers, int64, error) {
	entries, err := l.env.FS.ReadDir(l.Dir())
	if err != nil {
		return nil, 0, l.storage("list", err)
	}
	for i := len(entries) - 1; i >= 0; i-- {
		off, suffix, ok := parseOffsetName(entries[i].Name())
		if !ok || suffix != snapshotSuffix || off > offset {
			continue
		}
		b, err := vfs.ReadFile(l.env.FS, l.path(off, snapshotSuffix), maxSnapshotFile)
		if err != nil {
			continue
		}
		if ps, err := decodeProducers(b, l.env.maxProducers()); err == nil {
			return ps, off, nil
		}
	}
	return newProducers(l.env.maxProducers()), Unknown, nil
}

// replay takes batches from the log into a producer state.
type replay struct {
	l         *Log
	ps        *producers
	from      int64                // batches below are part of the state already
	completed func(t completedTxn) // told of each marker, if set
}

// segment replays s from a position of a batch on.
func (r *replay) segment(s *segment, pos int64) error {
	l := r.l
	f, err := l.openLog(s)
	if err != nil {
		return l.storage("open segment in", err)
	}
	defer f.release()
	p := newHopper(f.f, pos, s.size.Load())
	defer p.free()
	for {
		at := p.pos
		h, err := p.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, errBadHeader):
			return l.corrupt(s, at, s.base, "no valid batch follows")
		case err != nil:
			return l.storage("read segment in", err)
		}
		if h.BaseOffset < r.from || !h.HasProducerID() {
			continue
		}
		if err := r.batch(s, f.f, &h, at); err != nil {
			return err
		}
	}
}

func (r *replay) batch(s *segment, f io.ReaderAt, h *batch.Header, pos int64) error {
	if !h.IsControl() {
		r.ps.update(h)
		return nil
	}
	if h.Size() > maxControlBatch {
		return r.l.corrupt(s, pos, h.BaseOffset, "control batch too large")
	}
	b := make([]byte, h.Size())
	if err := vfs.ReadFull(f, b, pos); err != nil {
		return r.l.storage("read segment in", err)
	}
	m, timestampMs, ok, err := batch.ParseMarker(b)
	if err != nil {
		return r.l.corrupt(s, pos, h.BaseOffset, err.Error())
	}
	if !ok {
		return nil
	}
	if t, ok := r.ps.complete(h, m, timestampMs); ok && r.completed != nil {
		r.completed(t)
	}
	return nil
}
