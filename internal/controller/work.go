package controller

import (
	"errors"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/shard"
)

// workRetryMs is the pause before a batch is tried again that the log had no room
// for.
const workRetryMs = 100

// work is a change that may be too large for one batch. Each call adds the records
// of the next batch and tells whether more is to be done after it. What the batches
// so far have made must be valid by itself: the controller may be another one, and
// other decisions come in between.
type work func(d *decision) (more bool)

// begin does the work batch by batch, the next one when the one before is committed.
func (m *machine) begin(w work) {
	m.shard.Submit(func(int64) shard.Result { return m.workStep(w) }, nil)
}

func (m *machine) workStep(w work) shard.Result {
	d, err := m.decision()
	if err != nil {
		return shard.Result{}
	}
	more := w(d)
	return shard.Result{
		Records: d.encode(d.image.Feature(metadata.MetadataVersion)),
		Done:    func(err error) { m.workDone(w, more, err) },
	}
}

// workDone goes on, unless leadership is lost: then the next controller begins with
// what it finds.
func (m *machine) workDone(w work, more bool, err error) {
	switch {
	case errors.Is(err, shard.ErrOverloaded):
		m.shard.Schedule(new(workTimer), workRetryMs, func(int64) shard.Result { return m.workStep(w) })
	case err == nil && more:
		m.begin(w)
	}
}

// workTimer is the key of a timer; each is another one because it has a size.
type workTimer struct{ _ byte }

// full tells whether the batch has as many records as one may have.
func (d *decision) full() bool { return len(d.records) >= d.batchLimit }
