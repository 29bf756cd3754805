package peer

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/wire"
)

// openTestPipe opens a pipe that collects the hosts that it is answered.
func openTestPipe(t *testing.T, o Options, address string) (*Pipe, *[]string) {
	t.Helper()
	var hosts []string
	p, err := OpenPipe(o, address, wire.APIKeyFindCoordinator, testVersion, func(r *wire.Reader) error {
		var resp wire.FindCoordinatorResponse
		resp.Decode(r, testVersion)
		hosts = append(hosts, resp.Host)
		return r.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return p, &hosts
}

// TestRequestsDoNotWait: all leave before the first is answered.
func TestRequestsDoNotWait(t *testing.T) {
	a := newAnswerer(t)
	var held []wire.RequestHeader
	last := make(chan struct{})
	a.on(func(nc net.Conn, h wire.RequestHeader, req *wire.FindCoordinatorRequest) bool {
		if held = append(held, h); len(held) < 4 {
			return true
		}
		for i, h := range held {
			send(nc, h.CorrelationID, fmt.Sprint(i))
		}
		close(last)
		return true
	})
	address, _ := listenLoopback(t, a)
	p, hosts := openTestPipe(t, Options{}, address)
	for range 4 {
		if err := p.Write(&wire.FindCoordinatorRequest{}); err != nil {
			t.Fatal(err)
		}
	}
	<-last
	a.breakAll()
	<-p.Done()
	if !slices.Equal(*hosts, []string{"0", "1", "2", "3"}) || !p.Lost() {
		t.Errorf("answers %q, then %v", *hosts, p.Err())
	}
	p.Close()
}

func TestPipeTellsALossAtOnce(t *testing.T) {
	a := newAnswerer(t)
	address, stop := listenLoopback(t, a)
	told := make(chan error, 1)
	p, _ := openTestPipe(t, Options{OnLost: func(err error) { told <- err }}, address)
	defer p.Close()
	p.Write(&wire.FindCoordinatorRequest{})
	<-a.came
	stop()
	a.breakAll()
	if err := <-told; !lost(err) {
		t.Errorf("told %v", err)
	}
	if _, err := OpenPipe(Options{}, address, wire.APIKeyFindCoordinator, testVersion, nil); !Refused(err) {
		t.Errorf("dial to nobody: %v", err)
	}
}

func TestPipeCloseIsNoLoss(t *testing.T) {
	a := newAnswerer(t)
	p, _ := openTestPipe(t, Options{Dial: a.dial, OnLost: func(err error) { t.Errorf("lost: %v", err) }}, "x")
	p.Close()
	if !errors.Is(p.Err(), ErrClosed) || p.Lost() {
		t.Errorf("ended with %v", p.Err())
	}
	if err := p.Write(&wire.FindCoordinatorRequest{}); err == nil {
		t.Error("a closed pipe takes requests")
	}
}

// TestFrozenReaderEndsThePipe: a write that nobody takes does not block for ever.
func TestFrozenReaderEndsThePipe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		defer far.Close()
		dial := func(string, time.Duration) (net.Conn, error) { return near, nil }
		p, _ := openTestPipe(t, Options{Dial: dial, RequestTimeout: time.Second}, "x")
		begin := time.Now()
		if err := p.Write(&wire.FindCoordinatorRequest{}); err == nil || time.Since(begin) != time.Second {
			t.Errorf("%v after %v", err, time.Since(begin))
		}
		<-p.Done()
		p.Close()
	})
}

func TestPipeRefusesAnswersOutOfOrder(t *testing.T) {
	a := newAnswerer(t)
	a.on(func(nc net.Conn, h wire.RequestHeader, _ *wire.FindCoordinatorRequest) bool {
		return send(nc, h.CorrelationID+1, "x")
	})
	p, hosts := openTestPipe(t, Options{Dial: a.dial}, "x")
	defer p.Close()
	p.Write(&wire.FindCoordinatorRequest{})
	<-p.Done()
	if !errors.Is(p.Err(), errAnswer) || len(*hosts) != 0 {
		t.Errorf("ended with %v after %q", p.Err(), *hosts)
	}
}
