package server

import (
	"net"
	"testing"
	"testing/synctest"
	"time"
)

// only returns the server's only connection.
func only(t *testing.T, s *Server) *Conn {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.open {
		return c
	}
	t.Fatal("no connection")
	return nil
}

func TestIdleConnectionGetsANewGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _, c := startPipe(t, Config{}, newTestHandler())
		for i := range int32(3) {
			mustWrite(t, c, frame(keyEcho, i))
			readAnswer(t, c)
			synctest.Wait()
			if !only(t, s).used.Load() {
				t.Error("a request has been served, but nobody knows")
			}
			time.Sleep(time.Minute)
			synctest.Wait()
			if conn := only(t, s); conn.used.Load() || conn.renewing.Load() {
				t.Error("the goroutine was not replaced")
			}
		}
		// Part of a frame that has arrived survives, and the next request works.
		in := frame(keyEcho, 9, []byte("abc")...)
		mustWrite(t, c, in[:6])
		time.Sleep(time.Minute)
		mustWrite(t, c, in[6:])
		if id, body := readAnswer(t, c); id != 9 || string(body) != "abc" {
			t.Errorf("answer %d %q", id, body)
		}
	})
}

func TestRenewedConnectionIsClosedWhenIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newTestHandler()
		s, _, c := startPipe(t, Config{MaxIdle: time.Minute}, h)
		mustWrite(t, c, frame(keyEcho, 1))
		readAnswer(t, c)
		begin := time.Now()
		mustBeClosed(t, c)
		if d := time.Since(begin); d < time.Minute || d > 70*time.Second {
			t.Errorf("closed after %v", d)
		}
		synctest.Wait()
		if s.ConnectionCount() != 0 || h.gone != 1 {
			t.Errorf("%d connections, handler told %d times", s.ConnectionCount(), h.gone)
		}
	})
}

func TestShutdownOfRenewedConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newTestHandler()
		s, l, first := startPipe(t, Config{}, h)
		conns := []net.Conn{first, l.dial(), l.dial()}
		for i, c := range conns {
			mustWrite(t, c, frame(keyEcho, int32(i)))
			readAnswer(t, c)
		}
		time.Sleep(time.Minute)
		begin := time.Now()
		s.Shutdown(time.Second)
		if d := time.Since(begin); d != 0 || h.gone != 3 {
			t.Errorf("stopped after %v, handler told of %d", d, h.gone)
		}
	})
}

func TestMemoryIsTrimmedAfterAWave(t *testing.T) {
	var r renewals
	now := int64(1_000_000)
	for i, step := range []struct {
		n    int
		want bool
	}{{999, false}, {0, false}, {1, false}, {0, true}, {0, false}, {5000, false}, {0, false}} {
		now += 3_000
		if got := r.due(step.n, now); got != step.want {
			t.Errorf("step %d: %v", i, got)
		}
	}
	if now += waveIntervalMs; !r.due(0, now) {
		t.Error("the second wave was never trimmed")
	}
}
