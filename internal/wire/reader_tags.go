package wire

// tagSection walks over the tagged fields at the end of a struct (KIP-482):
//
//	for tags := r.tags(); tags.next(r); {
//		switch tags.tag {
//		case 0:
//			m.Field = r.Int32()
//		default:
//			tags.skip(r)
//		}
//	}
//
// While a field is open the Reader ends where the field ends.
type tagSection struct {
	tag   uint32
	left  uint32
	last  int64  // the tag before, -1 for none
	open  bool   // a field is being read
	outer []byte // the Reader's buffer outside of the open field
}

// tags reads the number of tagged fields.
func (r *Reader) tags() tagSection {
	n := r.UVarint()
	// A field takes at least two bytes, its tag and its size.
	if n > MaxTaggedFields || int(n) > r.Remaining()/2 {
		r.fail("%d tagged fields with %d bytes left", n, r.Remaining())
		n = 0
	}
	return tagSection{left: n, last: -1}
}

// next closes the open field and opens the one after it, if there is one.
func (t *tagSection) next(r *Reader) bool {
	if t.open {
		t.close(r)
	}
	if t.left == 0 || r.err != nil {
		return false
	}
	t.left--
	t.tag = r.UVarint()
	size := r.UVarint()
	if r.err != nil {
		return false
	}
	if int64(t.tag) <= t.last {
		r.fail("tag %d after tag %d", t.tag, t.last)
		return false
	}
	if int64(size) > int64(r.Remaining()) {
		r.fail("tag %d of %d bytes with %d left", t.tag, size, r.Remaining())
		return false
	}
	t.last = int64(t.tag)
	t.outer, t.open = r.buf, true
	r.buf = r.buf[:r.off+int(size)]
	return true
}

// skip passes over the open field.
func (t *tagSection) skip(r *Reader) {
	r.off = len(r.buf)
}

func (t *tagSection) close(r *Reader) {
	if r.err == nil && r.off != len(r.buf) {
		r.fail("tag %d has %d bytes too many", t.tag, r.Remaining())
	}
	r.buf, t.open = t.outer, false
	if r.err != nil {
		r.off = len(r.buf)
	}
}

// skipTags reads the tagged fields of a struct that knows none.
func (r *Reader) skipTags() {
	if r.off < len(r.buf) && r.buf[r.off] == 0 { // nearly always
		r.off++
		return
	}
	for tags := r.tags(); tags.next(r); {
		tags.skip(r)
	}
}
