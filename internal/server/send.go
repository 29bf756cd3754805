package server

import "fmt"

// copyMaxBytes is the largest answer that is read into one buffer and written
// at once. On loopback copying costs the reader less than sendfile does and the
// broker no more; above this size one write would need several wake-ups of the
// peer anyway, and sendfile saves the copy.
const copyMaxBytes = 1<<20 + 64<<10

// send writes a whole answer.
func (c *Conn) send(r *Response) error {
	if len(r.cuts) == 0 {
		return c.write(r.B)
	}
	if r.Len() <= copyMaxBytes {
		return c.sendCopied(r)
	}
	return c.sendParts(r)
}

// sendCopied puts the answer together in one pooled buffer.
func (c *Conn) sendCopied(r *Response) error {
	buf := c.srv.buffers.get(r.Len())
	defer c.srv.buffers.put(buf)
	n, at := 0, 0
	for _, cut := range r.cuts {
		n += copy(buf.b[n:], r.B[at:cut.at])
		at = cut.at
		if err := readSlice(cut.slice, buf.b[n:n+cut.slice.Len()], 0); err != nil {
			return err
		}
		n += cut.slice.Len()
	}
	n += copy(buf.b[n:], r.B[at:])
	return c.write(buf.b[:n])
}

// sendParts writes bytes and file slices one after the other.
func (c *Conn) sendParts(r *Response) error {
	at := 0
	for _, cut := range r.cuts {
		if err := c.sendSlice(r.B[at:cut.at], cut.slice); err != nil {
			return err
		}
		at = cut.at
	}
	if at == len(r.B) {
		return nil
	}
	return c.write(r.B[at:])
}

// sendSlice writes head and then the slice.
func (c *Conn) sendSlice(head []byte, s FileSlice) error {
	if fd, pos, ok := s.Region(); ok && c.raw != nil {
		if done, err := c.sendfile(head, fd, pos, s.Len()); done {
			return err
		}
	}
	if err := c.write(head); err != nil {
		return err
	}
	buf := c.srv.buffers.get(min(s.Len(), copyMaxBytes))
	defer c.srv.buffers.put(buf)
	for off := 0; off < s.Len(); {
		chunk := buf.b[:min(s.Len()-off, len(buf.b))]
		if err := readSlice(s, chunk, int64(off)); err != nil {
			return err
		}
		if err := c.write(chunk); err != nil {
			return err
		}
		off += len(chunk)
	}
	return nil
}

// readSlice fills p from the slice. Bytes of a slice are in the file by
// contract, so a short read is an error like any other.
func readSlice(s FileSlice, p []byte, off int64) error {
	n, err := s.ReadAt(p, off)
	if n == len(p) {
		return nil
	}
	return fmt.Errorf("read %d of %d bytes to send: %w", n, len(p), err)
}

// recycle returns a Response to the pool.
func (s *Server) recycle(r *Response) {
	r.release()
	if cap(r.B) > readBufBytes {
		r.B = nil
	}
	s.responses.Put(r)
}
