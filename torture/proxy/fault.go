package proxy

import (
	"fmt"
	"sync/atomic"
	"time"
)

// Direction says which frames are meant.
type Direction uint8

// The directions.
const (
	Neither   Direction = 0
	Requests  Direction = 1
	Responses Direction = 2
	Both      Direction = Requests | Responses
)

// Hold lets the requests of one API wait, or their answers: then the request has been
// done and the client does not know.
type Hold struct {
	Key    int16 // of the API
	For    time.Duration
	Answer bool
}

// Fault is what a front does to its connections. The zero Fault does nothing.
type Fault struct {
	Seed uint64 // of chance

	Latency time.Duration // of every frame, in each direction
	Jitter  time.Duration // and up to this much more

	// SliceBytes is the size of the pieces that the first slicedBytes of a frame are
	// written in, 0: they are not. SlicePause is the time between two pieces.
	SliceBytes int
	SlicePause time.Duration

	// Reorder is the chance of a frame to wait until one that came later, over another
	// connection, has passed it; not for longer than reorderLimit.
	Reorder float64

	// Reset is the chance of a frame to be the last: a part of it is written, and both
	// ends of the connection are reset.
	Reset float64

	// Swallow are the frames that vanish, while the connection stays open.
	Swallow Direction

	// SlowClose is how long the end of a connection takes to get through.
	SlowClose time.Duration

	Holds []Hold
}

const (
	slicedBytes  = 512
	reorderLimit = time.Second
)

// hold is how long a frame of an API is held.
func (f *Fault) hold(key int16, answer bool) time.Duration {
	for _, h := range f.Holds {
		if h.Key == key && h.Answer == answer {
			return h.For
		}
	}
	return 0
}

// Counts are what a front has carried and what its faults have done.
type Counts struct {
	Connections, Refused int64 // Refused: the target did not take it
	Frames, Bytes        int64 // that arrived
	Delayed              int64 // frames that waited
	Held                 int64 // frames of a held API
	Sliced               int64 // frames in pieces
	Overtaken            int64 // frames that one of another connection passed
	Swallowed            int64 // bytes that vanished
	Cut                  int64 // connections that were reset
	ClosedLate           int64 // ends that waited
}

func (c Counts) String() string {
	return fmt.Sprintf("%d connections, %d frames, %d bytes; delayed %d, held %d, sliced %d, overtaken %d, swallowed %d bytes, cut %d, closed late %d",
		c.Connections, c.Frames, c.Bytes, c.Delayed, c.Held, c.Sliced, c.Overtaken, c.Swallowed, c.Cut, c.ClosedLate)
}

// Bit tells whether a fault did anything between two counts.
func (c Counts) Bit(before Counts) bool {
	return c.Delayed > before.Delayed || c.Held > before.Held || c.Sliced > before.Sliced || c.Overtaken > before.Overtaken ||
		c.Swallowed > before.Swallowed || c.Cut > before.Cut || c.ClosedLate > before.ClosedLate
}

// counters are Counts while they grow.
type counters struct {
	connections, refused, frames, bytes, delayed, held, sliced, overtaken, swallowed, cut, closedLate atomic.Int64
}

func (c *counters) counts() Counts {
	return Counts{
		Connections: c.connections.Load(), Refused: c.refused.Load(), Frames: c.frames.Load(), Bytes: c.bytes.Load(),
		Delayed: c.delayed.Load(), Held: c.held.Load(), Sliced: c.sliced.Load(), Overtaken: c.overtaken.Load(),
		Swallowed: c.swallowed.Load(), Cut: c.cut.Load(), ClosedLate: c.closedLate.Load(),
	}
}
