package batch

import (
	"errors"
	"io"
	"slices"
	"sync"
)

// windowSize is how much decompressed data is looked at at once. Larger
// records make their window grow as their bytes arrive.
const windowSize = 64 << 10

// window cuts records out of a decompressed stream without holding all of it. A
// record that is only checked (scan) is never held as a whole either.
type window struct {
	d         *decompressor
	buf       []byte // buf[pos:] is decompressed and not yet consumed
	start     int    // of the record that next returned last, with its length
	pos       int
	output    int64 // bytes decompressed so far
	maxOutput int64
	eof       bool
}

var windows = sync.Pool{New: func() any { return &window{buf: make([]byte, 0, windowSize)} }}

func openWindow(codec Codec, src []byte, maxOutput int64) (*window, error) {
	d, err := openDecompressor(codec, src)
	if err != nil {
		return nil, errorf(InvalidRecord, "Records cannot be decompressed (%s): %v", codec, err)
	}
	w := windows.Get().(*window)
	*w = window{d: d, buf: w.buf[:0], maxOutput: maxOutput}
	return w, nil
}

func (w *window) close() {
	closeDecompressor(w.d)
	w.d = nil
	if cap(w.buf) > 16*windowSize {
		w.buf = make([]byte, 0, windowSize)
	}
	windows.Put(w)
}

// next returns the body of the next record, valid until the next call.
func (w *window) next() ([]byte, error) {
	for {
		if body, rest, ok := cutRecord(w.buf[w.pos:]); ok {
			w.start, w.pos = w.pos, len(w.buf)-len(rest)
			return body, nil
		}
		if err := w.more(); err != nil {
			return nil, err
		}
	}
}

// more is fill where there must be more.
func (w *window) more() error {
	if w.eof {
		return errorf(InvalidRecord, "Invalid record size: the records end before the declared count")
	}
	return w.fill()
}

// finish checks that no byte is left.
func (w *window) finish() error {
	for w.pos == len(w.buf) && !w.eof {
		if err := w.fill(); err != nil {
			return err
		}
	}
	if w.pos < len(w.buf) {
		return errTrailing()
	}
	return nil
}

// fill reads more, after moving what is left to the front.
func (w *window) fill() error {
	if w.pos > 0 {
		w.buf = w.buf[:copy(w.buf, w.buf[w.pos:])]
		w.pos = 0
	}
	if n, i := varint(w.buf, 0); i > 0 && n < 0 {
		return errorf(InvalidRecord, "Invalid record size %d", n)
	}
	if len(w.buf) == cap(w.buf) {
		// Doubling costs twice the record in all; append would cost five times.
		w.buf = slices.Grow(w.buf, max(windowSize, len(w.buf)))
	}
	n, err := w.d.Read(w.buf[len(w.buf):cap(w.buf)])
	w.buf = w.buf[:len(w.buf)+n]
	w.output += int64(n)
	switch {
	case w.output > w.maxOutput:
		return errorf(InvalidRecord, "Records cannot be decompressed (%s): %v of %d bytes", w.d.codec, errOutputCap, w.maxOutput)
	case errors.Is(err, io.EOF):
		w.eof = true
	case err != nil:
		return errorf(InvalidRecord, "Records cannot be decompressed (%s): %v", w.d.codec, err)
	}
	return nil
}
