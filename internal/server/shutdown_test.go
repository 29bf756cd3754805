package server

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestShutdownLetsStartedAnswersOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newTestHandler()
		s, l, blocked := startPipe(t, Config{}, h)
		waiting, idle := l.dial(), l.dial()
		mustWrite(t, blocked, frame(keyBlock, 1))
		mustWrite(t, waiting, append(frame(keyStaged, 2, stageWait), frame(keyStaged, 3, stageOK)...))
		ticket := <-h.tickets
		synctest.Wait()
		stopped := make(chan time.Duration)
		begin := time.Now()
		go func() {
			s.Shutdown(2 * time.Second)
			stopped <- time.Since(begin)
		}()
		mustBeClosed(t, idle)
		if id, _ := readAnswer(t, blocked); id != 1 {
			t.Errorf("answer %d, want 1", id)
		}
		done := collect(t, waiting, 2)
		time.Sleep(500 * time.Millisecond)
		ticket.conn.Complete(ticket.ticket, 0)
		if got := <-done; !slices.Equal(got, []int32{2, 3}) {
			t.Errorf("answers %v, want 2 3", got)
		}
		if d := <-stopped; d != 500*time.Millisecond {
			t.Errorf("stopped after %v, want 500ms", d)
		}
		if n := s.ConnectionCount(); n != 0 || h.gone != 3 {
			t.Errorf("%d connections left, handler told of %d", n, h.gone)
		}
	})
}

func TestShutdownBreaksWhatDoesNotEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newTestHandler()
		s, l, waiting := startPipe(t, Config{}, h)
		unread := l.dial()
		mustWrite(t, waiting, frame(keyStaged, 1, stageWait)) // nobody completes it
		mustWrite(t, unread, frame(keyEcho, 2))               // nobody reads it
		synctest.Wait()
		begin := time.Now()
		s.Shutdown(300 * time.Millisecond)
		if d := time.Since(begin); d > time.Second {
			t.Errorf("stopped after %v", d)
		}
		if n := s.ConnectionCount(); n != 0 {
			t.Errorf("%d connections left", n)
		}
	})
}

func TestShutdownTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _, _ := startPipe(t, Config{}, newTestHandler())
		s.Shutdown(time.Second)
		s.Shutdown(time.Second)
	})
}
