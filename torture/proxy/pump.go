package proxy

import (
	"net"
	"time"
)

// pump is one direction of a link.
type pump struct {
	k         *link
	from, to  net.Conn
	direction Direction
	frames    chan frame // closed at the end of from
}

// runRead takes frames from the sender.
func (p *pump) runRead() {
	defer close(p.frames)
	r := &reader{r: p.from}
	for {
		b, err := r.next()
		if len(b) > 0 && !p.take(b, r.raw || err != nil) {
			return
		}
		if err != nil {
			return
		}
	}
}

// take queues a frame; false: the link has ended.
func (p *pump) take(b []byte, raw bool) bool {
	k := p.k
	f := frame{bytes: b, at: time.Now(), number: k.f.arrived.Add(1), key: -1, luck: k.luck()}
	k.f.counts.frames.Add(1)
	k.f.counts.bytes.Add(int64(len(b)))
	if !raw {
		f.key = p.keyOf(b)
	}
	select {
	case p.frames <- f:
		return true
	case <-k.ended:
		return false
	}
}

func (p *pump) keyOf(b []byte) int16 {
	if p.direction == Requests {
		if r, ok := requestOf(b); ok {
			p.k.asked(r)
			return r.key
		}
	} else if correlation, ok := correlationOf(b); ok {
		return p.k.answered(correlation)
	}
	return -1
}

// runWrite gives frames to the receiver when their time has come.
func (p *pump) runWrite() {
	for f := range p.frames {
		if !p.deliver(f) {
			p.k.end()
			for range p.frames { // the reader may be about to queue one
			}
			return
		}
	}
	p.finish()
}

// deliver passes one frame on; false: the link is of no use any more.
func (p *pump) deliver(f frame) bool {
	fault, ok := p.await(&f)
	if !ok {
		return false
	}
	counts := &p.k.f.counts
	if lost := p.k.lost(p.direction); fault.Swallow&p.direction != 0 || lost.Load() {
		lost.Store(true)
		counts.swallowed.Add(int64(len(f.bytes)))
		return true
	}
	if f.luck.reset < fault.Reset {
		_, _ = p.to.Write(f.bytes[:int(f.luck.part*float64(len(f.bytes)))])
		p.k.reset()
		return false
	}
	if !p.write(f.bytes, fault) {
		return false
	}
	p.k.f.delivered(f, p.direction)
	return true
}

// await waits until the fault of the moment lets a frame through, and returns it.
func (p *pump) await(f *frame) (*current, bool) {
	held := false
	counts := &p.k.f.counts
	for {
		fault := p.k.f.fault.Load()
		hold := fault.hold(f.key, p.direction == Responses)
		due := f.at.Add(fault.Latency + time.Duration(f.luck.jitter*float64(fault.Jitter)) + hold)
		var moved <-chan struct{}
		if f.luck.reorder < fault.Reorder {
			var passed bool
			if passed, moved = p.k.f.overtaken(f.number, p.direction); !passed {
				due = later(due, f.at.Add(reorderLimit))
			}
		}
		if due.After(f.at) {
			once(&f.waited, counts.delayed.Add)
		}
		if hold > 0 {
			once(&held, counts.held.Add)
		}
		left := time.Until(due)
		if left <= 0 {
			return fault, true
		}
		t := time.NewTimer(left)
		select {
		case <-t.C:
		case <-fault.over:
		case <-moved:
		case <-p.k.ended:
			t.Stop()
			return nil, false
		}
		t.Stop()
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func once(done *bool, count func(int64) int64) {
	if !*done {
		*done = true
		count(1)
	}
}

// write writes a frame, its beginning in pieces if the fault says so.
func (p *pump) write(b []byte, fault *current) bool {
	if fault.SliceBytes > 0 {
		p.k.f.counts.sliced.Add(1)
		for end := len(b) - min(slicedBytes, len(b)); len(b) > end; {
			n := min(fault.SliceBytes, len(b)-end)
			if _, err := p.to.Write(b[:n]); err != nil || !p.pause(fault) {
				return false
			}
			b = b[n:]
		}
	}
	_, err := p.to.Write(b)
	return err == nil
}

// pause waits between two pieces, no longer than the fault lasts.
func (p *pump) pause(fault *current) bool {
	if fault.SlicePause <= 0 {
		return true
	}
	t := time.NewTimer(fault.SlicePause)
	defer t.Stop()
	select {
	case <-t.C:
	case <-fault.over:
	case <-p.k.ended:
		return false
	}
	return true
}

// finish passes the end of the stream on. One that lost bytes ends nowhere: the other
// side hears nothing until the front heals.
func (p *pump) finish() {
	fault := p.k.f.fault.Load()
	if wait := fault.SlowClose; wait > 0 {
		p.k.f.counts.closedLate.Add(1)
		t := time.NewTimer(wait)
		defer t.Stop()
		select {
		case <-t.C:
		case <-fault.over:
		case <-p.k.ended:
		}
	}
	if fault := p.k.f.fault.Load(); p.k.lost(p.direction).Load() || fault.Swallow&p.direction != 0 {
		select {
		case <-fault.over:
		case <-p.k.ended:
		}
		p.k.end()
		return
	}
	if tcp, ok := p.to.(*net.TCPConn); ok {
		_ = tcp.CloseWrite() // fails only when it is closed already
	}
}
