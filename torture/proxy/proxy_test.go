package proxy

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"net"
	"syscall"
	"testing"
	"time"
)

const (
	produceKey = 0
	fetchKey   = 1
)

// echo is a broker that answers every request with its correlation id and its body.
func echo(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				for r := (&reader{r: c}); ; {
					b, err := r.next()
					if err != nil {
						return
					}
					answer := binary.BigEndian.AppendUint32(nil, uint32(len(b)-8))
					if _, err := c.Write(append(answer, b[8:]...)); err != nil {
						return
					}
				}
			}()
		}
	}()
	return l.Addr().String()
}

// through is a proxy before an echo, and a connection through it.
func through(t *testing.T) (*Proxy, net.Conn, func() net.Conn) {
	t.Helper()
	p := New(slog.New(slog.DiscardHandler))
	t.Cleanup(p.Close)
	addr, err := p.Front("a", "127.0.0.1:0", echo(t))
	if err != nil {
		t.Fatal(err)
	}
	dial := func() net.Conn {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
			t.Fatal(err)
		}
		return c
	}
	return p, dial(), dial
}

func send(t *testing.T, c net.Conn, key int16, correlation int32, body string) {
	t.Helper()
	b := binary.BigEndian.AppendUint32(nil, uint32(8+len(body)))
	b = binary.BigEndian.AppendUint16(b, uint16(key))
	b = binary.BigEndian.AppendUint16(b, 0)
	b = binary.BigEndian.AppendUint32(b, uint32(correlation))
	if _, err := c.Write(append(b, body...)); err != nil {
		t.Fatal(err)
	}
}

func receive(c net.Conn) (correlation int32, body string, err error) {
	b, err := (&reader{r: c}).next()
	if err != nil {
		return 0, "", err
	}
	return int32(binary.BigEndian.Uint32(b[4:])), string(b[8:]), nil
}

func want(t *testing.T, c net.Conn, correlation int32, body string) {
	t.Helper()
	if got, text, err := receive(c); err != nil || got != correlation || text != body {
		t.Fatalf("%d, %d bytes, %v; want %d, %d bytes", got, len(text), err, correlation, len(body))
	}
}

// until returns when something is true; the tests' deadlines bound it.
func until(is func() bool) {
	for range time.Tick(time.Millisecond) {
		if is() {
			return
		}
	}
}

func TestNothingChangesWithoutAFault(t *testing.T) {
	p, c, _ := through(t)
	big := string(bytes.Repeat([]byte("0123456789"), 300_000))
	for i, body := range []string{"", "a", big} {
		send(t, c, produceKey, int32(i), body)
		want(t, c, int32(i), body)
	}
	n := p.Counts("a")
	if n.Connections != 1 || n.Frames != 6 || n.Bytes < 2*int64(len(big)) || n.Bit(Counts{}) {
		t.Errorf("%v", n)
	}
}

func TestLatencyDelaysEveryFrameAndNotTheirNumber(t *testing.T) {
	p, c, _ := through(t)
	const latency = 50 * time.Millisecond
	p.Set("a", Fault{Latency: latency, Jitter: 5 * time.Millisecond})
	begin := time.Now()
	for i := range int32(20) {
		send(t, c, produceKey, i, "x")
	}
	for i := range int32(20) {
		want(t, c, i, "x")
	}
	if took := time.Since(begin); took < 2*latency || took > 20*latency {
		t.Errorf("twenty frames at once took %v", took)
	}
	if n := p.Counts("a"); n.Delayed != 40 {
		t.Errorf("%v", n)
	}
}

func TestSlicesArriveWhole(t *testing.T) {
	p, c, _ := through(t)
	p.Set("a", Fault{SliceBytes: 1, SlicePause: 10 * time.Microsecond})
	body := string(bytes.Repeat([]byte("abc"), 1000))
	send(t, c, produceKey, 7, body)
	want(t, c, 7, body)
	if n := p.Counts("a"); n.Sliced != 2 {
		t.Errorf("%v", n)
	}
}

