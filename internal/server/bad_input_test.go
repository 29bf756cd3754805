package server

import (
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// The numbers of these tests are the rows of the list of bad inputs that the
// broker is held to: section C1, framing and transport.

// mustWork checks that a fresh connection is served.
func mustWork(t *testing.T, l *pipeListener, what string) {
	t.Helper()
	c := l.dial()
	defer c.Close()
	mustWrite(t, c, frame(keyEcho, 42))
	if id, _ := readAnswer(t, c); id != 42 {
		t.Errorf("%s: the next request is answered with %d", what, id)
	}
}

func lengthOnly(n uint32, rest ...byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, n), rest...)
}

func TestBad1To5And9To10Lengths(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, l, _ := startPipe(t, Config{}, newTestHandler())
		cases := map[string][]byte{
			"1 length -1":      lengthOnly(math.MaxUint32),
			"1 smallest int32": lengthOnly(1 << 31),
			"2 largest int32":  lengthOnly(math.MaxInt32),
			"2 above limit":    lengthOnly(100<<20 + 1),
			"4 length 0":       lengthOnly(0),
			"9 HTTP":           []byte("GET / HTTP/1.1\r\n\r\n"),
			"10 TLS":           {0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc},
		}
		for n := range uint32(minFrameBytes) {
			cases[fmt.Sprintf("5 length %d", n)] = lengthOnly(n, make([]byte, n)...)
		}
		for what, in := range cases {
			c := l.dial()
			go func() {
				_, _ = c.Write(in) // the server may close before it has read all
			}()
			begin := time.Now()
			mustBeClosed(t, c)
			if d := time.Since(begin); d != 0 {
				t.Errorf("%s: closed after %v", what, d)
			}
			c.Close()
			mustWork(t, l, what)
		}
	})
}

func TestOtherProtocolsAreNamedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var lines strings.Builder
		var mu sync.Mutex
		log := slog.New(slog.NewTextHandler(lockedWriter{&mu, &lines}, nil))
		_, l, _ := startPipe(t, Config{Log: log}, newTestHandler())
		for range 3 {
			for _, in := range []string{"GET / HTTP/1.1\r\n", "POST /x HTTP/1.1\r\n", "\x16\x03\x01\x02\x00"} {
				c := l.dial()
				go func() {
					_, _ = c.Write([]byte(in))
				}()
				mustBeClosed(t, c)
				c.Close()
			}
		}
		synctest.Wait()
		mu.Lock()
		defer mu.Unlock()
		if got := strings.Count(lines.String(), "does not speak Kafka"); got != 2 {
			t.Errorf("%d lines, want one for HTTP and one for TLS:\n%s", got, lines.String())
		}
	})
}

type lockedWriter struct {
	mu *sync.Mutex
	w  io.Writer
}

func (l lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

func TestBad12Slowloris(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, _, c := startPipe(t, Config{}, newTestHandler())
		begin := time.Now()
		done := make(chan struct{})
		go func() {
			defer close(done)
			for _, b := range frame(keyEcho, 1, make([]byte, 100)...) {
				if _, err := c.Write([]byte{b}); err != nil {
					return // closed, as it should be
				}
				time.Sleep(10 * time.Second)
			}
		}()
		mustBeClosed(t, c)
		if d := time.Since(begin); d < 30*time.Second || d > 40*time.Second {
			t.Errorf("closed after %v, want 30s", d)
		}
		<-done
	})
}

func TestIdleConnectionsAreClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newTestHandler()
		s, l, silent := startPipe(t, Config{MaxIdle: time.Minute}, h)
		used, busy := l.dial(), l.dial()
		mustWrite(t, used, frame(keyEcho, 1))
		readAnswer(t, used)
		mustWrite(t, busy, frame(keyBlock, 1))
		begin := time.Now()
		mustBeClosed(t, silent)
		if d := time.Since(begin); d < 30*time.Second || d > 36*time.Second {
			t.Errorf("a connection without a request was closed after %v, want 30s", d)
		}
		mustBeClosed(t, used)
		if d := time.Since(begin); d < time.Minute || d > 67*time.Second {
			t.Errorf("an idle connection was closed after %v, want 1m", d)
		}
		time.Sleep(10 * time.Minute)
		if n := s.ConnectionCount(); n != 1 {
			t.Errorf("%d connections, want the one with a request under way", n)
		}
		close(h.unblock)
		if id, _ := readAnswer(t, busy); id != 1 {
			t.Errorf("answer %d", id)
		}
	})
}

func TestPeerThatDoesNotReadIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _, c := startPipe(t, Config{WriteTimeout: 20 * time.Second}, newTestHandler())
		mustWrite(t, c, frame(keyEcho, 1))
		time.Sleep(time.Minute)
		synctest.Wait()
		if n := s.ConnectionCount(); n != 0 {
			t.Errorf("%d connections after a minute in which the answer was not read", n)
		}
	})
}

