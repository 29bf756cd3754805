package server

import (
	"testing"
	"time"
)

// drain sends n answers with a hole each through the queue.
func drain(t *testing.T, q *answerQueue, n int) {
	t.Helper()
	_, first := q.waiting()
	a := &Answers{firstHole: first}
	for i := range n {
		a.b = append(a.b, make([]byte, 50)...)
		a.holes = append(a.holes, answerHole{pos: 50*i + 10})
		a.ends = append(a.ends, answerEnd{end: 50 * (i + 1), holes: 1, timeoutMs: 1000})
	}
	q.push(a, time.Now())
	for i := range n {
		q.complete(first+uint64(i), 0)
	}
	out, _, done := q.take(nil)
	if len(out) != 50*n || done {
		t.Fatalf("%d bytes of %d answers, done %t", len(out), n, done)
	}
	if _, _, done := q.take(nil); !done {
		t.Fatal("the queue is not drained")
	}
}

// TestQueueKeepsMemoryInUse: what is drained again and again does not grow again and
// again, a burst is forgotten, and an idle connection keeps hardly anything.
func TestQueueKeepsMemoryInUse(t *testing.T) {
	q := newAnswerQueue()
	drain(t, q, 100)
	if n := len(q.answers.items); n < 100 || cap(q.b) < 5000 {
		t.Errorf("room for %d answers and %d bytes was kept", n, cap(q.b))
	}
	q.rest()
	if len(q.answers.items) > 8 || len(q.holes.items) > 8 || cap(q.b) > keepQueueBytes {
		t.Errorf("at rest it keeps room for %d answers, %d holes, %d bytes", len(q.answers.items), len(q.holes.items), cap(q.b))
	}
	drain(t, q, 2*busyQueueAnswers)
	if len(q.answers.items) > busyQueueAnswers || len(q.holes.items) > busyQueueAnswers {
		t.Errorf("after a burst it keeps room for %d answers", len(q.answers.items))
	}
}

// TestQueueRestsOnlyWhenDrained: answers that wait survive.
func TestQueueRestsOnlyWhenDrained(t *testing.T) {
	q := newAnswerQueue()
	a := &Answers{b: make([]byte, 1000), holes: []answerHole{{pos: 10}}, ends: []answerEnd{{end: 1000, holes: 1, timeoutMs: 1000}}}
	q.push(a, time.Now())
	q.rest()
	q.complete(0, 0)
	if out, _, _ := q.take(nil); len(out) != 1000 {
		t.Errorf("%d bytes of the answer are left", len(out))
	}
}