// TestHoldOneAPI: the request of a held API waits until the front heals, those of
// another connection do not.
func TestHoldOneAPI(t *testing.T) {
	for _, answer := range []bool{false, true} {
		p, c, dial := through(t)
		p.Set("a", Fault{Holds: []Hold{{Key: fetchKey, For: time.Hour, Answer: answer}}})
		send(t, c, produceKey, 1, "first")
		want(t, c, 1, "first")
		send(t, c, fetchKey, 2, "held")
		other := dial()
		send(t, other, produceKey, 3, "other")
		want(t, other, 3, "other")
		got := make(chan error, 1)
		go func() {
			_, _, err := receive(c)
			got <- err
		}()
		until(func() bool { return p.Counts("a").Held > 0 })
		select {
		case err := <-got:
			t.Fatalf("the held frame came: %v", err)
		default:
		}
		p.Heal("a")
		if err := <-got; err != nil {
			t.Fatal(err)
		}
	}
}

func TestResetWithinAFrame(t *testing.T) {
	p, c, dial := through(t)
	p.Set("a", Fault{Reset: 1})
	send(t, c, produceKey, 1, "lost")
	if _, _, err := receive(c); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("want a reset, got %v", err)
	}
	if n := p.Counts("a"); n.Cut != 1 || !n.Bit(Counts{}) {
		t.Errorf("%v", n)
	}
	p.Heal("a")
	again := dial()
	send(t, again, produceKey, 2, "ok")
	want(t, again, 2, "ok")
	if n := p.Cut("a"); n != 1 {
		t.Errorf("%d connections were cut", n)
	}
	if _, _, err := receive(again); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("want a reset, got %v", err)
	}
}

// TestHalfOpen: what is swallowed is gone for good, and nothing comes after it.
func TestHalfOpen(t *testing.T) {
	for _, d := range []Direction{Requests, Responses, Both} {
		p, c, dial := through(t)
		p.Set("a", Fault{Swallow: d})
		send(t, c, produceKey, 1, "lost")
		until(func() bool { return p.Counts("a").Swallowed > 0 })
		p.Heal("a")
		if _, text, err := receive(c); err == nil {
			t.Errorf("%d: received %q", d, text)
		}
		again := dial()
		send(t, again, produceKey, 2, "ok")
		want(t, again, 2, "ok")
	}
}

func TestSlowClose(t *testing.T) {
	p, c, _ := through(t)
	send(t, c, produceKey, 1, "x")
	want(t, c, 1, "x")
	p.Set("a", Fault{SlowClose: time.Hour})
	if err := c.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	until(func() bool { return p.Counts("a").ClosedLate > 0 })
	p.Heal("a")
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("want the end, got %v", err)
	}
}

// TestReorder: a frame waits until one of another connection has passed it.
func TestReorder(t *testing.T) {
	p, c, dial := through(t)
	other := dial()
	p.Set("a", Fault{Seed: 1, Reorder: 0.5})
	for i := range int32(20) {
		send(t, c, produceKey, i, "c")
		send(t, other, produceKey, i, "other")
	}
	for i := range int32(20) {
		want(t, c, i, "c")
		want(t, other, i, "other")
	}
	if n := p.Counts("a"); n.Overtaken == 0 {
		t.Errorf("%v", n)
	}
}

// TestOtherStreamsPass: what is no Kafka is passed on as it comes.
func TestOtherStreamsPass(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	p := New(slog.New(slog.DiscardHandler))
	defer p.Close()
	addr, err := p.Front("a", "127.0.0.1:0", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	const hello = "\x80\x16 is no length, GET / HTTP/1.1"
	if _, err := c.Write([]byte(hello)); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len(hello))
	if _, err := io.ReadFull(server, got); err != nil || string(got) != hello {
		t.Errorf("%q, %v", got, err)
	}
}

func TestTargetThatIsNotThere(t *testing.T) {
	p := New(slog.New(slog.DiscardHandler))
	defer p.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	addr, err := p.Front("a", "127.0.0.1:0", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Front("a", "127.0.0.1:0", "127.0.0.1:1"); err == nil {
		t.Error("two fronts of one name")
	}
	c, err := net.Dial("tcp", addr)
	if err == nil {
		_, err = c.Read(make([]byte, 1))
		c.Close()
	}
	if err == nil {
		t.Error("a connection to nobody")
	}
	until(func() bool { return p.Counts("a").Refused == 1 })
}
