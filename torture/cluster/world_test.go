package cluster

import (
	"errors"
	"net"
	"os"
	"syscall"
	"testing"
	"time"
)

// insideVariable has the test run again in a world of its own.
const insideVariable = "BROLGA_TORTURE_TEST"

// TestWorld enters a world and runs the tests of what can be done there.
func TestWorld(t *testing.T) {
	if err := Isolation(); err != nil {
		t.Skip("a world of its own cannot be had: ", err)
	}
	if os.Getenv(insideVariable) != "" {
		t.Skip("inside already")
	}
	code, err := Enter(t.Context(), []string{"-test.run", "^TestInside$", "-test.v"}, insideVariable+"=1")
	if err != nil || code != 0 {
		t.Errorf("code %d, %v", code, err)
	}
}

// TestInside: what is dropped does not arrive, is counted, and arrives again after.
func TestInside(t *testing.T) {
	if os.Getenv(insideVariable) == "" {
		t.Skip("TestWorld runs it in a world of its own")
	}
	if err := Settle(); err != nil {
		t.Fatal(err)
	}
	if err := connect(2); err != nil {
		t.Fatal(err)
	}
	c := &Cluster{Nodes: []*Node{{ID: 1}, {ID: 2}}}
	c.Isolated = true
	dial := func() error {
		conn, err := net.DialTimeout("tcp", address(1)+":9", time.Second)
		if err == nil {
			conn.Close()
		}
		return err
	}
	if err := dial(); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("before: %v", err)
	}
	if err := c.Drop(Client, 1, 100); err != nil {
		t.Fatal(err)
	}
	if err := dial(); !os.IsTimeout(err) {
		t.Errorf("dropped: %v", err)
	}
	if packets, err := c.Reconnect(); packets == 0 || err != nil {
		t.Errorf("%d packets were dropped, %v", packets, err)
	}
	if err := dial(); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("after: %v", err)
	}
	if err := c.Throttle(1, 64); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Unthrottle(1); err != nil {
		t.Error(err)
	}
}
