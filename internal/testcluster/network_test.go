package testcluster

import (
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/peer"
)

// pair is a network with a connection from 10.0.0.1 to 10.0.0.2.
func pair(t *testing.T) (n *Network, near, far net.Conn) {
	t.Helper()
	n = NewNetwork(rand.New(rand.NewPCG(1, 1)), trip)
	l, err := n.Listen("10.0.0.2", "10.0.0.2:9092")
	if err != nil {
		t.Fatal(err)
	}
	if near, err = n.Dial("10.0.0.1", "10.0.0.2:9092", time.Second); err != nil {
		t.Fatal(err)
	}
	if far, err = l.Accept(); err != nil {
		t.Fatal(err)
	}
	return n, near, far
}

// arrives writes to one end and reads from the other, for a second at most.
func arrives(t *testing.T, from, to net.Conn) error {
	t.Helper()
	if _, err := from.Write([]byte("hello")); err != nil {
		return err
	}
	to.SetReadDeadline(time.Now().Add(time.Second))
	_, err := io.ReadFull(to, make([]byte, 5))
	return err
}

func TestNetworkCarriesBytesInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, near, far := pair(t)
		begin := time.Now()
		if err := arrives(t, near, far); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begin); took < trip || took > 2*trip {
			t.Errorf("took %v", took)
		}
		n.Delay("10.0.0.2", "10.0.0.1", 500*time.Millisecond)
		if begin = time.Now(); arrives(t, far, near) != nil || time.Since(begin) < 500*time.Millisecond {
			t.Errorf("a slow link took %v", time.Since(begin))
		}
		near.Close()
		if _, err := far.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("after a close: %v", err)
		}
	})
}

// TestCutLinks: a direction that is cut carries nothing, the other one does, and what
// was sent arrives when the link is back.
func TestCutLinks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, near, far := pair(t)
		n.Cut("10.0.0.1", "10.0.0.2")
		if err := arrives(t, near, far); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("over a cut link: %v", err)
		}
		if err := arrives(t, far, near); err != nil {
			t.Errorf("the other direction: %v", err)
		}
		var timeout net.Error
		if _, err := n.Dial("10.0.0.1", "10.0.0.2:9092", time.Second); !errors.As(err, &timeout) || !timeout.Timeout() {
			t.Errorf("a dial over a cut link: %v", err)
		}
		n.Heal()
		far.SetReadDeadline(time.Now().Add(time.Second))
		if _, err := io.ReadFull(far, make([]byte, 5)); err != nil {
			t.Errorf("after the link is back: %v", err)
		}
		if n.Held() != 2 {
			t.Errorf("%d reads and dials were held, want 2", n.Held())
		}
	})
}

// TestHowAHostEnds: a dead process refuses and resets, a machine without power is
// silent, a paused one accepts and says nothing.
func TestHowAHostEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, near, _ := pair(t)
		n.Kill("10.0.0.2")
		if _, err := near.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("after a kill: %v", err)
		}
		if _, err := n.Dial("10.0.0.1", "10.0.0.2:9092", time.Second); !peer.Refused(err) {
			t.Errorf("dialling a dead process: %v", err)
		}

		n, near, far := pair(t)
		n.Pause("10.0.0.2")
		if _, err := n.Dial("10.0.0.1", "10.0.0.2:9092", time.Second); err != nil {
			t.Errorf("dialling a paused process: %v", err)
		}
		if err := arrives(t, near, far); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("to a paused process: %v", err)
		}
		n.Resume("10.0.0.2")
		n.PowerOff("10.0.0.2")
		near.SetReadDeadline(time.Now().Add(time.Minute))
		if _, err := near.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("from a machine without power: %v", err)
		}
		if _, err := n.Dial("10.0.0.1", "10.0.0.2:9092", time.Second); err == nil || peer.Refused(err) {
			t.Errorf("dialling a machine without power: %v", err)
		}
		n.PowerOn("10.0.0.2")
		near.SetReadDeadline(time.Now().Add(time.Minute))
		if _, err := near.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("when the machine is back: %v", err)
		}
	})
}

// TestWindow: who does not read makes the other end wait, and a deadline that is set
// meanwhile ends that.
func TestWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, near, far := pair(t)
		done := make(chan error)
		go func() {
			_, err := near.Write(make([]byte, windowBytes+1))
			done <- err
		}()
		synctest.Wait()
		near.SetWriteDeadline(time.Now().Add(time.Second))
		if err := <-done; !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("a full window: %v", err)
		}
		if _, err := io.ReadFull(far, make([]byte, windowBytes)); err != nil {
			t.Errorf("reading the window: %v", err)
		}
	})
}
