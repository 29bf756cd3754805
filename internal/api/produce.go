package api

// Produce (key 0), versions 3–13; versions 0–2 are advertised and refused
// (KAFKA-18659).
//
//	v5   log start offset in the answer
//	v7   zstd
//	v8   record errors and error message (KIP-467)
//	v9   flexible
//	v10  leader hints (KIP-951)
//	v12  implicit addition to the transaction (KIP-890)
//	v13  topic ids instead of names (KIP-516)
//
// Differences: the same partition twice in one request is INVALID_REQUEST for
// the second one (Kafka leaves one of the two unanswered). Clients may not write
// to internal topics whatever they call themselves.

import (
	"fmt"
	"time"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/replica"
	"github.com/brolga-io/brolga/internal/server"
	"github.com/brolga-io/brolga/internal/wire"
)

// produceRun implements server.Run for Produce: the requests that arrived
// together are staged in their logs, each log is committed once, and the answers
// leave in one write. It is pooled; staging a good batch allocates nothing.
type produceRun struct {
	api   *API
	conn  *server.Conn
	out   *server.Answers
	image *metadata.Image

	req    produceRequest
	staged []stagedPart
	dirty  []dirtyPartition
	hints  []int32        // leaders the current answer names
	topic  *replica.Topic // of the partition staged last
	at     replica.Staged // where the batch staged last went

	begin   time.Time
	worked  time.Duration // until the answers could be sent
	tally   errorTally    // of the partitions; one that waits counts as it was staged
	count   int64         // requests, all of version
	version int16
}

// stagedPart is a batch whose answer is written and not yet true.
type stagedPart struct {
	part     *replica.Partition
	dirty    int   // its place in dirty
	required int64 // exclusive offset that must be committed, acks=all
	epoch    int32
	acks     int16
	answer   int // number of the answer
	errorAt  int // of the error code in the answers' bytes
	waitMs   int32
	ticket   uint64
	hole     bool
}

// dirtyPartition is a partition with staged batches.
type dirtyPartition struct {
	part    *replica.Partition
	traffic replica.Traffic
	err     error // of its commit
}

// Acks of a Produce request.
const (
	acksAll  = -1
	acksNone = 0
	acksOne  = 1
)

// maxProduceWaitMs caps the time a client may have its produce wait.
const maxProduceWaitMs = 15 * 60 * 1000

// Stages implements server.Handler.
func (a *API) Stages(apiKey int16) bool {
	return apiKey == wire.APIKeyProduce
}

// NewRun implements server.Handler.
func (a *API) NewRun(c *server.Conn, out *server.Answers) server.Run {
	r, _ := a.runs.Get().(*produceRun)
	if r == nil {
		r = &produceRun{api: a}
	}
	r.conn, r.out, r.image = c, out, a.Image()
	r.begin = time.Now()
	return r
}

// Stage implements server.Run.
func (r *produceRun) Stage(frame []byte) error {
	q := &r.req
	if !q.read(frame) {
		return errMalformed
	}
	if row := r.api.produceRow; q.version < row.min || q.version > row.max {
		return fmt.Errorf("%w: Produce version %d", errNotServed, q.version)
	}
	if r.api.listenerKind(r.conn.Listener()) != wire.BrokerListener {
		return errListener
	}
	r.noteClient()
	r.count, r.version = r.count+1, q.version
	if q.acks == acksNone {
		return r.stageSilently()
	}
	answer := r.out.Next()
	b := r.appendHead(r.out.Begin())
	for i := range q.topics {
		t := &q.topics[i]
		b = r.appendTopic(b, t)
		for j := range q.parts[t.first : t.first+t.count] {
			b = r.stageAnswered(b, t, j, answer)
		}
		b = r.appendNoTags(b)
	}
	b = r.appendTail(b)
	r.out.End(b, q.waitMs(), int16(wire.RequestTimedOut))
	return nil
}

// noteClient keeps what the client calls itself.
func (r *produceRun) noteClient() {
	st, id := state(r.conn), r.req.clientID
	switch {
	case id == nil:
		st.clientID = nil
	case st.clientID == nil || *st.clientID != string(id):
		s := string(id)
		st.clientID = &s
	}
}

// waitMs is how long the client wants to wait for acks=all.
func (q *produceRequest) waitMs() int32 { return min(max(q.timeoutMs, 0), maxProduceWaitMs) }

