package server

import (
	"encoding/binary"
	"sync"
	"time"
)

// answerQueue holds the answers of one connection that wait for a hole to be
// filled, and every answer behind them, in request order.
//
// Positions count bytes since the connection began, so entries stay valid when
// the front of the buffer is cut off.
type answerQueue struct {
	mu sync.Mutex
	// changed is signalled when answers leave, when the head becomes complete
	// and when the connection breaks.
	changed *sync.Cond

	b       []byte // encoded answers not yet given to the socket
	base    uint64 // position of b[0]
	answers ring[queuedAnswer]
	holes   ring[queuedHole]

	writing bool // runAnswers exists
	broken  bool // nothing can be sent any more

	wake chan struct{} // tells runAnswers that the head may be complete
}

type queuedAnswer struct {
	end         uint64 // position after its last byte
	open        int    // holes not filled
	firstHole   uint64 // ticket of its first hole
	holes       int
	deadline    time.Time
	timeoutCode int16
}

type queuedHole struct {
	pos    uint64
	answer uint64 // number of its answer in the ring's count
	filled bool
}

func newAnswerQueue() *answerQueue {
	q := &answerQueue{wake: make(chan struct{}, 1)}
	q.changed = sync.NewCond(&q.mu)
	return q
}

// idle reports whether all answers have been written. Only the connection's own goroutine makes it not idle.
func (q *answerQueue) idle() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.answers.len() == 0 && !q.writing
}

// waiting returns the number of answers that wait, and the ticket that the next
// hole gets.
func (q *answerQueue) waiting() (answers int, nextHole uint64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.answers.len(), q.holes.next
}

// push appends the answers of a run and reports whether runAnswers must be
// started for them. Nothing is kept of a.
func (q *answerQueue) push(a *Answers, now time.Time) (start bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.broken {
		return false
	}
	from := q.base + uint64(len(q.b))
	q.b = append(q.b, a.b...)
	hole := 0
	for _, e := range a.ends {
		number := q.answers.next
		for i := range e.holes {
			q.holes.push(queuedHole{pos: from + uint64(a.holes[hole+i].pos), answer: number})
		}
		q.answers.push(queuedAnswer{
			end:         from + uint64(e.end),
			open:        e.holes,
			firstHole:   a.firstHole + uint64(hole),
			holes:       e.holes,
			deadline:    now.Add(time.Duration(e.timeoutMs) * time.Millisecond),
			timeoutCode: e.timeoutCode,
		})
		hole += e.holes
	}
	start = !q.writing
	q.writing = true
	return start
}

// complete fills a hole. A ticket whose answer has left already is ignored.
func (q *answerQueue) complete(ticket uint64, code int16) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.fillLocked(ticket, code)
}

func (q *answerQueue) fillLocked(ticket uint64, code int16) {
	h := q.holes.at(ticket)
	if h == nil || h.filled || q.broken {
		return
	}
	h.filled = true
	if code != 0 {
		binary.BigEndian.PutUint16(q.b[h.pos-q.base:], uint16(code))
	}
	a := q.answers.at(h.answer)
	a.open--
	if a.open == 0 && h.answer == q.answers.first() {
		q.wakeWriter()
	}
}

func (q *answerQueue) wakeWriter() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// expire fills the holes of the first answer if its time is up.
func (q *answerQueue) expire(now time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	head := q.answers.head()
	if head == nil || now.Before(head.deadline) {
		return
	}
	code := head.timeoutCode
	for t := head.firstHole; t < head.firstHole+uint64(head.holes); t++ {
		q.fillLocked(t, code)
	}
}

// take moves the complete answers at the front to dst. When there are none it
// returns the deadline of the first one; when the queue is empty or broken it
// reports done and runAnswers ends.
func (q *answerQueue) take(dst []byte) (out []byte, deadline time.Time, done bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.broken || q.answers.len() == 0 {
		q.writing = false
		if cap(q.b) > busyQueueBytes || len(q.answers.items) > busyQueueAnswers || len(q.holes.items) > busyQueueAnswers {
			q.shrinkLocked()
		}
		q.changed.Broadcast()
		return dst, time.Time{}, true
	}
	end := q.base
	for a := q.answers.head(); a != nil && a.open == 0; a = q.answers.head() {
		end = a.end
		for range a.holes {
			q.holes.pop()
		}
		q.answers.pop()
	}
	if end == q.base {
		return dst, q.answers.head().deadline, false
	}
	n := int(end - q.base)
	dst = append(dst, q.b[:n]...)
	q.b = q.b[:copy(q.b, q.b[n:])]
	q.base = end
	return dst, time.Time{}, false
}

// What a drained queue keeps while its connection is in use: most are drained many
// times a second, and would grow again each time.
const (
	busyQueueBytes   = 64 << 10
	busyQueueAnswers = 256
)

// rest lets go of what only a connection in use needs.
func (q *answerQueue) rest() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.answers.len() == 0 && !q.writing {
		q.shrinkLocked()
	}
}

// keepQueueBytes is how much memory the queue of an idle connection keeps.
const keepQueueBytes = 512

func (q *answerQueue) shrinkLocked() {
	if cap(q.b) > keepQueueBytes {
		q.b = nil
	}
	q.answers.shrink()
	q.holes.shrink()
}

// written tells those who wait for room that answers have left.
func (q *answerQueue) written() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.changed.Broadcast()
}

// fail drops all answers; the connection is about to be closed.
func (q *answerQueue) fail() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.broken = true
	q.wakeWriter()
	q.changed.Broadcast()
}

// waitBelow blocks until fewer than n answers wait, or all of them have been
// written when n is 1. It reports false when the connection broke.
func (q *answerQueue) waitBelow(n int) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for !q.broken && (q.answers.len() >= n || n == 1 && q.writing) {
		q.changed.Wait()
	}
	return !q.broken
}
