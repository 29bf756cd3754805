package server

import (
	"bytes"
	"net"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// start runs a server in the test's bubble and returns a connection to it.
func startPipe(t *testing.T, cfg Config, h Handler) (*Server, *pipeListener, net.Conn) {
	t.Helper()
	s := New(cfg, h)
	l := newPipeListener()
	s.Serve("TEST", l)
	t.Cleanup(func() { s.Shutdown(time.Second) })
	return s, l, l.dial()
}

// collect reads answers in the background until the connection ends.
func collect(t *testing.T, c net.Conn, n int) <-chan []int32 {
	t.Helper()
	out := make(chan []int32, 1)
	go func() {
		var got []int32
		for range n {
			id, _ := readAnswer(t, c)
			got = append(got, id)
		}
		out <- got
	}()
	return out
}

func TestRequestsOfOneReadAreOneRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newTestHandler()
		_, _, c := startPipe(t, Config{}, h)
		var in []byte
		for i := range int32(50) {
			in = append(in, frame(keyStaged, i, stageOK)...)
		}
		done := collect(t, c, 50)
		mustWrite(t, c, in)
		got := <-done
		if !slices.IsSorted(got) || len(got) != 50 {
			t.Errorf("answers %v, want 0 to 49 in order", got)
		}
		if len(h.commits) != 1 || h.commits[0] != 50 {
			t.Errorf("commits of %v requests, want one of 50", h.commits)
		}
	})
}

func TestFramesSplitAtEveryByte(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, _, c := startPipe(t, Config{}, newTestHandler())
		in := append(frame(keyEcho, 1, []byte("first")...), frame(keyStaged, 2, stageOK)...)
		in = append(in, frame(keyEcho, 3, bytes.Repeat([]byte("x"), 3000)...)...)
		done := collect(t, c, 3)
		for i := range in {
			mustWrite(t, c, in[i:i+1])
		}
		if got := <-done; !slices.Equal(got, []int32{1, 2, 3}) {
			t.Errorf("answers %v", got)
		}
	})
}

func TestAnswersKeepOrderBehindAWaitingOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newTestHandler()
		_, _, c := startPipe(t, Config{}, h)
		in := frame(keyStaged, 1, stageWait)
		in = append(in, frame(keyStaged, 2, stageOK)...)
		in = append(in, frame(keyStaged, 3, stageSilent)...)
		in = append(in, frame(keyStaged, 4, stageTwoWait)...)
		mustWrite(t, c, in)
		first, second, third := <-h.tickets, <-h.tickets, <-h.tickets
		// A later run queues up as well, although nothing in it waits.
		mustWrite(t, c, frame(keyStaged, 5, stageOK))
		done := collect(t, c, 4)
		synctest.Wait()
		third.conn.Complete(third.ticket, 0)
		second.conn.Complete(second.ticket, 0)
		synctest.Wait()
		select {
		case got := <-done:
			t.Fatalf("answers %v left before the first one was complete", got)
		default:
		}
		first.conn.Complete(first.ticket, 0)
		if got := <-done; !slices.Equal(got, []int32{1, 2, 4, 5}) {
			t.Errorf("answers %v, want 1 2 4 5", got)
		}
	})
}

func TestOtherRequestsWaitForEarlierAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newTestHandler()
		_, _, c := startPipe(t, Config{}, h)
		mustWrite(t, c, append(frame(keyStaged, 1, stageWait), frame(keyEcho, 2)...))
		waiting := <-h.tickets
		done := collect(t, c, 2)
		synctest.Wait()
		waiting.conn.Complete(waiting.ticket, 0)
		if got := <-done; !slices.Equal(got, []int32{1, 2}) {
			t.Errorf("answers %v, want 1 2", got)
		}
	})
}

func TestHoleGetsItsCode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newTestHandler()
		_, _, c := startPipe(t, Config{}, h)
		mustWrite(t, c, frame(keyStaged, 1, stageTwoWait))
		first, second := <-h.tickets, <-h.tickets
		first.conn.Complete(first.ticket, 20)
		first.conn.Complete(first.ticket, 99) // a hole is filled once
		second.conn.Complete(second.ticket, 0)
		if _, body := readAnswer(t, c); !bytes.Equal(body, []byte{0, 20, 0, 0}) {
			t.Errorf("body %v, want codes 20 and 0", body)
		}
	})
}

func TestWaitingAnswerTimesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newTestHandler()
		_, _, c := startPipe(t, Config{}, h)
		begin := time.Now()
		mustWrite(t, c, append(frame(keyStaged, 1, stageTwoWait), frame(keyStaged, 2, stageWait)...))
		late := <-h.tickets
		late.conn.Complete(late.ticket, 0)
		if _, body := readAnswer(t, c); !bytes.Equal(body, []byte{0, 0, 0, 7}) {
			t.Errorf("body %v, want code 7 in the hole left open", body)
		}
		if waited := time.Since(begin); waited != time.Second {
			t.Errorf("timed out after %v, want 1s", waited)
		}
		if _, body := readAnswer(t, c); !bytes.Equal(body, []byte{0, 7}) {
			t.Errorf("body %v, want code 7", body)
		}
		late.conn.Complete(late.ticket, 0) // of an answer that has left: ignored
		mustWrite(t, c, frame(keyEcho, 3))
		if id, _ := readAnswer(t, c); id != 3 {
			t.Errorf("answer %d, want 3", id)
		}
	})
}

func TestReadingStopsAtTheLimitOfWaitingAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newTestHandler()
		_, _, c := startPipe(t, Config{}, h)
		go func() {
			for i := range int32(MaxWaitingAnswers + 500) {
				if _, err := c.Write(frame(keyStaged, i, stageWait)); err != nil {
					t.Error(err)
					return
				}
			}
		}()
		synctest.Wait()
		if n := len(h.tickets); n != MaxWaitingAnswers {
			t.Fatalf("%d requests taken while none was answered, want %d", n, MaxWaitingAnswers)
		}
		done := collect(t, c, MaxWaitingAnswers+500)
		for range MaxWaitingAnswers + 500 {
			w := <-h.tickets
			w.conn.Complete(w.ticket, 0)
		}
		if got := <-done; !slices.IsSorted(got) {
			t.Error("answers out of order")
		}
	})
}

func TestStageErrorClosesAfterEarlierAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, _, c := startPipe(t, Config{}, newTestHandler())
		in := append(frame(keyStaged, 1, stageOK), frame(keyStaged, 2, stageClose)...)
		in = append(in, frame(keyStaged, 3, stageOK)...)
		mustWrite(t, c, in)
		if id, _ := readAnswer(t, c); id != 1 {
			t.Errorf("answer %d, want 1", id)
		}
		mustBeClosed(t, c)
	})
}

func TestServeErrorClosesAfterEarlierAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newTestHandler()
		s, _, c := startPipe(t, Config{}, h)
		mustWrite(t, c, append(frame(keyStaged, 1, stageOK), frame(keyClose, 2)...))
		if id, _ := readAnswer(t, c); id != 1 {
			t.Errorf("answer %d, want 1", id)
		}
		mustBeClosed(t, c)
		synctest.Wait()
		if h.gone != 1 || s.ConnectionCount() != 0 {
			t.Errorf("handler told %d times, %d connections counted", h.gone, s.ConnectionCount())
		}
	})
}
