package replica

import (
	"errors"
	"sync"
	"sync/atomic"

	"github.com/brolga-io/brolga/internal/batch"
)

// A producer with several requests under way may get its first batch refused, because
// min.insync.replicas are not there or the leader has only just been told, and the next
// one accepted. To a log that does not know the producer any sequence is the first, and
// the batch that was refused could never be written any more (KAFKA-14359). So a partition
// remembers what it refused, and lets nothing of the same producer pass it.

const (
	maxRefused = 64
	// refusedMs is how long a client may try again, and more.
	refusedMs = 10 * 60 * 1000
)

// refused are the batches of idempotent producers that a partition refused and whose
// clients will send them again.
type refused struct {
	some atomic.Bool // there are any

	mu sync.Mutex
	by map[int64]refusal // the lowest one, by producer id
}

type refusal struct {
	epoch    int16
	sequence int32
	atMs     int64
}

// note remembers a batch that its client sends again after an error.
func (r *refused) note(b []byte, nowMs int64, err error) {
	if !errors.Is(err, ErrNotLeader) && !errors.Is(err, ErrNotEnoughReplicas) {
		return
	}
	h, err := batch.ParseHeader(b)
	if err != nil || !h.HasProducerID() || h.BaseSequence < 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if before, ok := r.by[h.ProducerID]; ok && before.of(&h, nowMs) && before.sequence <= h.BaseSequence {
		return
	}
	if len(r.by) >= maxRefused {
		r.forgetOldLocked(nowMs)
	}
	if len(r.by) >= maxRefused {
		return
	}
	if r.by == nil {
		r.by = map[int64]refusal{}
	}
	r.by[h.ProducerID] = refusal{epoch: h.ProducerEpoch, sequence: h.BaseSequence, atMs: nowMs}
	r.some.Store(true)
}

// of tells whether a refusal still says something about a batch.
func (r *refusal) of(h *batch.Header, nowMs int64) bool {
	age := nowMs - r.atMs
	return r.epoch == h.ProducerEpoch && age >= 0 && age < refusedMs
}

// before tells whether a batch of the same producer that was refused has to come first.
func (r *refused) before(h *batch.Header, nowMs int64) bool {
	if !r.some.Load() || !h.HasProducerID() {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	one, ok := r.by[h.ProducerID]
	return ok && one.of(h, nowMs) && one.sequence < h.BaseSequence
}

// forget is called when the log has taken a batch of a producer: it knows it now.
func (r *refused) forget(h *batch.Header) {
	if !r.some.Load() || !h.HasProducerID() {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.by, h.ProducerID)
	r.some.Store(len(r.by) > 0)
}

func (r *refused) forgetOldLocked(nowMs int64) {
	for id, one := range r.by {
		if age := nowMs - one.atMs; age < 0 || age >= refusedMs {
			delete(r.by, id)
		}
	}
}
