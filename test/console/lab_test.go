package console

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/brolga-io/brolga/test/compat/peer"
)

// labBrokers is how many brokers a lab has unless told.
const labBrokers = 3

// startLab runs "brolga lab" until the test ends and returns what the browser's
// tests need to know of it.
func startLab(t *testing.T) []string {
	t.Helper()
	chromium(t)
	port := freePorts(t, labBrokers)
	url := "http://" + net.JoinHostPort("127.0.0.1", strconv.Itoa(peer.FreePort(t)))
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), peer.Binary(t), "lab",
		"--port", strconv.Itoa(port), "--controller-port", strconv.Itoa(freePorts(t, labBrokers)), "--console", url, "--dir", t.TempDir())
	var out peer.Output
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(20 * time.Second):
			cmd.Process.Kill()
			t.Error("the lab did not end")
		}
		if t.Failed() {
			t.Logf("the lab's log:\n%s", out.String())
		}
	})
	out.Until(t, time.Minute, "the lab's console", func(text string) bool { return strings.Contains(text, url) })
	return envOf(t, url, net.JoinHostPort("localhost", strconv.Itoa(port)))
}

// freePorts finds n ports in a row and returns the first.
func freePorts(t *testing.T, n int) int {
	t.Helper()
	for range 100 {
		if first := peer.FreePort(t); allFree(first, n) {
			return first
		}
	}
	t.Fatal("no free ports in a row")
	return 0
}

func allFree(first, n int) bool {
	for port := first; port < first+n; port++ {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			return false
		}
		l.Close()
	}
	return true
}
