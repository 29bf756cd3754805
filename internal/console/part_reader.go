package console

import (
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"
)

// partReader reads one partition forwards or backwards and keeps the records
// that passed the filter until they are taken.
//
// Forwards, next is the first offset not yet read and stop the first not to be.
// Backwards, next is the last offset read and stop the last to be; as brokers
// only read forwards, a window before next is read and turned around.
type partReader struct {
	number  int32
	forward bool
	next    int64
	stop    int64
	buf     []*kgo.Record // in the order in which they are to be taken
	err     error

	// Of a window backwards:
	window int64 // offsets
	from   int64 // where it begins
	at     int64 // how far it was read
	got    []*kgo.Record
	bytes  int
}

// Windows backwards: how many offsets at first and at most, and how many bytes
// are held of one.
const (
	firstWindow    = 64
	largestWindow  = 20_000
	maxWindowBytes = 16 << 20
)

func newPartReader(number int32, forward bool, at, stop int64) *partReader {
	r := &partReader{number: number, forward: forward, next: at, stop: stop, window: firstWindow}
	if !forward {
		r.open()
	}
	return r
}

// done tells that nothing is left to be read.
func (r *partReader) done() bool {
	if r.err != nil {
		return true
	}
	if r.forward {
		return r.next >= r.stop
	}
	return r.next <= r.stop
}

// position is where a reader that took no more than what was taken would go on.
func (r *partReader) position() int64 {
	switch {
	case len(r.buf) == 0:
		return r.next
	case r.forward:
		return r.buf[0].Offset
	}
	return r.buf[0].Offset + 1
}

// open begins the window before next.
func (r *partReader) open() {
	r.from = max(r.stop, r.next-r.window)
	r.at, r.got, r.bytes = r.from, nil, 0
}

// ask is where to read.
func (r *partReader) ask() fetchAsk {
	if r.forward {
		return fetchAsk{r.number, r.next}
	}
	return fetchAsk{r.number, r.at}
}

// take notes what was read; keep tells which records pass. What lies outside of
// what is wanted is not looked at.
func (r *partReader) take(f fetched, keep func(*kgo.Record) bool) {
	if f.err != nil {
		r.err = f.err
		return
	}
	if r.forward {
		r.takeForward(f, keep)
		return
	}
	for _, rec := range f.records {
		if rec.Offset >= r.from && rec.Offset < r.next && keep(rec) {
			r.got = append(r.got, rec)
			r.bytes += recordBytes(rec)
		}
	}
	for r.bytes > maxWindowBytes && len(r.got) > 1 {
		r.bytes -= recordBytes(r.got[0])
		r.got = r.got[1:]
		r.from = r.got[0].Offset // what is before it is read again later
	}
	if f.next > r.at && f.next < r.next {
		r.at = f.next
		return
	}
	r.close()
}

// close turns a window around that was read to its end.
func (r *partReader) close() {
	slices.Reverse(r.got)
	r.buf, r.got = r.got, nil
	r.next = r.from
	if len(r.buf) < int(r.window)/4 {
		r.window = min(2*r.window, largestWindow)
	}
	if !r.done() {
		r.open()
	}
}

func (r *partReader) takeForward(f fetched, keep func(*kgo.Record) bool) {
	for _, rec := range f.records {
		if rec.Offset >= r.next && rec.Offset < r.stop && keep(rec) {
			r.buf = append(r.buf, rec)
		}
	}
	if f.next <= r.next {
		r.next = r.stop // the broker has nothing there: the rest was deleted meanwhile
		return
	}
	r.next = f.next
}

func recordBytes(r *kgo.Record) int {
	n := len(r.Key) + len(r.Value) + 32
	for _, h := range r.Headers {
		n += len(h.Key) + len(h.Value)
	}
	return n
}
