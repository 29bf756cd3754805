package commitlog

import (
	"fmt"
	"math"
	"sort"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/planted"
)

// keptBatches is how many of a producer's last batches are remembered, as
// many as a client may have in flight.
const keptBatches = 5

// batchMeta is what is remembered of one batch.
type batchMeta struct {
	lastOffset  int64
	timestamp   int64
	lastSeq     int32
	offsetDelta int32
}

func (m *batchMeta) firstOffset() int64 { return m.lastOffset - int64(m.offsetDelta) }

func (m *batchMeta) firstSeq() int32 {
	if m.lastSeq < m.offsetDelta {
		return math.MaxInt32 - (m.offsetDelta - m.lastSeq) + 1
	}
	return m.lastSeq - m.offsetDelta
}

// producer is the state of one producer id.
type producer struct {
	id               int64
	lastTimestamp    int64
	txnFirstOffset   int64 // of the open transaction, or Unknown
	coordinatorEpoch int32
	epoch            int16
	n                int8  // used of batches
	partial          bool  // batches before the first one may be in the log: see recallLocked
	swept            bool  // nothing was written since the last expire
	sweptMs          int64 // uptime of the first expire since the last write
	usedOffset       int64 // of the last write
	batches          [keptBatches]batchMeta
}

func (p *producer) last() *batchMeta {
	if p.n == 0 {
		return nil
	}
	return &p.batches[p.n-1]
}

func (p *producer) lastSeq() int32 {
	if m := p.last(); m != nil {
		return m.lastSeq
	}
	return batch.NoSequence
}

// duplicate returns the remembered batch that h repeats, or nil.
func (p *producer) duplicate(h *batch.Header) *batchMeta {
	if p.epoch != h.ProducerEpoch {
		return nil
	}
	last := h.LastSequence()
	for i := range p.batches[:p.n] {
		if planted.On(planted.DedupWindowOne) && i < int(p.n)-1 {
			continue
		}
		if m := &p.batches[i]; m.lastSeq == last && m.firstSeq() == h.BaseSequence {
			return m
		}
	}
	return nil
}

func (p *producer) add(m batchMeta) {
	if p.n == keptBatches {
		copy(p.batches[:], p.batches[1:])
		p.n--
	}
	p.batches[p.n] = m
	p.n++
	p.lastTimestamp = m.timestamp
	p.use(m.lastOffset)
}

// use notes a write at offset.
func (p *producer) use(offset int64) { p.usedOffset, p.swept = offset, false }

// setEpoch starts a new epoch, which forgets the old one's batches.
func (p *producer) setEpoch(epoch int16) {
	if p.epoch != epoch {
		p.epoch = epoch
		p.n = 0
	}
}

// producers is the producer state of a log. Guarded by Log.mu.
type producers struct {
	byID map[int64]*producer
	// open are the transactions in progress, by first offset.
	open []openTxn
	max  int
}

// openTxn is a transaction that has records in the log and no marker.
type openTxn struct {
	firstOffset int64
	producerID  int64
}

func newProducers(max int) *producers { return &producers{max: max} }

// Origin says who appends a batch, which decides what is checked.
type Origin uint8

// The origins of an append.
const (
	// Client batches get all checks: duplicates, epochs, sequences.
	Client Origin = iota
	// Coordinator batches (group and transaction records, markers) carry no
	// sequences.
	Coordinator
	// Replication and RaftLeader batches were checked where they were first
	// appended.
	Replication
	RaftLeader
)

// check says whether h may be appended. It changes nothing.
func (ps *producers) check(h *batch.Header, origin Origin) error {
	p := ps.byID[h.ProducerID]
	if p == nil {
		return nil // never seen or forgotten: any sequence starts it
	}
	if h.ProducerEpoch < p.epoch {
		return fmt.Errorf("producer %d epoch %d, last seen %d: %w", h.ProducerID, h.ProducerEpoch, p.epoch, ErrInvalidProducerEpoch)
	}
	if h.IsControl() {
		return nil
	}
	if origin == Client {
		if err := p.checkSequence(h); err != nil {
			return err
		}
	}
	if p.txnFirstOffset != Unknown && !h.IsTransactional() {
		return fmt.Errorf("producer %d: %w", h.ProducerID, ErrInvalidTxnState)
	}
	return nil
}

func (p *producer) checkSequence(h *batch.Header) error {
	if p.epoch == batch.NoProducerEpoch {
		return nil
	}
	if h.ProducerEpoch != p.epoch {
		if h.BaseSequence != 0 {
			return fmt.Errorf("producer %d sequence %d in new epoch %d: %w", h.ProducerID, h.BaseSequence, h.ProducerEpoch, ErrOutOfOrderSequence)
		}
		return nil
	}
	last := p.lastSeq()
	if int64(h.BaseSequence) == int64(last)+1 || h.BaseSequence == 0 && last == math.MaxInt32 {
		return nil
	}
	return fmt.Errorf("producer %d sequence %d after %d: %w", h.ProducerID, h.BaseSequence, last, ErrOutOfOrderSequence)
}

