package server

import "encoding/binary"

// Answers collects the encoded answers of one run of staged requests. An answer
// may have holes: int16 error codes whose value is not known yet.
type Answers struct {
	b     []byte
	ends  []answerEnd
	holes []answerHole

	start     int    // of the answer being written
	firstHole uint64 // ticket of holes[0]
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

// Next is the number that the next answer gets from End.
func (a *Answers) Next() int { return len(a.ends) }

// Begin starts an answer and returns the buffer to append it to, from the
// response header on. The caller hands the grown buffer to End.
func (a *Answers) Begin() []byte {
	a.start = len(a.b)
	return append(a.b, 0, 0, 0, 0)
}

// End finishes the answer begun last and returns its number for Hole. A hole
// that is still open after timeoutMs gets timeoutCode.
func (a *Answers) End(b []byte, timeoutMs int32, timeoutCode int16) int {
	binary.BigEndian.PutUint32(b[a.start:], uint32(len(b)-a.start-lengthBytes))
	a.b = b
	a.ends = append(a.ends, answerEnd{end: len(b), timeoutMs: timeoutMs, timeoutCode: timeoutCode})
	return len(a.ends) - 1
}

// Bytes are all answers so far. Positions in it are those of the buffers that
// Begin returned; error codes and offsets may be corrected in place.
func (a *Answers) Bytes() []byte { return a.b }

// Hole marks the two bytes at pos as an error code that is filled in by
// Conn.Complete with the returned ticket. Holes are marked in the order of their
// answers.
func (a *Answers) Hole(answer, pos int) (ticket uint64) {
	a.ends[answer].holes++
	a.holes = append(a.holes, answerHole{pos: pos})
	return a.firstHole + uint64(len(a.holes)-1)
}

// reset empties a for a run whose first hole gets the given ticket.
func (a *Answers) reset(firstHole uint64) {
	a.b, a.ends, a.holes = a.b[:0], a.ends[:0], a.holes[:0]
	a.start, a.firstHole = 0, firstHole
}
