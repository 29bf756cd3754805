package fleet

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/brolga-io/brolga/test/compat/peer"
)

// startLimit is how long a cluster may take to form, on a busy machine.
const startLimit = 30 * time.Second

// Node is one process of a cluster.
type Node struct {
	ID         int
	Address    string // for clients; "" without the broker role
	Controller string // of the controller listener; "" without that role
	Dir        string

	props   map[string]string
	process *peer.Process
	log     string // of the processes before
}

// Fleet is a cluster of nodes 1 to n.
type Fleet struct {
	Nodes     []*Node
	ClusterID string
}

// New prepares n nodes with both roles that know each other by
// controller.quorum.voters. Overrides are key=value, for every node. Nothing is
// formatted and nothing runs.
func New(t testing.TB, n int, overrides ...string) *Fleet {
	t.Helper()
	f := &Fleet{ClusterID: "4L6g3nShT-eMCtK--X86sw"}
	var voters []string
	for id := 1; id <= n; id++ {
		node := &Node{ID: id, Dir: t.TempDir(),
			Address:    fmt.Sprintf("127.0.0.1:%d", peer.FreePort(t)),
			Controller: fmt.Sprintf("127.0.0.1:%d", peer.FreePort(t)),
		}
		f.Nodes = append(f.Nodes, node)
		voters = append(voters, fmt.Sprintf("%d@%s", id, node.Controller))
	}
	for _, node := range f.Nodes {
		node.props = map[string]string{
			"process.roles":                    "broker,controller",
			"node.id":                          fmt.Sprint(node.ID),
			"controller.quorum.voters":         strings.Join(voters, ","),
			"listeners":                        "PLAINTEXT://" + node.Address + ",CONTROLLER://" + node.Controller,
			"controller.listener.names":        "CONTROLLER",
			"inter.broker.listener.name":       "PLAINTEXT",
			"log.dirs":                         filepath.Join(node.Dir, "data"),
			"offsets.topic.num.partitions":     "5",
			"group.initial.rebalance.delay.ms": "0",
			"metrics.listener":                 "none",
			"console.listener":                 "none",
		}
		node.Set(overrides...)
	}
	return f
}

// Start runs n formatted nodes and waits until every broker is there.
func Start(t testing.TB, n int, overrides ...string) *Fleet {
	t.Helper()
	f := New(t, n, overrides...)
	for _, node := range f.Nodes {
		f.Format(t, node)
	}
	for _, node := range f.Nodes {
		node.Start(t)
	}
	f.AwaitBrokers(t, n)
	return f
}

// Set changes properties for the next start; a value of "" takes the key out.
func (n *Node) Set(overrides ...string) {
	for _, o := range overrides {
		key, value, _ := strings.Cut(o, "=")
		if n.props[key] = value; value == "" {
			delete(n.props, key)
		}
	}
}

// Config writes the node's server.properties and returns its path.
func (n *Node) Config(t testing.TB) string {
	t.Helper()
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(n.props)) {
		fmt.Fprintf(&b, "%s=%s\n", key, n.props[key])
	}
	path := filepath.Join(n.Dir, "server.properties")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Format runs kafka-storage format for a node, with more arguments if given.
func (f *Fleet) Format(t testing.TB, n *Node, args ...string) {
	t.Helper()
	args = append([]string{"format", "--cluster-id", f.ClusterID, "--config", n.Config(t)}, args...)
	if r := peer.BrolgaTools().Run(t, "", "kafka-storage", args...); r.Code != 0 {
		t.Fatalf("kafka-storage: %s%s", r.Stdout, r.Stderr)
	}
}

// Start starts the node's process and does not wait for anything.
func (n *Node) Start(t testing.TB) {
	t.Helper()
	if n.process != nil {
		n.log = n.Log()
	} else {
		t.Cleanup(func() {
			if t.Failed() {
				t.Logf("the log of node %d:\n%s", n.ID, tail(n.Log()))
			}
		})
	}
	n.process = peer.RunServer(t, n.Dir, n.Config(t))
}

func tail(s string) string { return s[max(0, len(s)-8<<10):] }

// Log is what the node wrote so far, in all its processes.
func (n *Node) Log() string { return n.log + n.process.Stdout.String() + n.process.Stderr.String() }

// Kill ends the process as a crash would.
func (n *Node) Kill() { n.process.Kill() }

// Signal sends a signal to the process.
func (n *Node) Signal(s syscall.Signal) { n.process.Signal(s) }

// Freeze stops the process where it is (SIGSTOP) and waits until it stands still;
// Signal(SIGCONT) lets it go on.
func (n *Node) Freeze(t testing.TB) {
	t.Helper()
	n.process.Signal(syscall.SIGSTOP)
	threads := fmt.Sprintf("/proc/%d/task", n.process.Pid())
	peer.Eventually(t, 10*time.Second, func() error {
		entries, err := os.ReadDir(threads)
		for _, e := range entries {
			stat, err := os.ReadFile(filepath.Join(threads, e.Name(), "stat"))
			if err == nil && !strings.Contains(string(stat), ") T ") {
				return fmt.Errorf("thread %s of node %d still runs", e.Name(), n.ID)
			}
		}
		return err
	})
}

// Wait waits for the end of the process and returns its exit code.
func (n *Node) Wait(t testing.TB, limit time.Duration) int {
	t.Helper()
	return n.process.Wait(t, limit)
}

// Stop ends the process by SIGTERM, which must go well.
func (n *Node) Stop(t testing.TB) {
	t.Helper()
	n.process.Signal(syscall.SIGTERM)
	if code := n.process.Wait(t, 20*time.Second); code != 0 {
		t.Fatalf("node %d ended with %d", n.ID, code)
	}
}

// Addresses are those of all brokers, running or not.
func (f *Fleet) Addresses() []string {
	var all []string
	for _, n := range f.Nodes {
		if n.Address != "" {
			all = append(all, n.Address)
		}
	}
	return all
}

// Client is a client of the brokers, or of those that options name, until the test
// ends.
func (f *Fleet) Client(t testing.TB, opts ...kgo.Opt) *kgo.Client {
	t.Helper()
	c, err := kgo.NewClient(append([]kgo.Opt{kgo.SeedBrokers(f.Addresses()...), kgo.MetadataMinAge(50 * time.Millisecond)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// Admin is an admin client of the brokers.
func (f *Fleet) Admin(t testing.TB, opts ...kgo.Opt) *kadm.Client {
	t.Helper()
	return kadm.NewClient(f.Client(t, opts...))
}

// AwaitBrokers waits until every running broker shows want brokers.
func (f *Fleet) AwaitBrokers(t testing.TB, want int) {
	t.Helper()
	for _, n := range f.Nodes {
		if n.Address == "" || n.process == nil || n.ended() {
			continue
		}
		client := f.Client(t, kgo.SeedBrokers(n.Address), kgo.RequestRetries(0))
		peer.Eventually(t, startLimit, func() error {
			if n.ended() {
				return nil // whoever needs it finds out
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			meta, err := kmsg.NewPtrMetadataRequest().RequestWith(ctx, client) // never a cached answer
			if err == nil && len(meta.Brokers) != want {
				err = fmt.Errorf("node %d shows %d brokers, want %d", n.ID, len(meta.Brokers), want)
			}
			return err
		})
		client.Close()
	}
}

func (n *Node) ended() bool {
	select {
	case <-n.process.Done():
		return true
	default:
		return false
	}
}

// Node returns the node with that id.
func (f *Fleet) Node(id int32) *Node { return f.Nodes[id-1] }
