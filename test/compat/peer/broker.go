package peer

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Broker is a broker in a process of its own: brolga, or Apache Kafka with
// COMPAT_TARGET=kafka. Its data stays when it stops.
type Broker struct {
	Address string // host:port of the listener for clients
	Dir     string // of the data, and of what a Kafka needs beside it

	target    target
	overrides map[string]string
	process   *Process
	log       string // of the processes before
}

// target knows how one kind of broker is run.
type target interface {
	// command returns what starts a broker with these properties, on data in
	// dir, which it may prepare.
	command(t testing.TB, dir string, props map[string]string) *exec.Cmd
	startLimit() time.Duration
	// stops tells within what time a broker ends after SIGTERM, and how.
	stops() (limit time.Duration, code int)
}

// Start runs a broker on loopback. Overrides are key=value broker configs. The
// defaults differ from Kafka's in what a single node needs: internal topics
// with one replica, and no wait before the first rebalance of a group.
func Start(t testing.TB, overrides ...string) *Broker {
	t.Helper()
	if Kafka() {
		return StartKafka(t, overrides...)
	}
	return startTarget(t, brolga{}, overrides)
}

// StartKafka runs Apache Kafka whatever COMPAT_TARGET says.
func StartKafka(t testing.TB, overrides ...string) *Broker {
	t.Helper()
	return startTarget(t, apacheKafka{port: FreePort(t)}, overrides)
}

func startTarget(t testing.TB, kind target, overrides []string) *Broker {
	t.Helper()
	b := &Broker{
		Address: net.JoinHostPort("127.0.0.1", strconv.Itoa(FreePort(t))),
		Dir:     t.TempDir(),
		target:  kind,
		overrides: map[string]string{
			"node.id":                                          "1",
			"process.roles":                                    "broker,controller",
			"offsets.topic.replication.factor":                 "1",
			"offsets.topic.num.partitions":                     "5",
			"transaction.state.log.replication.factor":         "1",
			"transaction.state.log.min.isr":                    "1",
			"share.coordinator.state.topic.replication.factor": "1",
			"share.coordinator.state.topic.min.isr":            "1",
			"group.initial.rebalance.delay.ms":                 "0",
		},
	}
	b.overrides["listeners"] = "PLAINTEXT://" + b.Address
	for _, o := range overrides {
		key, value := cut(o)
		b.overrides[key] = value
	}
	// Other listeners may be asked for; the first is the one that is used here.
	_, first, _ := strings.Cut(b.overrides["listeners"], "://")
	b.Address, _, _ = strings.Cut(first, ",")
	b.run(t)
	return b
}

// run starts the process and waits until it answers.
func (b *Broker) run(t testing.TB) {
	t.Helper()
	b.process = start(t, b.target.command(t, b.Dir, b.overrides))
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the broker's log:\n%s", tail(b.Log(), 16<<10))
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), b.target.startLimit())
	defer cancel()
	for ping(ctx, b.Address) != nil {
		select {
		case <-b.process.Done():
			t.Fatalf("the broker ended: %v", b.process.err)
		case <-ctx.Done():
			t.Fatal("the broker does not answer")
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// ping asks the broker for its metadata on a new connection.
func ping(ctx context.Context, address string) error {
	client, err := kgo.NewClient(kgo.SeedBrokers(address), kgo.RequestRetries(0))
	if err != nil {
		return err
	}
	defer client.Close()
	return client.Ping(ctx)
}

// Pid returns the process id.
func (b *Broker) Pid() int { return b.process.cmd.Process.Pid }

// Log returns what the broker wrote, earlier processes included.
func (b *Broker) Log() string {
	return b.log + b.process.Stdout.String() + b.process.Stderr.String()
}

// Kill ends the broker with SIGKILL, as a crash would.
func (b *Broker) Kill() {
	b.process.Kill()
	b.log = b.Log()
	b.process.Stdout, b.process.Stderr = &Output{}, &Output{}
}

// Stop ends the broker with SIGTERM and fails the test if it takes too long or
// ends badly.
func (b *Broker) Stop(t testing.TB) {
	t.Helper()
	b.process.Signal(syscall.SIGTERM)
	limit, want := b.target.stops()
	if code := b.process.Wait(t, limit); code != want {
		t.Fatalf("the broker ended with %d", code)
	}
	b.Kill()
}

// Restart starts a stopped or killed broker again on the same data and port.
// More overrides are added.
func (b *Broker) Restart(t testing.TB, overrides ...string) {
	t.Helper()
	for _, o := range overrides {
		key, value := cut(o)
		b.overrides[key] = value
	}
	b.run(t)
}

// FreePort returns a port of 127.0.0.1 that nothing listens on.
func FreePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// brolga runs the built binary.
type brolga struct{}

func (brolga) startLimit() time.Duration { return 15 * time.Second }

func (brolga) stops() (time.Duration, int) { return 2 * time.Second, 0 }

func (brolga) command(t testing.TB, dir string, props map[string]string) *exec.Cmd {
	t.Helper()
	args := []string{"server"}
	for key, value := range props {
		args = append(args, "--override", key+"="+value)
	}
	args = append(args, "--override", "log.dirs="+dir+"/data")
	for _, key := range []string{"console.listener", "metrics.listener"} {
		if props[key] == "" {
			args = append(args, "--override", key+"=none")
		}
	}
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), Binary(t), args...)
	cmd.Dir = dir
	return cmd
}

// Binary returns the path of the built binary; BROLGA names another one.
func Binary(t testing.TB) string {
	t.Helper()
	path := os.Getenv("BROLGA")
	if path == "" {
		path = Root(t) + "/bin/brolga"
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%s is not built: make build", path)
	}
	return path
}

func cut(override string) (key, value string) {
	key, value, ok := strings.Cut(override, "=")
	if !ok {
		panic(fmt.Sprintf("BUG: override %q has no =", override))
	}
	return key, value
}

// tail returns the end of a long text.
func tail(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return "…" + s[len(s)-n:]
}