// get returns the state of id, making it if needed.
func (ps *producers) get(id int64) *producer {
	p := ps.byID[id]
	if p == nil {
		if len(ps.byID) >= ps.max {
			ps.evict()
		}
		p = &producer{id: id, epoch: batch.NoProducerEpoch, coordinatorEpoch: -1,
			txnFirstOffset: Unknown, lastTimestamp: batch.NoTimestamp}
		ps.put(p)
	}
	return p
}

func (ps *producers) put(p *producer) {
	if ps.byID == nil {
		ps.byID = map[int64]*producer{}
	}
	ps.byID[p.id] = p
}

// update takes in the data batch h, which has its offsets.
func (ps *producers) update(h *batch.Header) {
	p := ps.get(h.ProducerID)
	p.setEpoch(h.ProducerEpoch)
	p.add(metaOf(h))
	if h.IsTransactional() && p.txnFirstOffset == Unknown {
		p.txnFirstOffset = h.BaseOffset
		ps.open = append(ps.open, openTxn{firstOffset: h.BaseOffset, producerID: h.ProducerID})
	}
}

// checkMarker says whether the transaction marker m in the batch h may be
// appended.
func (ps *producers) checkMarker(h *batch.Header, m batch.EndTxnMarker) error {
	p := ps.byID[h.ProducerID]
	if p != nil && p.coordinatorEpoch > m.CoordinatorEpoch {
		return fmt.Errorf("producer %d marker of coordinator epoch %d, last seen %d: %w",
			h.ProducerID, m.CoordinatorEpoch, p.coordinatorEpoch, ErrCoordinatorFenced)
	}
	return nil
}

// complete takes in the transaction marker m and returns the transaction it
// ends; ok is false if the producer had none open here.
func (ps *producers) complete(h *batch.Header, m batch.EndTxnMarker, timestampMs int64) (t completedTxn, ok bool) {
	p := ps.get(h.ProducerID)
	p.setEpoch(h.ProducerEpoch)
	p.coordinatorEpoch = m.CoordinatorEpoch
	p.lastTimestamp = timestampMs
	p.use(h.LastOffset())
	if p.txnFirstOffset == Unknown {
		return t, false
	}
	t = completedTxn{producerID: h.ProducerID, firstOffset: p.txnFirstOffset, lastOffset: h.LastOffset(), aborted: !m.Commit}
	p.txnFirstOffset = Unknown
	for i, o := range ps.open {
		if o.producerID == h.ProducerID {
			ps.open = append(ps.open[:i], ps.open[i+1:]...)
			break
		}
	}
	t.lastStable = t.lastOffset + 1
	if len(ps.open) > 0 {
		t.lastStable = ps.open[0].firstOffset
	}
	return t, true
}

// expire forgets producers without an open transaction that wrote nothing
// for expirationMs. Kafka's ProducerStateManager compares the wall clock with the
// last timestamp, and so forgets producers in use when a clock jumps: the batch that
// they send again is appended twice. Here a producer is idle from the first expire on
// that finds nothing new of it, by a clock that nobody sets.
func (ps *producers) expire(uptimeMs, expirationMs int64) {
	for id, p := range ps.byID {
		switch {
		case !p.swept:
			p.swept, p.sweptMs = true, uptimeMs
		case p.txnFirstOffset == Unknown && uptimeMs-p.sweptMs >= expirationMs:
			delete(ps.byID, id)
		}
	}
}

// evict forgets the tenth of the producers that wrote least recently, by the order in
// the log, so that a client that takes new ids for ever cannot fill the memory.
func (ps *producers) evict() {
	idle := make([]*producer, 0, len(ps.byID))
	for _, p := range ps.byID {
		if p.txnFirstOffset == Unknown {
			idle = append(idle, p)
		}
	}
	sort.Slice(idle, func(i, j int) bool { return idle[i].usedOffset < idle[j].usedOffset })
	for _, p := range idle[:min(len(idle), ps.max/10+1)] {
		delete(ps.byID, p.id)
	}
}

// ProducerState describes a producer id for DescribeProducers.
type ProducerState struct {
	ProducerID       int64
	ProducerEpoch    int16
	LastSequence     int32
	LastTimestamp    int64 // ms
	CoordinatorEpoch int32 // -1 if no marker was seen
	TxnStartOffset   int64 // Unknown without an open transaction
}

// ActiveProducers returns the remembered producers by id.
func (l *Log) ActiveProducers() ([]ProducerState, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.loadProducersLocked(); err != nil {
		return nil, err
	}
	out := make([]ProducerState, 0, len(l.producers.byID))
	for _, p := range l.producers.byID {
		out = append(out, ProducerState{ProducerID: p.id, ProducerEpoch: p.epoch, LastSequence: p.lastSeq(),
			LastTimestamp: p.lastTimestamp, CoordinatorEpoch: p.coordinatorEpoch, TxnStartOffset: p.txnFirstOffset})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].ProducerID < out[j].ProducerID })
	return out, nil
}

// ExpireProducers forgets producers that have been idle too long. uptimeMs is the
// reading of a clock that only goes on, such as the time since the process began. A
// load of the log begins anew: what is in its files does not tell how long it was idle.
func (l *Log) ExpireProducers(uptimeMs int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.inUse != nil && l.producers != nil {
		l.producers.expire(uptimeMs, l.env.producerExpiration())
	}
}
