package batch

// scan checks the structure of the next record, as walkRecord does. A record that
// is larger than a window passes through it piece by piece: what a few bytes
// unpack to costs time, which the output cap bounds, and no memory. A record of
// more than maxBytes is an error, unless that is 0.
func (w *window) scan(r *recordInfo, maxBytes int) (ok bool, err error) {
	for {
		rest := w.buf[w.pos:]
		if n, i := varint(rest, 0); maxBytes > 0 && i > 0 && int(n) > maxBytes {
			return false, errorf(InvalidRecord, "Record of %d bytes after decompression exceeds the maximum of %d", n, maxBytes)
		}
		if body, after, whole := cutRecord(rest); whole {
			w.pos = len(w.buf) - len(after)
			return walkRecord(body, r), nil
		}
		if n, i := varint(rest, 0); i > 0 && n > windowSize {
			w.pos += i
			s := skim{w: w, left: int(n)}
			ok := s.record(r)
			return ok, s.err
		}
		if err := w.more(); err != nil {
			return false, err
		}
	}
}

// skim reads one record out of a window and keeps nothing of it.
type skim struct {
	w    *window
	left int // bytes of the record still to come
	err  error
}

// record is walkRecord.
func (s *skim) record(r *recordInfo) bool {
	s.skip(1) // attributes, which have no meaning yet
	r.timestampDelta = s.varlong()
	r.offsetDelta = s.varint()
	keyLen := s.varint()
	s.skip(keyLen)
	r.hasKey = keyLen >= 0
	s.skip(s.varint())
	// A header takes two bytes or more.
	headers := s.varint()
	if headers < 0 || int(headers) > s.left/2 {
		return false
	}
	for ; headers > 0 && s.left > 0; headers-- {
		keyLen := s.varint()
		if keyLen < 0 {
			return false
		}
		s.skip(keyLen)
		s.skip(s.varint())
	}
	return s.left == 0 && headers == 0
}

// fail makes the record invalid: nothing more is read of it.
func (s *skim) fail() { s.left = -1 }

// ahead returns the bytes of the record that are in the window: the whole next
// number at least.
func (s *skim) ahead() []byte {
	const numberBytes = 10
	for s.left > 0 && len(s.w.buf)-s.w.pos < min(s.left, numberBytes) {
		if s.err = s.w.more(); s.err != nil {
			s.fail()
		}
	}
	if s.left <= 0 {
		return nil
	}
	b := s.w.buf[s.w.pos:]
	return b[:min(len(b), s.left)]
}

func (s *skim) varint() int32 {
	n, i := varint(s.ahead(), 0)
	s.took(i)
	return n
}

func (s *skim) varlong() int64 {
	n, i := varlong(s.ahead(), 0)
	s.took(i)
	return n
}

// took moves behind a number of n bytes; a negative n is a number that is none.
func (s *skim) took(n int) {
	if n < 0 {
		s.fail()
		return
	}
	s.w.pos += n
	s.left -= n
}

// skip passes over n bytes; a negative n is null.
func (s *skim) skip(n int32) {
	if int(n) > s.left {
		s.fail()
		return
	}
	for todo := int(n); todo > 0 && s.left > 0; {
		step := min(todo, len(s.w.buf)-s.w.pos)
		s.w.pos += step
		s.left -= step
		if todo -= step; todo == 0 {
			return
		}
		if s.err = s.w.more(); s.err != nil {
			s.fail()
		}
	}
}
