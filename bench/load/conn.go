package load

import (
	"fmt"
	"io"
	"net"
	"time"
)

// conn is a connection with a buffer for answers.
type conn struct {
	net.Conn
	buf []byte
}

func dial(addr string) (*conn, error) {
	c, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c, buf: make([]byte, 64<<10)}, nil
}

// dialSoon connects as soon as somebody listens.
func dialSoon(addr string) (*conn, error) {
	for deadline := time.Now().Add(firstAckTimeout); ; time.Sleep(100 * time.Microsecond) {
		c, err := dial(addr)
		if err == nil || time.Now().After(deadline) {
			return c, err
		}
	}
}

// ask sends a request and returns the answer without its length. It is valid
// until the next call.
func (c *conn) ask(request []byte) ([]byte, error) {
	if _, err := c.Write(request); err != nil {
		return nil, err
	}
	return c.answer()
}

func (c *conn) answer() ([]byte, error) {
	if _, err := io.ReadFull(c, c.buf[:4]); err != nil {
		return nil, err
	}
	n := int(be.Uint32(c.buf))
	if n > len(c.buf) {
		c.buf = make([]byte, n+n/4)
	}
	_, err := io.ReadFull(c, c.buf[:n])
	return c.buf[:n], err
}

// produce sends one Produce request and checks its answer.
func (c *conn) produce(request []byte) error {
	b, err := c.ask(request)
	if err != nil {
		return err
	}
	return checkProduced(b)
}

func checkProduced(b []byte) error {
	if code := produceError(b); code != 0 {
		return fmt.Errorf("produce was answered with error code %d", code)
	}
	return nil
}

// fetched is what a Fetch answer holds.
type fetched struct {
	records   []byte
	watermark int64
}

// fetch asks for records from offset.
func (c *conn) fetch(partition int, offset int64, maxBytes, waitMs int) (fetched, error) {
	b, err := c.ask(fetchRequest(consumer, partition, offset, maxBytes, waitMs))
	if err != nil {
		return fetched{}, err
	}
	return parseFetched(b)
}

func parseFetched(b []byte) (fetched, error) {
	code := be.Uint16(b[8:])
	b = b[4+4+2+4+4+2+len(Topic)+4+4:]
	if part := be.Uint16(b); code != 0 || part != 0 {
		return fetched{}, fmt.Errorf("fetch was answered with error codes %d and %d", int16(code), int16(part))
	}
	f := fetched{watermark: int64(be.Uint64(b[2:]))}
	b = b[2+8+8+8:]
	aborted := max(int(int32(be.Uint32(b))), 0)
	b = b[4+16*aborted+4:]
	if n := int(int32(be.Uint32(b))); n > 0 {
		f.records = b[4 : 4+n]
	}
	return f, nil
}

// next walks over the batches and returns the offset after the last one.
func (f *fetched) next(offset int64, each func(baseOffset int64)) int64 {
	for b := f.records; len(b) >= 61; {
		size := int(be.Uint32(b[8:])) + 12
		if size > len(b) {
			break
		}
		base := int64(be.Uint64(b))
		if each != nil {
			each(base)
		}
		offset = base + int64(be.Uint32(b[23:])) + 1
		b = b[size:]
	}
	return offset
}
