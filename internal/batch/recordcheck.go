package batch

import (
	"fmt"
)

// recordCheck walks the records of one batch. It looks at every record but
// copies and allocates nothing; only when something is wrong with a
// timestamp or a key, a second walk names the records.
type recordCheck struct {
	h            *Header
	requireKeys  bool
	lo, hi       int64 // timestamps outside are refused, except NoTimestamp
	maxTimestamp int64
	// maxRecordBytes bounds records behind a codec; 0 = any.
	maxRecordBytes int
	suspect        bool // some record may have a bad timestamp or lacks its key
}

// check walks the records in b, compressed as the header says.
func (c *recordCheck) check(b []byte) error {
	// A record takes seven bytes or more, so this refuses absurd counts of
	// uncompressed batches before the walk.
	if c.h.Codec() == None && int64(c.h.Count)*7 > int64(len(b)) {
		return errorf(InvalidRecord, "Invalid reported count for record batch: %d", c.h.Count)
	}
	if err := c.walk(b, nil); err != nil {
		return err
	}
	if !c.suspect {
		return nil
	}
	var keyless, late []RecordError
	err := c.walk(b, func(i int32, r recordInfo) {
		ts := c.h.BaseTimestamp + r.timestampDelta
		switch {
		case c.requireKeys && !r.hasKey:
			keyless = appendRecordError(keyless, i, "Compacted topic cannot accept message without key")
		case ts != NoTimestamp && (ts < c.lo || ts > c.hi):
			late = appendRecordError(late, i, fmt.Sprintf("Timestamp %d of message with offset %d is out of range. The timestamp should be within [%d, %d]", ts, i, c.lo, c.hi))
		}
	})
	if err != nil {
		return err
	}
	switch {
	case len(late) > 0:
		return c.timestampError(append(late, keyless...))
	case len(keyless) > 0:
		e := errorf(InvalidRecord, "One or more records have been rejected due to %d record errors in total", len(keyless))
		e.Records = keyless
		return e
	}
	return nil
}

func appendRecordError(errs []RecordError, index int32, msg string) []RecordError {
	if len(errs) == maxRecordErrors {
		return errs
	}
	return append(errs, RecordError{Index: index, Message: msg})
}

func (c *recordCheck) timestampError(records []RecordError) error {
	e := errorf(InvalidTimestamp, "One or more records have been rejected due to invalid timestamp")
	e.Records = records
	return e
}

func (c *recordCheck) walk(b []byte, visit func(i int32, r recordInfo)) error {
	if c.h.Codec() != None {
		return c.walkCompressed(b, visit)
	}
	var r recordInfo
	for i := int32(0); i < c.h.Count; i++ {
		body, rest, ok := cutRecord(b)
		if !ok || !walkRecord(body, &r) || !c.one(i, &r) {
			return c.invalid(i)
		}
		if visit != nil {
			visit(i, r)
		}
		b = rest
	}
	if len(b) > 0 {
		return errTrailing()
	}
	return nil
}

// one checks what record i says of itself.
func (c *recordCheck) one(i int32, r *recordInfo) bool {
	if r.offsetDelta != i {
		return false
	}
	ts := c.h.BaseTimestamp + r.timestampDelta
	if ts > c.maxTimestamp {
		c.maxTimestamp = ts
	}
	if ts < c.lo || ts > c.hi || c.requireKeys && !r.hasKey {
		c.suspect = true
	}
	return true
}

func (c *recordCheck) walkCompressed(b []byte, visit func(i int32, r recordInfo)) error {
	w, err := openWindow(c.h.Codec(), b, OutputCap(len(b)))
	if err != nil {
		return err
	}
	defer w.close()
	var r recordInfo
	for i := int32(0); i < c.h.Count; i++ {
		ok, err := w.scan(&r, c.maxRecordBytes)
		if err != nil {
			return err
		}
		if !ok || !c.one(i, &r) {
			return c.invalid(i)
		}
		if visit != nil {
			visit(i, r)
		}
	}
	return w.finish()
}

func (c *recordCheck) invalid(i int32) error {
	return errorf(InvalidRecord, "Invalid record %d of %d in batch", i, c.h.Count)
}

func errTrailing() *Error {
	return errorf(InvalidRecord, "Incorrect declared batch size, records still remaining")
}
