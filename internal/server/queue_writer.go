package server

import (
	"errors"
	"time"
)

// MaxWaitingAnswers is the number of answers of one connection that may wait
// before the server stops reading from it.
const MaxWaitingAnswers = 100

var errBroken = errors.New("connection broke while answers were waiting")

// runAnswers writes the answers of the queue as they become complete and ends
// when the queue is empty.
func (c *Conn) runAnswers() {
	defer c.srv.conns.Done()
	q := c.queue.Load()
	out := c.srv.buffers.get(readBufBytes / 4)
	defer func() { c.srv.buffers.put(out) }()
	var timer *time.Timer
	for {
		var deadline time.Time
		var done bool
		out.b, deadline, done = q.take(out.b[:0])
		switch {
		case done:
			return
		case len(out.b) > 0:
			if err := c.write(out.b); err != nil {
				q.fail()
				c.abort()
				continue
			}
			q.written()
			continue
		}
		wait := deadline.Sub(c.srv.now())
		if timer == nil {
			timer = time.NewTimer(wait)
			defer timer.Stop()
		} else {
			timer.Reset(wait)
		}
		select {
		case <-q.wake:
		case <-timer.C:
			q.expire(c.srv.now())
		}
	}
}
