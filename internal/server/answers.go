package server

import "encoding/binary"

// Answers collects the encoded answers of one run of staged requests. An answer
// may have holes: int16 error codes whose value is not known yet.
type Answers struct {
	b     []byte
	ends  []answerEnd
	holes []answerHole

	start       int    // of the answer being written
	holesBefore int    // holes of the answers before it
	firstHole   uint64 // ticket of holes[0]
}

// answerEnd closes an answer in b. A hole not completed after timeoutMs gets
// timeoutCode.
type answerEnd struct {
	end         int
	holes       int
	timeoutMs   int32
	timeoutCode int16
}

type answerHole struct {
	pos int // of the int16 in b
}

// Begin starts an answer and returns the buffer to append it to, from the
// response header on. The caller hands the grown buffer to End.
func (a *Answers) Begin() []byte {
	a.start, a.holesBefore = len(a.b), len(a.holes)
	return append(a.b, 0, 0, 0, 0)
}

// Hole marks the two bytes at pos in the buffer of the answer being written as
// an error code that is filled in by Conn.Complete with the returned ticket.
func (a *Answers) Hole(pos int) (ticket uint64) {
	a.holes = append(a.holes, answerHole{pos: pos})
	return a.firstHole + uint64(len(a.holes)-1)
}

// End finishes the answer begun last. timeoutMs and timeoutCode apply to the
// holes marked since; without holes they mean nothing.
func (a *Answers) End(b []byte, timeoutMs int32, timeoutCode int16) {
	binary.BigEndian.PutUint32(b[a.start:], uint32(len(b)-a.start-lengthBytes))
	a.b = b
	a.ends = append(a.ends, answerEnd{
		end:         len(b),
		holes:       len(a.holes) - a.holesBefore,
		timeoutMs:   timeoutMs,
		timeoutCode: timeoutCode,
	})
}

// reset empties a for a run whose first hole gets the given ticket.
func (a *Answers) reset(firstHole uint64) {
	a.b, a.ends, a.holes = a.b[:0], a.ends[:0], a.holes[:0]
	a.start, a.holesBefore, a.firstHole = 0, 0, firstHole
}
