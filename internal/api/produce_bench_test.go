package api

import (
	"bytes"
	"io"
	"net"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/batch"
)

// discardConn gives the server the same bytes again and again, and swallows the
// answers.
type discardConn struct {
	net.Conn
	read func(p []byte) (int, error)
}

func (c *discardConn) Read(p []byte) (int, error)      { return c.read(p) }
func (c *discardConn) Write(p []byte) (int, error)     { return len(p), nil }
func (c *discardConn) Close() error                    { return nil }
func (c *discardConn) RemoteAddr() net.Addr            { return &net.UnixAddr{} }
func (c *discardConn) SetDeadline(time.Time) error     { return nil }
func (c *discardConn) SetReadDeadline(time.Time) error { return nil }

func benchProduce(b *testing.B, recs, size, perRead int) {
	br := newDataBroker(b)
	br.topic("bench", 1, "retention.bytes", "1000000")
	builder := batch.NewBuilder(batch.NoProducer())
	for range recs {
		builder.Append(time.Now().UnixMilli(), nil, bytes.Repeat([]byte("x"), size))
	}
	cl := br.client()
	req := cl.encode(produceTo("bench", 0, 1, builder.Build(nil)), 9)
	in := bytes.Repeat(req, perRead)
	left := b.N
	done := make(chan struct{})
	conn := &discardConn{}
	conn.read = func(p []byte) (int, error) {
		if left <= 0 {
			close(done)
			return 0, io.EOF
		}
		n := min(perRead, left)
		left -= n
		return copy(p, in[:n*len(req)]), nil
	}
	b.SetBytes(int64(len(req)))
	b.ReportAllocs()
	b.ResetTimer()
	br.serveConn(conn)
	<-done
}

func BenchmarkProduceSingle(b *testing.B)  { benchProduce(b, 1, 100, 100) }
func BenchmarkProduceHundred(b *testing.B) { benchProduce(b, 100, 100, 5) }