// stageSilently stages a request with acks=0. There is no answer: an error
// closes the connection, which is how the client learns of it.
func (r *produceRun) stageSilently() error {
	var failed error
	for i := range r.req.topics {
		t := &r.req.topics[i]
		for j := range r.req.parts[t.first : t.first+t.count] {
			part, err := r.stagePart(t, j)
			if err != nil {
				failed = err
				continue
			}
			r.noteStaged(part, len(r.req.parts[t.first+j].records), -1, 0)
		}
	}
	return failed
}

// stageAnswered stages one partition and appends its answer.
func (r *produceRun) stageAnswered(b []byte, t *produceTopic, j, answer int) []byte {
	p := &r.req.parts[t.first+j]
	part, err := r.stagePart(t, j)
	if err != nil {
		r.tally.add(errorCode(err))
		return r.appendRefused(b, t, p.index, err)
	}
	r.noteStaged(part, len(p.records), answer, len(b)+4)
	return r.appendStaged(b, p.index, &r.at)
}

// noteStaged remembers the batch of size bytes that was just staged, whose error
// code is at errorAt of the answers, and that its log needs a commit.
func (r *produceRun) noteStaged(part *replica.Partition, size, answer, errorAt int) {
	n := len(r.dirty)
	if n == 0 || r.dirty[n-1].part != part {
		// The same partition may come up again later in the run. Committing it
		// twice costs little; looking for it among thousands would not.
		r.dirty = append(r.dirty, dirtyPartition{part: part})
		n++
	}
	traffic := &r.dirty[n-1].traffic
	traffic.Batches++
	traffic.Records += r.at.LastOffset - r.at.BaseOffset + 1
	traffic.Bytes += int64(size)
	r.staged = append(r.staged, stagedPart{
		part: part, dirty: n - 1, required: r.at.Required(), epoch: r.at.Epoch, acks: r.req.acks,
		answer: answer, errorAt: errorAt, waitMs: r.req.waitMs(),
	})
}

// Commit implements server.Run.
func (r *produceRun) Commit() error {
	for i := range r.dirty {
		d := &r.dirty[i]
		d.err = d.part.Commit()
		d.part.Count(d.traffic)
	}
	var failed error
	for i := range r.staged {
		s := &r.staged[i]
		err := r.dirty[s.dirty].err
		switch {
		case s.acks == acksNone:
			if err != nil {
				failed = err
			}
		case err != nil:
			r.tally.add(errorCode(err))
			r.revoke(s, errorCode(err))
		case s.acks == acksAll:
			r.tally.add(r.settle(s))
		default:
			r.tally.none++
		}
	}
	r.worked = time.Since(r.begin)
	return failed
}

// settle answers an acks=all batch if it is committed, else leaves a hole.
func (r *produceRun) settle(s *stagedPart) wire.ErrorCode {
	code, known := s.part.Committed(s.required, s.epoch)
	if known {
		putCode(r.out.Bytes(), s.errorAt, code)
		return code
	}
	s.ticket, s.hole = r.out.Hole(s.answer, s.errorAt), true
	return wire.None
}

// Armed implements server.Run.
func (r *produceRun) Armed() {
	for i := range r.staged {
		if s := &r.staged[i]; s.hole {
			s.part.Await(s.required, s.epoch, r.conn, s.ticket, r.conn.NowMs(), r.conn.NowMs()+int64(s.waitMs))
		}
	}
	r.recycle()
}

// keepProduceParts is how many partitions' memory a run keeps for the next one.
const keepProduceParts = 4096

func (r *produceRun) recycle() {
	a := r.api
	if r.count > 0 {
		a.produceRow.count(a.Metrics, r.version, r.worked, 0, r.count)
		a.produceRow.countErrors(&r.tally)
		a.produceRow.api.Total.ObserveN(time.Since(r.begin), r.count)
		a.produceRow.api.Send.ObserveN(time.Since(r.begin)-r.worked, r.count)
		r.count, r.tally = 0, errorTally{}
	}
	clear(r.req.topics)
	clear(r.req.parts)
	clear(r.staged)
	clear(r.dirty)
	r.conn, r.out, r.image, r.topic = nil, nil, nil, nil
	r.req.clientID, r.req.transactional = nil, nil
	r.staged, r.dirty = r.staged[:0], r.dirty[:0]
	if cap(r.req.parts) > keepProduceParts || cap(r.staged) > keepProduceParts {
		*r = produceRun{api: a}
	}
	a.runs.Put(r)
}
