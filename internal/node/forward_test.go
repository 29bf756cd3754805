package node

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/peer"
	"github.com/brolga-io/brolga/internal/wire"
)

// envelopes answers each envelope with its own data, or never if hold is not nil.
type envelopes struct {
	t     *testing.T
	dials atomic.Int32
	hold  chan struct{}
	// arrived is told of each that is not answered.
	arrived chan struct{}
}

func (e *envelopes) forwarder() *forwarder {
	return newForwarder(func() *peer.Conn {
		return peer.NewConn(peer.Options{Dial: e.dial}, func() (string, bool) { return "x", true })
	})
}

func (e *envelopes) dial(string, time.Duration) (net.Conn, error) {
	e.dials.Add(1)
	near, far := net.Pipe()
	go e.serve(far)
	return near, nil
}

func (e *envelopes) serve(nc net.Conn) {
	defer nc.Close()
	for {
		size := make([]byte, 4)
		if _, err := io.ReadFull(nc, size); err != nil {
			return
		}
		frame := make([]byte, binary.BigEndian.Uint32(size))
		if _, err := io.ReadFull(nc, frame); err != nil {
			return
		}
		if e.hold != nil {
			if e.arrived != nil {
				e.arrived <- struct{}{}
			}
			<-e.hold
			return
		}
		r := wire.NewReader(frame)
		h, err := wire.DecodeRequestHeader(r)
		var req wire.EnvelopeRequest
		if req.Decode(r, h.APIVersion); err != nil || r.Err() != nil {
			e.t.Error(err, r.Err())
			return
		}
		out := wire.AppendResponseHeader([]byte{0, 0, 0, 0}, h.APIKey, h.APIVersion, h.CorrelationID)
		out = (&wire.EnvelopeResponse{ResponseData: req.RequestData}).Append(out, h.APIVersion)
		binary.BigEndian.PutUint32(out, uint32(len(out)-4))
		if _, err := nc.Write(out); err != nil {
			return
		}
	}
}

// TestForwarding: many at once, each with its own answer, over few connections.
func TestForwarding(t *testing.T) {
	e := &envelopes{t: t}
	f := e.forwarder()
	defer f.close()
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() {
			data := bytes.Repeat([]byte{byte(i)}, 1000)
			resp, err := f.forward(&wire.EnvelopeRequest{RequestData: data})
			if err != nil || !bytes.Equal(resp.ResponseData, data) {
				t.Errorf("request %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	if n := e.dials.Load(); n > maxForwarding {
		t.Errorf("%d connections", n)
	}
}

// TestForwardingToNobody: what was not sent may be sent again, which the error says.
func TestForwardingToNobody(t *testing.T) {
	refuse := func(string, time.Duration) (net.Conn, error) { return nil, syscall.ECONNREFUSED }
	for name, address := range map[string]func() (string, bool){
		"unknown": func() (string, bool) { return "", false },
		"dead":    func() (string, bool) { return "x", true },
	} {
		f := newForwarder(func() *peer.Conn { return peer.NewConn(peer.Options{Dial: refuse}, address) })
		if _, err := f.forward(&wire.EnvelopeRequest{}); !errors.Is(err, wire.NotController) {
			t.Errorf("%s: %v", name, err)
		}
		f.close()
		if _, err := f.forward(&wire.EnvelopeRequest{}); !errors.Is(err, wire.NotController) {
			t.Errorf("%s, closed: %v", name, err)
		}
	}
}

// TestForwardingIsCutOff: the fate of a request that was sent is not known, and that
// is not NotController.
func TestForwardingIsCutOff(t *testing.T) {
	e := &envelopes{t: t, hold: make(chan struct{})}
	f := e.forwarder()
	defer f.close()
	close(e.hold)
	if _, err := f.forward(&wire.EnvelopeRequest{}); err == nil || errors.Is(err, wire.NotController) {
		t.Errorf("cut off: %v", err)
	}
}

// TestForwardingEnds: who waits for a controller that does not answer is told of close.
func TestForwardingEnds(t *testing.T) {
	e := &envelopes{t: t, hold: make(chan struct{}), arrived: make(chan struct{})}
	defer close(e.hold)
	f := e.forwarder()
	told := make(chan error, 1)
	go func() {
		_, err := f.forward(&wire.EnvelopeRequest{RequestData: []byte("x")})
		told <- err
	}()
	<-e.arrived
	f.close()
	select {
	case err := <-told:
		if err == nil || errors.Is(err, wire.NotController) {
			t.Errorf("closed: %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("a request is still under way")
	}
}
