package cli

import (
	"bufio"
	"io"
	"sync"
)

// outputBuffer holds back what a tool prints. Client libraries call back from
// goroutines of their own, so it may be written to from several.
type outputBuffer struct {
	mu  sync.Mutex
	buf *bufio.Writer
}

func (o *outputBuffer) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

// Flush sends on what is held back.
func (o *outputBuffer) Flush() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Flush()
}

// flushFirst writes to stderr after everything that was printed on stdout
// before, so that the two streams keep their order on a terminal.
type flushFirst struct {
	out *outputBuffer
	err io.Writer
}

func (f flushFirst) Write(p []byte) (int, error) {
	f.out.mu.Lock()
	defer f.out.mu.Unlock()
	_ = f.out.buf.Flush()
	return f.err.Write(p)
}

// flush sends on what stdout holds back; it returns the error of a reader that
// went away.
func (e *Env) flush() error {
	if b, ok := e.Stdout.(*outputBuffer); ok {
		return b.Flush()
	}
	return nil
}
