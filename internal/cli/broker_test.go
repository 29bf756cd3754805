package cli

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
)

// onStandIn names the scenarios that need what brolga does not serve yet (the new
// group protocol): they run
// against franz-go's in-memory broker.
var onStandIn = map[string]bool{"groups": true}

// startBroker returns the address of a broker with node id 1 and nothing in it,
// and whether it is a full one: brolga itself, or the one that
// BROLGA_TEST_BOOTSTRAP names (a Kafka when golden files are recorded).
func startBroker(t *testing.T, scenario string) (bootstrap string, full bool) {
	t.Helper()
	if addr := os.Getenv("BROLGA_TEST_BOOTSTRAP"); addr != "" {
		return addr, true
	}
	if onStandIn[scenario] {
		return startStandIn(t), false
	}
	return startBrolga(t), true
}

func startStandIn(t *testing.T) string {
	t.Helper()
	c, err := kfake.NewCluster(kfake.NumBrokers(2), kfake.DefaultNumPartitions(1), kfake.AllowAutoTopicCreation(),
		kfake.BrokerConfigs(map[string]string{"group.initial.rebalance.delay.ms": "0"}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	// The recordings' only broker has node id 1; so has what is left here, and
	// it is the controller.
	if err := c.RemoveNode(0); err != nil {
		t.Fatal(err)
	}
	return c.ListenAddrs()[0]
}

func startBrolga(t *testing.T) string {
	t.Helper()
	addr := "127.0.0.1:" + closedPort(t)
	cmd := exec.Command(brolgaBinary(t), "server",
		"--override", "listeners=PLAINTEXT://"+addr,
		"--override", "log.dirs="+filepath.Join(t.TempDir(), "data"),
		"--override", "group.initial.rebalance.delay.ms=0",
		"--override", "console.listener=none", "--override", "metrics.listener=none")
	var log lineBuffer
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("the broker's log:\n%s", lastLines(log.String(), 20))
		}
	})
	awaitPort(t, addr)
	return addr
}

// The binary is built once for all tests of the process.
var (
	buildOnce sync.Once
	built     string
	buildErr  error
)

func brolgaBinary(t *testing.T) string {
	t.Helper()
	buildOnce.Do(func() {
		dir, err := os.MkdirTemp("", "brolga-cli-test")
		if err != nil {
			buildErr = err
			return
		}
		built = filepath.Join(dir, "brolga")
		out, err := exec.Command("go", "build", "-o", built, "github.com/brolga-io/brolga/cmd/brolga").CombinedOutput()
		if err != nil {
			buildErr = &exec.Error{Name: "go build: " + string(out), Err: err}
		}
	})
	if buildErr != nil {
		t.Fatal(buildErr)
	}
	return built
}

// removeBuilt is called by TestMain after all tests.
func removeBuilt() {
	if built != "" {
		_ = os.RemoveAll(filepath.Dir(built))
	}
}

// awaitPort polls: a process of its own has no other way to say it is ready.
func awaitPort(t *testing.T, addr string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); <-time.After(20 * time.Millisecond) {
		if conn, err := net.Dial("tcp", addr); err == nil {
			conn.Close()
			return
		}
	}
	t.Fatalf("nothing listens on %s", addr)
}

func lastLines(s string, n int) string {
	var lines []string
	for in := bufio.NewScanner(strings.NewReader(s)); in.Scan(); {
		lines = append(lines, in.Text())
	}
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
