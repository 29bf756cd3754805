package peer

import (
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/brolga-io/brolga/internal/wire"
)

// Pipe is one open connection on which requests of one API and version leave
// without waiting for the answers before. It ends with its first error and is not
// opened again.
type Pipe struct {
	o       Options
	nc      net.Conn
	key     int16
	version int16
	answer  func(r *wire.Reader) error

	out  []byte // of Write
	next int32

	done chan struct{}

	mu  sync.Mutex
	err error // set before done is closed
}

// OpenPipe dials and starts reading. answer is called for each answer, in order
// and by one goroutine, with a reader behind the header; an error of it ends the
// pipe.
func OpenPipe(o Options, address string, key, version int16, answer func(r *wire.Reader) error) (*Pipe, error) {
	o = o.withDefaults()
	nc, err := o.Dial(address, o.ConnectTimeout)
	if err != nil {
		return nil, fmt.Errorf("%w to %s: %w", ErrConnect, address, err)
	}
	p := &Pipe{o: o, nc: nc, key: key, version: version, answer: answer, done: make(chan struct{})}
	go p.runAnswers()
	return p, nil
}

// Write sends a request. It blocks while the other end does not read, for
// RequestTimeout at most; then, and after any other error, the pipe is over.
func (p *Pipe) Write(req wire.Request) error {
	p.next++
	h := wire.RequestHeader{APIKey: p.key, APIVersion: p.version, CorrelationID: p.next, ClientID: &p.o.ClientID}
	p.out = appendRequest(p.out[:0], h, req)
	err := p.nc.SetWriteDeadline(time.Now().Add(p.o.RequestTimeout))
	if err == nil {
		_, err = p.nc.Write(p.out)
	}
	if cap(p.out) > keptBufferBytes {
		p.out = nil
	}
	if err != nil {
		p.note(err)
		p.nc.Close() // ends the reader
	}
	return err
}

// runAnswers reads answers until the connection ends.
func (p *Pipe) runAnswers() {
	defer close(p.done)
	in := frameReader{maxBytes: p.o.MaxAnswerBytes}
	for expected := int32(1); ; expected++ {
		frame, err := in.next(p.nc)
		if err == nil {
			err = p.take(frame, expected)
		}
		if err != nil {
			p.end(err)
			return
		}
	}
}

func (p *Pipe) take(frame []byte, expected int32) error {
	r := wire.NewReader(frame)
	id, err := wire.DecodeResponseHeader(r, p.key, p.version)
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", errAnswer, err)
	case id != expected:
		return fmt.Errorf("%w: correlation id %d instead of %d", errAnswer, id, expected)
	}
	return p.answer(r)
}

// note keeps the first reason why the pipe is over.
func (p *Pipe) note(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err == nil {
		p.err = err
	}
}

// end is the last thing that the reader does.
func (p *Pipe) end(err error) {
	p.nc.Close()
	p.note(err)
	if p.o.OnLost != nil && p.Lost() {
		p.o.OnLost(p.Err())
	}
}

// Done is closed when the pipe is over; Err tells why, then.
func (p *Pipe) Done() <-chan struct{} { return p.done }

// Err is why the pipe is over: ErrClosed after Close.
func (p *Pipe) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// Lost tells whether the pipe is over because the other end closed it or is gone.
func (p *Pipe) Lost() bool { return lost(p.Err()) }

// Close ends the pipe and waits for its goroutine. It must not be called by
// answer.
func (p *Pipe) Close() {
	p.note(ErrClosed)
	p.nc.Close()
	<-p.done
}
