package peer

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/wire"
)

func TestRequestsAreAnsweredOnOneConnection(t *testing.T) {
	a := newAnswerer(t)
	c := NewConn(Options{ClientID: "me", Dial: a.dial}, at("x"))
	defer c.Close()
	for i := range 5 {
		mustAsk(t, c, fmt.Sprint("key", i))
	}
	if a.accepted() != 1 {
		t.Errorf("%d connections", a.accepted())
	}
}

func TestOverLoopback(t *testing.T) {
	a := newAnswerer(t)
	address, stop := listenLoopback(t, a)
	var told []error
	c := NewConn(Options{OnLost: func(err error) { told = append(told, err) }}, at(address))
	defer c.Close()
	mustAsk(t, c, "one")
	mustAsk(t, c, strings.Repeat("long", 5000))
	a.on(func(net.Conn, wire.RequestHeader, *wire.FindCoordinatorRequest) bool { return false })
	if _, err := ask(c, "two"); err == nil || Refused(err) || NotSent(err) {
		t.Fatalf("asked and got no answer: %v", err)
	}
	a.on(a.echo)
	mustAsk(t, c, "three")
	stop()
	a.breakAll()
	if _, err := ask(c, "four"); !Refused(err) || !NotSent(err) {
		t.Errorf("nobody listens: %v", err)
	}
	if len(told) != 2 || !lost(told[0]) || !lost(told[1]) {
		t.Errorf("told of losses: %v", told)
	}
}

// TestIdleConnectionThatWasClosed is not used for a request whose fate nobody would
// know.
func TestIdleConnectionThatWasClosed(t *testing.T) {
	a := newAnswerer(t)
	address, _ := listenLoopback(t, a)
	c := NewConn(Options{}, at(address))
	defer c.Close()
	for range 20 {
		mustAsk(t, c, "k")
		a.breakAll()
	}
}

// TestConcurrentCallers share one connection, one after the other.
func TestConcurrentCallers(t *testing.T) {
	a := newAnswerer(t)
	c := NewConn(Options{Dial: a.dial}, at("x"))
	defer c.Close()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 20 {
				mustAsk(t, c, fmt.Sprint(i, " ", j))
			}
		})
	}
	wg.Wait()
}

func TestBackoffGrowsAndEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAnswerer(t)
		dial := refuse
		c := NewConn(Options{Dial: func(s string, d time.Duration) (net.Conn, error) { return dial(s, d) }}, at("x"))
		defer c.Close()
		begin := time.Now()
		for i, want := range []time.Duration{0, 50, 150, 350, 750, 1550, 2550, 3550} {
			if _, err := ask(c, "k"); !Refused(err) {
				t.Fatal(err)
			}
			if took := time.Since(begin); took != want*time.Millisecond {
				t.Errorf("dial %d came after %v, want %d ms", i, took, want)
			}
		}
		dial = a.dial
		mustAsk(t, c, "k")
		a.breakAll()
		ask(c, "k")
		begin = time.Now()
		mustAsk(t, c, "k")
		if took := time.Since(begin); took != 0 {
			t.Errorf("the first dial after a good one waited for %v", took)
		}
	})
}

// TestAddressChanges: the next request goes to the new address, without a pause.
func TestAddressChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAnswerer(t)
		var dialled []string
		where, known := "x", false
		c := NewConn(Options{Dial: func(s string, d time.Duration) (net.Conn, error) {
			dialled = append(dialled, s)
			if s == "dead" {
				return refuse(s, d)
			}
			return a.dial(s, d)
		}}, func() (string, bool) { return where, known })
		defer c.Close()
		if _, err := ask(c, "k"); !errors.Is(err, ErrNoAddress) {
			t.Fatal(err)
		}
		known = true
		mustAsk(t, c, "k")
		where = "dead"
		ask(c, "k")
		where = "y"
		begin := time.Now()
		mustAsk(t, c, "k")
		if got := fmt.Sprint(dialled); got != "[x dead y]" || time.Since(begin) != 0 {
			t.Errorf("dialled %s after %v", got, time.Since(begin))
		}
	})
}

