package cli

import (
	"bufio"
	"fmt"
	"io"
)

// maxLineBytes bounds a line of input; brokers take no record near that size.
const maxLineBytes = 1 << 30

// lineInput reads lines that end in \n, \r or \r\n, as Java's BufferedReader.
type lineInput struct {
	in *bufio.Reader
	// afterCR is set after a line that ended in \r: a \n that follows belongs
	// to that end. Waiting for it at once would block a terminal.
	afterCR bool
}

func newLineInput(in io.Reader) *lineInput { return &lineInput{in: bufio.NewReaderSize(in, 64<<10)} }

// next returns the next line without its end. io.EOF comes alone.
func (l *lineInput) next() (string, error) {
	var line []byte
	for {
		c, err := l.in.ReadByte()
		afterCR := l.afterCR
		l.afterCR = err == nil && c == '\r'
		switch {
		case err == io.EOF && len(line) > 0:
			return string(line), nil
		case err != nil:
			return "", err
		case c == '\n' && afterCR:
			continue
		case c == '\n' || c == '\r':
			return string(line), nil
		case len(line) == maxLineBytes:
			return "", fmt.Errorf("a line is longer than %d bytes", maxLineBytes)
		}
		line = append(line, c)
	}
}
