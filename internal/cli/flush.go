package cli

import (
	"bufio"
	"io"
)

// flushFirst writes to stderr after everything that was printed on stdout
// before, so that the two streams keep their order on a terminal.
type flushFirst struct {
	out *bufio.Writer
	err io.Writer
}

func (f flushFirst) Write(p []byte) (int, error) {
	_ = f.out.Flush()
	return f.err.Write(p)
}

// flush sends on what stdout holds back; it returns the error of a reader that
// went away.
func (e *Env) flush() error {
	if b, ok := e.Stdout.(*bufio.Writer); ok {
		return b.Flush()
	}
	return nil
}