// TestSilenceEndsARequest: a frozen process is given up after the timeout, and
// that is no loss of the connection.
func TestSilenceEndsARequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAnswerer(t)
		a.on(func(net.Conn, wire.RequestHeader, *wire.FindCoordinatorRequest) bool { return true })
		c := NewConn(Options{Dial: a.dial, RequestTimeout: time.Second, OnLost: func(err error) { t.Errorf("lost: %v", err) }}, at("x"))
		defer c.Close()
		begin := time.Now()
		_, err := ask(c, "k")
		var timeout net.Error
		if !errors.As(err, &timeout) || !timeout.Timeout() || time.Since(begin) != time.Second {
			t.Errorf("%v after %v", err, time.Since(begin))
		}
	})
}

func TestCloseEndsARequestUnderWay(t *testing.T) {
	a := newAnswerer(t)
	asked := make(chan struct{})
	a.on(func(net.Conn, wire.RequestHeader, *wire.FindCoordinatorRequest) bool { close(asked); return true })
	c := NewConn(Options{Dial: a.dial}, at("x"))
	ended := make(chan error)
	go func() { _, err := ask(c, "k"); ended <- err }()
	<-asked
	c.Close()
	if err := <-ended; !errors.Is(err, ErrClosed) {
		t.Errorf("the request ended with %v", err)
	}
	if _, err := ask(c, "k"); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

// TestCloseEndsAPause: nobody waits for a dial that is not due yet.
func TestCloseEndsAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewConn(Options{Dial: refuse, MinBackoff: time.Hour, MaxBackoff: time.Hour}, at("x"))
		ask(c, "k")
		ended := make(chan error)
		go func() { _, err := ask(c, "k"); ended <- err }()
		synctest.Wait()
		c.Close()
		if err := <-ended; !errors.Is(err, ErrClosed) {
			t.Error(err)
		}
	})
}

// TestBadAnswersEndTheConnection: what is not the answer to the request is never
// taken for one.
func TestBadAnswersEndTheConnection(t *testing.T) {
	raw := func(b ...byte) reply {
		return func(nc net.Conn, _ wire.RequestHeader, _ *wire.FindCoordinatorRequest) bool {
			nc.Write(b)
			return true
		}
	}
	for name, answer := range map[string]reply{
		"huge":        raw(0x7f, 0xff, 0xff, 0xff),
		"negative":    raw(0xff, 0xff, 0xff, 0xff),
		"no id":       raw(0, 0, 0, 3, 1, 2, 3),
		"half a body": raw(0, 0, 0, 5, 0, 0, 0, 1, 0),
		"another id":  raw(bytes.Repeat([]byte{0, 0, 0, 9}, 4)...),
		"answer before": func(nc net.Conn, h wire.RequestHeader, _ *wire.FindCoordinatorRequest) bool {
			return send(nc, h.CorrelationID-1, "x")
		},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAnswerer(t)
			a.on(answer)
			c := NewConn(Options{Dial: a.dial, RequestTimeout: 10 * time.Second}, at("x"))
			defer c.Close()
			if got, err := ask(c, "k"); !errors.Is(err, errAnswer) {
				t.Fatalf("took %q, %v", got, err)
			}
			a.on(a.echo)
			mustAsk(t, c, "k")
			if a.accepted() != 2 {
				t.Error("the old connection was used again")
			}
		})
	}
}

// TestBuffersAreReused: a steady exchange of requests makes no garbage to speak of.
func TestBuffersAreReused(t *testing.T) {
	a := newAnswerer(t)
	c := NewConn(Options{Dial: a.dial}, at("x"))
	defer c.Close()
	req, resp := &wire.FindCoordinatorRequest{}, &wire.FindCoordinatorResponse{}
	trip := func() {
		if err := c.RoundTrip(req, testVersion, resp); err != nil {
			t.Fatal(err)
		}
	}
	trip()
	// What the far end, the pipe's deadline timers and the decoder need.
	if n := testing.AllocsPerRun(100, trip); n > 25 {
		t.Errorf("%v allocations", n)
	}
}
