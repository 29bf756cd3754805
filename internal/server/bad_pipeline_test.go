package server

import (
	"net"
	"slices"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// Rows 7, 8 and 13 of the list of bad inputs.

const pipelined = 10_000

func TestBad7PipelinedWithoutReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, l, c := startPipe(t, Config{WriteTimeout: time.Hour}, newTestHandler())
		go func() {
			for i := range int32(pipelined) {
				if _, err := c.Write(frame(keyEcho, i)); err != nil {
					t.Error(err)
					return
				}
			}
		}()
		time.Sleep(time.Second)
		mustWork(t, l, "7 nobody reads")
		for i := range int32(pipelined) {
			if id, _ := readAnswer(t, c); id != i {
				t.Fatalf("answer %d, want %d", id, i)
			}
		}
	})
}

// TestBad7AtMost100Unanswered: of ten thousand requests that arrive together and
// cannot be answered yet, a hundred are taken; the rest stays with the client.
func TestBad7AtMost100Unanswered(t *testing.T) {
	for _, kind := range []byte{stageWait, stageTwoWait} {
		synctest.Test(t, func(t *testing.T) {
			h := newTestHandler()
			s, l, c := startPipe(t, Config{}, h)
			var in []byte
			for i := range int32(pipelined) {
				in = append(in, frame(keyStaged, i, kind)...)
			}
			go func() {
				if _, err := c.Write(in); err != nil {
					t.Error(err)
				}
			}()
			synctest.Wait()
			if n := s.WaitingAnswers(); n != 100 {
				t.Errorf("%d answers wait", n)
			}
			perRequest := map[byte]int{stageWait: 1, stageTwoWait: 2}[kind]
			if n := len(h.tickets); n != 100*perRequest {
				t.Fatalf("%d requests taken while none was answered, want 100", n/perRequest)
			}
			mustWork(t, l, "7 a connection waits")
			done := collect(t, c, pipelined)
			for range pipelined * perRequest {
				w := <-h.tickets
				if n := w.conn.queue.Load().answers.len(); n > 100 {
					t.Fatalf("%d answers wait", n)
				}
				w.conn.Complete(w.ticket, 0)
				synctest.Wait()
			}
			if got := <-done; len(got) != pipelined || !slices.IsSorted(got) {
				t.Errorf("%d answers, in order: %v", len(got), slices.IsSorted(got))
			}
		})
	}
}

// TestBad7MixedRequests: requests with and without an answer that waits.
func TestBad7MixedRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newTestHandler()
		_, _, c := startPipe(t, Config{}, h)
		kinds := []byte{stageOK, stageWait, stageSilent, stageOK}
		var in []byte
		want := 0
		for i := range int32(pipelined) {
			kind := kinds[int(i)%len(kinds)]
			in = append(in, frame(keyStaged, i, kind)...)
			if kind != stageSilent {
				want++
			}
		}
		go func() {
			if _, err := c.Write(in); err != nil {
				t.Error(err)
			}
		}()
		synctest.Wait()
		if taken := len(h.tickets); taken > 100 {
			t.Errorf("%d requests wait, want at most 100", taken)
		}
		done := collect(t, c, want)
		go func() {
			for range pipelined / len(kinds) {
				w := <-h.tickets
				w.conn.Complete(w.ticket, 0)
			}
		}()
		if got := <-done; !slices.IsSorted(got) {
			t.Error("answers out of order")
		}
	})
}

// TestBad8OrderWhileARequestWaits: a request that waits, like a Fetch without
// data, holds the answers behind it and lets those before it go.
func TestBad8OrderWhileARequestWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newTestHandler()
		_, l, c := startPipe(t, Config{}, h)
		in := slices.Concat(frame(keyEcho, 1), frame(keyStaged, 2, stageWait), frame(keyBlock, 3), frame(keyStaged, 4, stageOK), frame(keyEcho, 5))
		mustWrite(t, c, in)
		if id, _ := readAnswer(t, c); id != 1 {
			t.Errorf("answer %d, want 1", id)
		}
		w := <-h.tickets
		w.conn.Complete(w.ticket, 0)
		if id, _ := readAnswer(t, c); id != 2 {
			t.Errorf("answer %d, want 2", id)
		}
		mustWork(t, l, "8 a request waits")
		close(h.unblock)
		for want := int32(3); want <= 5; want++ {
			if id, _ := readAnswer(t, c); id != want {
				t.Errorf("answer %d, want %d", id, want)
			}
		}
	})
}

// keptListener keeps the server's ends of its connections.
type keptListener struct {
	net.Listener
	conns chan *net.TCPConn
}

func (l *keptListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err == nil {
		l.conns <- c.(*net.TCPConn)
	}
	return c, err
}

// TestBad13KeepAlive: the system probes a peer that has gone without a word. A
// peer that answers probes and nothing else is closed as idle
// (TestIdleConnectionsAreClosed), which frees its descriptor.
func TestBad13KeepAlive(t *testing.T) {
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &keptListener{tcp, make(chan *net.TCPConn, 1)}
	s := New(Config{}, newTestHandler())
	s.Serve("TCP", l)
	defer s.Shutdown(time.Second)
	c := dialTCP(t, tcp.Addr().String())
	mustWrite(t, c, frame(keyEcho, 1))
	readAnswer(t, c) // the options are set before the first request
	raw, err := (<-l.conns).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	err = raw.Control(func(fd uintptr) {
		for option, level := range map[int]int{syscall.SO_KEEPALIVE: syscall.SOL_SOCKET, syscall.TCP_NODELAY: syscall.IPPROTO_TCP} {
			if v, err := syscall.GetsockoptInt(int(fd), level, option); err != nil || v == 0 {
				t.Errorf("socket option %d is %d, err %v", option, v, err)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestBad13HalfOpenPeer: a peer that sent half a request and went away without a
// FIN costs nothing after the idle limit.
func TestBad13HalfOpenPeer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newTestHandler()
		s, l, c := startPipe(t, Config{MaxIdle: time.Minute}, h)
		mustWrite(t, c, frame(keyEcho, 1))
		readAnswer(t, c)
		mustWrite(t, c, lengthOnly(100, make([]byte, 10)...))
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		h.mu.Lock()
		gone := h.gone
		h.mu.Unlock()
		if s.ConnectionCount() != 0 || gone != 1 {
			t.Errorf("%d connections, %d told gone", s.ConnectionCount(), gone)
		}
		mustWork(t, l, "13 half-open peer")
	})
}

// TestBad14CreationRate: connections beyond the rate wait in the listener's queue,
// and those that are open are served meanwhile.
func TestBad14CreationRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, l, old := startPipe(t, Config{Limits: Limits{MaxCreationRate: 100}}, newTestHandler())
		begin := time.Now()
		for range 1000 {
			c := l.dial()
			mustWrite(t, c, frame(keyEcho, 1))
			readAnswer(t, c)
			c.Close()
			mustWrite(t, old, frame(keyEcho, 2))
			readAnswer(t, old)
		}
		// A second's worth comes at once, the rest takes its time.
		if took := time.Since(begin); took < 8900*time.Millisecond || took > 9100*time.Millisecond {
			t.Errorf("1000 connections at 100 per second took %v", took)
		}
		s.SetLimits(Limits{})
		time.Sleep(time.Second)
		begin = time.Now()
		for range 1000 {
			l.dial().Close()
		}
		if took := time.Since(begin); took != 0 {
			t.Errorf("without a limit: %v", took)
		}
	})
}
