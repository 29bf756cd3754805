package server

import (
	"encoding/binary"
	"time"

	"github.com/brolga-io/brolga/internal/metrics"
)

// Response is one encoded answer: bytes in B with slices of files between them.
// The server reuses it; a handler must not keep it or B after Serve.
type Response struct {
	// B holds the answer from the response header on; the handler appends to
	// it. The first lengthBytes bytes are the frame length, which the server
	// fills in.
	B []byte

	// CloseAfter asks for the connection to be closed when the answer is sent.
	CloseAfter bool

	// Owner, if not nil, is released when the answer was sent or given up.
	Owner Releaser

	measured *metrics.API // nil: nobody wants to know
	began    time.Time

	cuts      []fileCut
	fileBytes int
}

// fileCut is a file slice that goes out before byte at of B.
type fileCut struct {
	at    int
	slice FileSlice
}

const lengthBytes = 4

// Measure has the time from begin to the end of sending, and that of sending alone,
// counted for an API.
func (r *Response) Measure(m *metrics.API, begin time.Time) { r.measured, r.began = m, begin }

// sent counts the times of an answer whose sending began at the given time.
func (r *Response) sent(since time.Time) {
	if r.measured == nil {
		return
	}
	now := time.Now()
	r.measured.Send.Observe(now.Sub(since))
	r.measured.Total.Observe(now.Sub(r.began))
}

// AddFile puts a file slice before byte at of B. Slices are added in the order
// in which they are sent.
func (r *Response) AddFile(at int, s FileSlice) {
	r.cuts = append(r.cuts, fileCut{at: at, slice: s})
	r.fileBytes += s.Len()
}

// Len is the size of the answer with its length field.
func (r *Response) Len() int { return len(r.B) + r.fileBytes }

// begin makes r empty and able to take an answer.
func (r *Response) begin(b []byte) {
	r.B = append(b[:0], 0, 0, 0, 0)
	r.CloseAfter = false
	r.measured = nil
}

// seal fills in the frame length.
func (r *Response) seal() {
	binary.BigEndian.PutUint32(r.B, uint32(r.Len()-lengthBytes))
}

// release tells the owner that the answer needs nothing of it any more.
func (r *Response) release() {
	clear(r.cuts)
	r.cuts, r.fileBytes = r.cuts[:0], 0
	if r.Owner != nil {
		r.Owner.Release()
		r.Owner = nil
	}
}
