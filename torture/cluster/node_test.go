package cluster

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// testNode is a node whose program only waits.
func testNode(t *testing.T) *Node {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("processes are looked at in /proc")
	}
	program := filepath.Join(t.TempDir(), "waits")
	if err := os.WriteFile(program, []byte("#!/bin/sh\nexec sleep 60\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	n := &Node{ID: 1, c: &Cluster{}, binary: program, Home: t.TempDir()}
	n.Data = filepath.Join(n.Home, "data")
	n.c.Nodes = []*Node{n}
	t.Cleanup(n.c.Close)
	if err := n.Start(); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestStill: the process stands still meanwhile and goes on then, and an end that nobody
// would wonder about is none to wonder about afterwards.
func TestStill(t *testing.T) {
	for name, watched := range map[string]bool{"watched": true, "not watched": false} {
		t.Run(name, func(t *testing.T) {
			n := testNode(t)
			n.watch(watched)
			if err := n.Still(func() error {
				if !n.Paused() || !still(n.Pid()) {
					t.Error("it goes on")
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if n.Paused() {
				t.Error("it still stands still")
			}
			p, err := os.FindProcess(n.Pid())
			if err != nil || p.Kill() != nil || !n.Ended(10*time.Second) {
				t.Fatal("it does not end", err)
			}
			n.c.running.Wait()
			if got := len(n.Ends()) > 0; got != watched {
				t.Errorf("its end is a surprise: %v", got)
			}
		})
	}
	n := testNode(t)
	n.Kill()
	if n.Still(func() error { return nil }) == nil {
		t.Error("nobody stands still")
	}
}