func TestBad14ConnectionLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newTestHandler()
		s, l, first := startPipe(t, Config{Limits: Limits{MaxConnections: 3}}, h)
		second, third := l.dial(), l.dial()
		mustWrite(t, third, frame(keyEcho, 1))
		readAnswer(t, third)
		var fourth net.Conn
		dialled := make(chan struct{})
		go func() {
			fourth = l.dial()
			close(dialled)
		}()
		synctest.Wait()
		if n := s.ConnectionCount(); n != 3 {
			t.Errorf("%d connections, want 3", n)
		}
		mustWrite(t, first, frame(keyEcho, 2)) // old ones go on
		readAnswer(t, first)
		second.Close()
		<-dialled
		mustWrite(t, fourth, frame(keyEcho, 3))
		if id, _ := readAnswer(t, fourth); id != 3 {
			t.Errorf("answer %d", id)
		}
		s.SetLimits(Limits{})
		fifth := l.dial()
		mustWrite(t, fifth, frame(keyEcho, 4))
		readAnswer(t, fifth)
	})
}

// addressed is a connection that says where it comes from.
type addressed struct {
	net.Conn
	from string
}

func (a addressed) RemoteAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(a.from), 1000))
}

func TestBad14LimitPerAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, l, _ := startPipe(t, Config{Limits: Limits{
			MaxConnectionsPerIP: 2,
			PerIP:               map[netip.Addr]int{netip.MustParseAddr("10.0.0.9"): 0},
		}}, newTestHandler())
		dialFrom := func(from string) net.Conn {
			client, server := net.Pipe()
			l.conns <- addressed{server, from}
			return client
		}
		works := func(c net.Conn) {
			t.Helper()
			mustWrite(t, c, frame(keyEcho, 1))
			readAnswer(t, c)
		}
		a, b := dialFrom("10.0.0.1"), dialFrom("::ffff:10.0.0.1")
		works(a)
		works(b)
		mustBeClosed(t, dialFrom("10.0.0.1"))
		mustBeClosed(t, dialFrom("10.0.0.9"))
		works(dialFrom("10.0.0.2"))
		a.Close()
		synctest.Wait()
		works(dialFrom("10.0.0.1"))
		if n := s.ConnectionCount(); n != 4 { // with the one startPipe made
			t.Errorf("%d connections counted, want 4", n)
		}
	})
}

// tiredListener fails like a process that is out of descriptors.
type tiredListener struct {
	*pipeListener
	failures int
	at       []time.Time
}

func (l *tiredListener) Accept() (net.Conn, error) {
	if l.failures > 0 {
		l.failures--
		l.at = append(l.at, time.Now())
		return nil, &net.OpError{Op: "accept", Err: syscall.EMFILE}
	}
	return l.pipeListener.Accept()
}

func TestBad15AcceptBacksOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Config{}, newTestHandler())
		defer s.Shutdown(time.Second)
		l := &tiredListener{pipeListener: newPipeListener(), failures: 12}
		s.Serve("TEST", l)
		mustWork(t, l.pipeListener, "15 accept failed")
		for i := 2; i < len(l.at); i++ {
			before, after := l.at[i-1].Sub(l.at[i-2]), l.at[i].Sub(l.at[i-1])
			if after < before || after > time.Second {
				t.Errorf("pause %d is %v after %v", i, after, before)
			}
		}
	})
}

// watchedListener tells how many of its connections have read something and
// then parked.
type watchedListener struct {
	net.Listener
	parked atomic.Int64
}

func (l *watchedListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &watchedConn{TCPConn: c.(*net.TCPConn), l: l}, nil
}

type watchedConn struct {
	*net.TCPConn
	l *watchedListener
}

func (c *watchedConn) SyscallConn() (syscall.RawConn, error) {
	raw, err := c.TCPConn.SyscallConn()
	return &watchedRaw{RawConn: raw, l: c.l}, err
}

type watchedRaw struct {
	syscall.RawConn
	l            *watchedListener
	read, parked bool
}

func (r *watchedRaw) Read(f func(fd uintptr) bool) error {
	return r.RawConn.Read(func(fd uintptr) bool {
		done := f(fd)
		if !done && r.read && !r.parked {
			r.parked = true
			r.l.parked.Add(1)
		}
		r.read = r.read || done
		return done
	})
}

// TestBad3AnnouncedFramesTakeNoMemory: a thousand connections announce a
// hundred megabytes each and send ten bytes.
func TestBad3AnnouncedFramesTakeNoMemory(t *testing.T) {
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &watchedListener{Listener: tcp}
	s := New(Config{}, newTestHandler())
	s.Serve("TCP", l)
	defer s.Shutdown(time.Second)
	const n = 1000
	before := heapInUse()
	for range n {
		mustWrite(t, dialTCP(t, tcp.Addr().String()), lengthOnly(100<<20-1, make([]byte, 10)...))
	}
	waitFor(t, func() bool { return l.parked.Load() == n })
	if perConn := (heapInUse() - before) / n; perConn > 8<<10 {
		t.Errorf("%d bytes of heap per connection", perConn)
	}
	c := dialTCP(t, tcp.Addr().String())
	mustWrite(t, c, frame(keyEcho, 7))
	if id, _ := readAnswer(t, c); id != 7 {
		t.Errorf("answer %d", id)
	}
}

func heapInUse() int {
	runtime.GC()
	runtime.GC() // what the pools kept goes with the second one
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapInuse + m.StackInuse)
}
