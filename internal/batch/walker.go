package batch

// Brief is what compaction needs to know of a record. Its slices are valid
// until the next call of Walker.Next.
type Brief struct {
	OffsetDelta    int32
	TimestampDelta int64
	Key            []byte // nil is null
	HasValue       bool   // false for a tombstone
	Raw            []byte // the whole record, its length in front
}

// Walker iterates the records of one batch without allocating for each, and
// without holding all records of a compressed batch:
//
//	for w.Next(&r) { use(r) }
//	if err := w.Err(); err != nil { … }
//
// It must be closed, and may be used again after that.
type Walker struct {
	h    Header
	rest []byte  // records still to come, if they are not compressed
	win  *window // otherwise
	left int32
	last int32 // offset delta of the record before
	err  error
}

// Open starts over with the whole batch b, whose header is h. The CRC is not
// checked.
func (w *Walker) Open(h *Header, b []byte) error {
	*w = Walker{h: *h, left: h.Count, last: -1}
	switch {
	case h.Count < 0:
		return errorf(InvalidRecord, "Invalid reported count for record batch: %d", h.Count)
	case h.Count == 0:
		return nil // what compaction leaves to keep an offset
	case h.Codec() == None:
		w.rest = b[HeaderSize:]
		return nil
	case !h.Codec().Valid():
		return errorf(UnsupportedCompression, "Unknown compression type id: %d", h.Codec())
	}
	var err error
	w.win, err = openWindow(h.Codec(), b[HeaderSize:], OutputCap(len(b)))
	return err
}

// Close gives pooled memory back.
func (w *Walker) Close() {
	if w.win != nil {
		w.win.close()
		w.win = nil
	}
}

// Err is the error that ended the iteration early, or nil.
func (w *Walker) Err() error { return w.err }

// Next moves to the next record. It returns false at the end and at the first
// record that is malformed.
func (w *Walker) Next(r *Brief) bool {
	if w.err != nil {
		return false
	}
	if w.left == 0 {
		w.err = w.finish()
		return false
	}
	body, ok := w.cut(r)
	if !ok {
		return false
	}
	if !r.read(body) || r.OffsetDelta <= w.last || r.OffsetDelta > w.h.LastOffsetDelta {
		w.err = errorf(InvalidRecord, "Invalid record %d of %d in batch", w.h.Count-w.left, w.h.Count)
		return false
	}
	w.last = r.OffsetDelta
	w.left--
	return true
}

// cut takes the next record off and returns its body.
func (w *Walker) cut(r *Brief) ([]byte, bool) {
	if w.win != nil {
		body, err := w.win.next()
		if err != nil {
			w.err = err
			return nil, false
		}
		r.Raw = w.win.buf[w.win.start:w.win.pos]
		return body, true
	}
	body, rest, ok := cutRecord(w.rest)
	if !ok {
		w.err = errorf(InvalidRecord, "Invalid record %d of %d in batch", w.h.Count-w.left, w.h.Count)
		return nil, false
	}
	r.Raw = w.rest[:len(w.rest)-len(rest)]
	w.rest = rest
	return body, true
}

func (w *Walker) finish() error {
	if w.win != nil {
		return w.win.finish()
	}
	if len(w.rest) > 0 {
		return errTrailing()
	}
	return nil
}

// read decodes the record body b after checking all of its structure.
func (r *Brief) read(b []byte) bool {
	var info recordInfo
	if !walkRecord(b, &info) {
		return false
	}
	r.OffsetDelta, r.TimestampDelta = info.offsetDelta, info.timestampDelta
	// The walk has checked every length, so only positions matter below.
	_, i := varlong(b, 1)
	_, i = varint(b, i)
	r.Key, i = takeBytes(b, i)
	valueLen, _ := varint(b, i)
	r.HasValue = valueLen >= 0
	return true
}
