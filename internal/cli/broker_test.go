package cli

import (
	"bufio"
	"context"
	"fmt"
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
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// testBroker is what a scenario runs against: a broker with node id 1 and nothing
// in it.
type testBroker struct {
	bootstrap  string
	controller string          // a listener for controllers, empty where there is none
	served     map[string]bool // the names of the APIs it answers; nil is all
}

// startBroker starts brolga, unless BROLGA_TEST_BOOTSTRAP names another broker (a
// Kafka when golden files are recorded).
func startBroker(t *testing.T, brokers int) testBroker {
	t.Helper()
	if addr := os.Getenv("BROLGA_TEST_BOOTSTRAP"); addr != "" {
		return testBroker{bootstrap: addr, controller: os.Getenv("BROLGA_TEST_CONTROLLER")}
	}
	b := startBrolga(t, max(brokers, 1))
	b.served = servedAPIs(t, b.bootstrap)
	if !answersControllers(b.controller) {
		b.controller = ""
	}
	return b
}

// servedAPIs asks a broker for its API versions.
func servedAPIs(t *testing.T, addr string) map[string]bool {
	t.Helper()
	cl, err := kgo.NewClient(kgo.SeedBrokers(addr))
	if err != nil {
		t.Fatal(err)
	}
	defer cl.Close()
	resp, err := kmsg.NewPtrApiVersionsRequest().RequestWith(t.Context(), cl)
	if err != nil {
		t.Fatal(err)
	}
	served := map[string]bool{}
	for _, k := range resp.ApiKeys {
		served[kmsg.NameForKey(k.ApiKey)] = true
	}
	return served
}

// answersControllers tells whether a listener speaks as a controller (KIP-919).
func answersControllers(addr string) bool {
	cl, err := kgo.NewClient(kgo.SeedBrokers(addr), kgo.RetryTimeout(time.Second))
	if err != nil {
		return false
	}
	defer cl.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	req := kmsg.NewPtrDescribeClusterRequest()
	req.EndpointType = 2
	resp, err := cl.SeedBrokers()[0].Request(ctx, req)
	return err == nil && resp.(*kmsg.DescribeClusterResponse).ErrorCode == 0
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

func startBrolga(t *testing.T, brokers int) testBroker {
	t.Helper()
	var first testBroker
	voters, controllers := "", make([]string, brokers)
	for i := range controllers {
		controllers[i] = "127.0.0.1:" + closedPort(t)
		voters += fmt.Sprintf(",%d@%s", i+1, controllers[i])
	}
	for i, controller := range controllers {
		bootstrap := "127.0.0.1:" + closedPort(t)
		startNode(t, i+1, bootstrap, controller, voters[1:], brokers > 1)
		if brokers == 1 {
			awaitPort(t, bootstrap)
		}
		if i == 0 {
			first = testBroker{bootstrap: bootstrap, controller: controller}
		}
	}
	if brokers > 1 && !formsCluster(first.bootstrap, brokers) {
		t.Fatalf("%d nodes do not form a cluster", brokers)
	}
	return first
}

// formsCluster waits until a broker knows as many as were started.
func formsCluster(addr string, brokers int) bool {
	cl, err := kgo.NewClient(kgo.SeedBrokers(addr), kgo.RetryTimeout(time.Second))
	if err != nil {
		return false
	}
	defer cl.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for ctx.Err() == nil {
		resp, err := kmsg.NewPtrMetadataRequest().RequestWith(ctx, cl)
		if err == nil && len(resp.Brokers) == brokers {
			return true
		}
		<-time.After(100 * time.Millisecond)
	}
	return false
}

// startNode starts one node; those of a cluster are formatted with its id first.
func startNode(t *testing.T, id int, bootstrap, controller, voters string, format bool) {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "server.properties")
	offsetsReplicas := 1
	if format { // one of several
		offsetsReplicas = 3
	}
	text := fmt.Sprintf("process.roles=broker,controller\nnode.id=%d\ncontroller.quorum.voters=%s\ncontroller.listener.names=CONTROLLER\n"+
		"listeners=PLAINTEXT://%s,CONTROLLER://%s\nlog.dirs=%s\noffsets.topic.replication.factor=%d\ngroup.initial.rebalance.delay.ms=0\nconsole.listener=none\nmetrics.listener=none\n",
		id, voters, bootstrap, controller, filepath.Join(dir, "data"), offsetsReplicas)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if format {
		out, err := exec.Command(brolgaBinary(t), "kafka-storage", "format", "--cluster-id", "MkU3OEVBNTcwNTJENDM2Qg", "--config", file).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	cmd := exec.Command(brolgaBinary(t), "server", file)
	var log lineBuffer
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("the log of broker %d:\n%s", id, lastLines(log.String(), 20))
		}
	})
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
