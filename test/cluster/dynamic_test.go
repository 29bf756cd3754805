package cluster

import (
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/brolga-io/brolga/test/cluster/fleet"
	"github.com/brolga-io/brolga/test/compat/peer"
)

// dynamic prepares nodes that find the quorum by controller.quorum.bootstrap.servers.
func dynamic(t *testing.T, n int) *fleet.Fleet {
	f := fleet.New(t, n)
	var servers []string
	for _, node := range f.Nodes {
		servers = append(servers, node.Controller)
	}
	for _, node := range f.Nodes {
		node.Set("controller.quorum.voters=", "controller.quorum.bootstrap.servers="+strings.Join(servers, ","))
	}
	return f
}

// directory is the id of the node's metadata directory.
func directory(t *testing.T, n *fleet.Node) [16]byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(n.Dir, "data", "meta.properties"))
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`directory\.id=(\S+)`).FindSubmatch(text)
	if m == nil {
		t.Fatalf("no directory id in %s", text)
	}
	id, err := base64.RawURLEncoding.DecodeString(strings.ReplaceAll(string(m[1]), `\`, ""))
	if err != nil || len(id) != 16 {
		t.Fatalf("directory id %s", m[1])
	}
	return [16]byte(id)
}

// addController asks for a new voter through any broker.
func addController(t *testing.T, f *fleet.Fleet, n *fleet.Node) {
	t.Helper()
	host, port, _ := strings.Cut(n.Controller, ":")
	number, _ := strconv.Atoi(port)
	req := kmsg.NewPtrAddRaftVoterRequest()
	req.ClusterID, req.TimeoutMillis, req.VoterID, req.VoterDirectoryID = &f.ClusterID, 20_000, int32(n.ID), directory(t, n)
	listener := kmsg.NewAddRaftVoterRequestListener()
	listener.Name, listener.Host, listener.Port = "CONTROLLER", host, uint16(number)
	req.Listeners = append(req.Listeners, listener)
	// The node that passes the request on may be the one that starts again because it
	// was taken in.
	peer.Eventually(t, 30*time.Second, func() error {
		resp, err := req.RequestWith(limit(t), f.Client(t))
		if err == nil {
			err = kerr.ErrorForCode(resp.ErrorCode)
		}
		if errors.Is(err, kerr.DuplicateVoter) {
			return nil
		}
		return err
	})
}

func removeController(t *testing.T, f *fleet.Fleet, n *fleet.Node) error {
	t.Helper()
	req := kmsg.NewPtrRemoveRaftVoterRequest()
	req.ClusterID, req.VoterID, req.VoterDirectoryID = &f.ClusterID, int32(n.ID), directory(t, n)
	resp, err := req.RequestWith(limit(t), f.Client(t))
	if err == nil {
		err = kerr.ErrorForCode(resp.ErrorCode)
	}
	return err
}

// TestControllersAreAddedAndRemoved: one node is formatted as the whole quorum; two
// more join it, and it leaves.
func TestControllersAreAddedAndRemoved(t *testing.T) {
	f := dynamic(t, 3)
	first, second, third := f.Nodes[0], f.Nodes[1], f.Nodes[2]
	f.Format(t, first, "--standalone")
	first.Start(t)
	f.AwaitBrokers(t, 1)
	for _, n := range []*fleet.Node{second, third} {
		f.Format(t, n, "--no-initial-controllers")
		n.Start(t)
	}
	f.AwaitBrokers(t, 3)
	oneTopic(t, f, "t")
	p := produce(t, f, "t")
	p.await(t, 20)
	for _, n := range []*fleet.Node{second, third} {
		addController(t, f, n)
	}
	f.AwaitBrokers(t, 3)
	mustVote(t, f, 1, 2, 3)
	p.await(t, 20)
	first.Kill() // the two that joined are a majority
	p.await(t, 50)
	mustCreate(t, f, "without-1")
	first.Start(t)
	f.AwaitBrokers(t, 3)
	if err := removeController(t, f, first); err != nil {
		t.Fatal(err)
	}
	mustVote(t, f, 2, 3)
	f.AwaitBrokers(t, 3) // the removed one goes on as a broker
	mustCreate(t, f, "with-an-observer")
	addController(t, f, first)
	mustVote(t, f, 1, 2, 3)
	// One that joined before keeps its identity when it comes back.
	if err := removeController(t, f, second); err != nil {
		t.Fatal(err)
	}
	mustVote(t, f, 1, 3)
	f.AwaitBrokers(t, 3)
	addController(t, f, second)
	mustVote(t, f, 1, 2, 3)
	p.await(t, 20)
	p.end(t)
	mustHold(t, f, "t", p.acked)
	for _, n := range f.Nodes {
		n.Stop(t)
		n.Start(t)
	}
	f.AwaitBrokers(t, 3)
	mustVote(t, f, 1, 2, 3)
}

// TestControllerIsRemovedWhileItIsDown: it learns of that when it comes back, goes on as a
// broker, and can be added again.
func TestControllerIsRemovedWhileItIsDown(t *testing.T) {
	f := dynamic(t, 3)
	first, third := f.Nodes[0], f.Nodes[2]
	f.Format(t, first, "--standalone")
	first.Start(t)
	f.AwaitBrokers(t, 1)
	for _, n := range f.Nodes[1:] {
		f.Format(t, n, "--no-initial-controllers")
		n.Start(t)
	}
	f.AwaitBrokers(t, 3)
	for _, n := range f.Nodes[1:] {
		addController(t, f, n)
	}
	mustVote(t, f, 1, 2, 3)
	f.AwaitBrokers(t, 3)
	third.Kill()
	f.AwaitBrokers(t, 2)
	if err := removeController(t, f, third); err != nil {
		t.Fatal(err)
	}
	mustVote(t, f, 1, 2)
	third.Start(t)
	f.AwaitBrokers(t, 3)
	mustVote(t, f, 1, 2)
	addController(t, f, third)
	mustVote(t, f, 1, 2, 3)
	f.AwaitBrokers(t, 3)
}

// TestInitialControllers: three nodes formatted with the same list.
func TestInitialControllers(t *testing.T) {
	f := dynamic(t, 3)
	var list []string
	for i, n := range f.Nodes {
		id := base64.RawURLEncoding.EncodeToString([]byte(fmt.Sprintf("directory-of-n%02d", i)))
		list = append(list, fmt.Sprintf("%d@%s:%s", n.ID, n.Controller, id))
	}
	for _, n := range f.Nodes {
		f.Format(t, n, "--initial-controllers", strings.Join(list, ","))
		n.Start(t)
	}
	f.AwaitBrokers(t, 3)
	mustVote(t, f, 1, 2, 3)
	mustCreate(t, f, "t")
}

// mustCreate makes a topic as soon as there is an active controller.
func mustCreate(t *testing.T, f *fleet.Fleet, topic string) {
	t.Helper()
	peer.Eventually(t, 30*time.Second, func() error {
		_, err := f.Admin(t, kgo.RetryTimeout(5*time.Second)).CreateTopic(limit(t), 1, 2, nil, topic)
		return unlessExists(err)
	})
}

// unlessExists takes a topic that exists for created: the connection may have been
// lost before the answer to an earlier attempt came.
func unlessExists(err error) error {
	if errors.Is(err, kerr.TopicAlreadyExists) {
		return nil
	}
	return err
}

// mustVote waits until the quorum has exactly these voters.
func mustVote(t *testing.T, f *fleet.Fleet, voters ...int32) {
	t.Helper()
	peer.Eventually(t, 30*time.Second, func() error {
		p, err := describeQuorum(t, f)
		if err != nil {
			return err
		}
		if len(p.CurrentVoters) != len(voters) {
			return fmt.Errorf("voters %+v, want %v", p.CurrentVoters, voters)
		}
		for i, v := range voters {
			if !hasVoter(p, v) {
				return fmt.Errorf("voter %d is not %v", i, v)
			}
		}
		return nil
	})
}

func hasVoter(p *kmsg.DescribeQuorumResponseTopicPartition, id int32) bool {
	for _, v := range p.CurrentVoters {
		if v.ReplicaID == id {
			return true
		}
	}
	return false
}
