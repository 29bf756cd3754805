package server

import (
	"encoding/binary"
	"errors"
	"time"
)

// errHandlerClose ends a connection because the handler asked for it.
var errHandlerClose = errors.New("closed by the answer")

// dispatch processes every whole frame in the inbox. Neighbouring staged
// requests form a run; every other request is served alone, after all earlier
// answers have been written. An error closes the connection, after the answers
// to the requests before the offending one.
func (c *Conn) dispatch() error {
	c.nowMs = c.srv.now().UnixMilli()
	defer c.enterPhase(phaseParked)
	var run *stagedRun
	var failed error
	for failed == nil {
		frame, err := c.in.next()
		if err != nil {
			failed = c.srv.describeBadFrame(c, err)
			break
		}
		if frame == nil {
			break
		}
		c.enterPhase(phaseBusy)
		if c.srv.handler.Stages(int16(binary.BigEndian.Uint16(frame))) {
			if run == nil {
				run = c.beginRun()
			}
			failed = run.handler.Stage(frame)
			if run.answers.Next() < run.room {
				continue
			}
			if err := c.commitRun(run); err != nil {
				return err
			}
			run = nil
			continue
		}
		if run != nil {
			if failed = c.commitRun(run); failed != nil {
				return failed
			}
			run = nil
		}
		failed = c.serve(frame)
	}
	if run != nil {
		if err := c.commitRun(run); failed == nil {
			failed = err
		}
	}
	return failed
}

// stagedRun is the server's half of a run; it is pooled.
type stagedRun struct {
	handler Run
	answers Answers
	room    int // answers it may have, so that MaxWaitingAnswers is not exceeded
}

func (c *Conn) beginRun() *stagedRun {
	run, _ := c.srv.runs.Get().(*stagedRun)
	if run == nil {
		run = &stagedRun{}
	}
	var nextHole uint64
	run.room = MaxWaitingAnswers
	if q := c.queue.Load(); q != nil {
		var waiting int
		waiting, nextHole = q.waiting()
		run.room -= waiting // commitRun left room for one at least
	}
	run.answers.reset(nextHole)
	run.handler = c.srv.handler.NewRun(c, &run.answers)
	return run
}

// commitRun makes the run's requests real and sends the answers: in one write
// when nothing waits, through the queue otherwise.
func (c *Conn) commitRun(run *stagedRun) error {
	err := run.handler.Commit()
	queued, sendErr := c.sendAnswers(&run.answers)
	run.handler.Armed()
	run.handler = nil
	c.srv.runs.Put(run)
	if queued && !c.queue.Load().waitBelow(MaxWaitingAnswers) {
		sendErr = errBroken
	}
	if err == nil {
		err = sendErr
	}
	return err
}

// sendAnswers writes the answers, or puts them in the queue when one of them or
// an earlier one waits.
func (c *Conn) sendAnswers(a *Answers) (queued bool, err error) {
	q := c.queue.Load()
	if q == nil && len(a.holes) > 0 {
		q = newAnswerQueue()
		c.queue.Store(q)
	}
	idle := true
	if q != nil {
		idle = q.idle()
	}
	if idle && len(a.holes) == 0 {
		if len(a.b) == 0 {
			return false, nil
		}
		return false, c.write(a.b)
	}
	if q.push(a, c.srv.now()) {
		c.srv.conns.Add(1)
		go c.runAnswers()
	}
	return true, nil
}

// serve answers one request that is not staged.
func (c *Conn) serve(frame []byte) error {
	if q := c.queue.Load(); q != nil && !q.waitBelow(1) {
		return errBroken
	}
	own := c.in.detach(frame)
	defer c.srv.buffers.put(own)
	out, _ := c.srv.responses.Get().(*Response)
	if out == nil {
		out = &Response{}
	}
	defer c.srv.recycle(out)
	out.begin(out.B)
	if err := c.srv.handler.Serve(c, own.b, out); err != nil {
		return err
	}
	out.seal()
	sending := time.Now()
	if err := c.send(out); err != nil {
		return err
	}
	out.sent(sending)
	c.nowMs = c.srv.now().UnixMilli()
	if out.CloseAfter {
		return errHandlerClose
	}
	return nil
}
