package load_test

import (
	"net"
	"testing"
	"time"

	"github.com/brolga-io/brolga/bench/floor"
	"github.com/brolga-io/brolga/bench/load"
)

// serveFloor runs the least broker until the process ends: it has no end.
func serveFloor(t *testing.T) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	dir := t.TempDir()
	go func() { _ = floor.Serve(l, dir, 1, 0) }() // ends with the listener
	return l.Addr().String()
}

// Each record has a time until its answer and one until each consumer has it, and
// there are as many echoes.
func TestPaced(t *testing.T) {
	addr := serveFloor(t)
	for round, consumers := range []int{0, 1, 3} {
		const perSecond = 200
		l, err := load.Paced(addr, load.Leader, perSecond, 100, consumers, 300*time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		const want = perSecond * 3 / 10
		if len(l.Produce) != want || len(l.Echo) != want || len(l.EndToEnd) != want*consumers {
			t.Errorf("round %d: %d answers, %d echoes, %d arrivals, %d consumers", round, len(l.Produce), len(l.Echo), len(l.EndToEnd), consumers)
		}
		for _, d := range append(l.Produce, append(l.Echo, l.EndToEnd...)...) {
			if d <= 0 {
				t.Fatalf("it took %v", d)
			}
		}
	}
}

// A reader at a rate reads as often as it may and no more, from the start again when
// it came to the end.
func TestCatchUpAt(t *testing.T) {
	addr := serveFloor(t)
	fill := load.Produce{Conns: 1, InFlight: 5, Records: 16, Size: 1000, Bytes: 1e6, Acks: load.Leader}
	if _, _, err := fill.Run(addr, 1); err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	done := make(chan error, 1)
	go func() { done <- load.CatchUpAt(addr, 1, 64<<10, 1000, stop) }()
	// Writers get on beside it.
	if _, err := load.RoundTrips(addr, load.Leader, 100, 200*time.Millisecond); err != nil {
		t.Error(err)
	}
	close(stop)
	if err := <-done; err != nil {
		t.Error(err)
	}
}
