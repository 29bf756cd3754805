package cluster

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/brolga-io/brolga/test/cluster/fleet"
	"github.com/brolga-io/brolga/test/compat/peer"
)

// separate prepares three controllers, nodes 1 to 3, and brokers behind them.
func separate(t *testing.T, brokers int) *fleet.Fleet {
	f := fleet.New(t, 3+brokers)
	var voters []string
	for _, n := range f.Nodes[:3] {
		voters = append(voters, fmt.Sprintf("%d@%s", n.ID, n.Controller))
	}
	for i, n := range f.Nodes {
		n.Set("controller.quorum.voters=" + strings.Join(voters, ","))
		if i < 3 {
			n.Set("process.roles=controller", "listeners=CONTROLLER://"+n.Controller, "inter.broker.listener.name=")
			n.Address = ""
		} else {
			n.Set("process.roles=broker", "listeners=PLAINTEXT://"+n.Address)
			n.Controller = ""
		}
	}
	return f
}

// TestSeparateRoles: dedicated brokers are observers of dedicated controllers, keep
// the metadata on their own disks, and go on when any controller is lost.
func TestSeparateRoles(t *testing.T) {
	f := separate(t, 2)
	for _, n := range f.Nodes {
		f.Format(t, n)
		n.Start(t)
	}
	f.AwaitBrokers(t, 2)
	ctx := limit(t)
	if _, err := f.Admin(t).CreateTopic(ctx, 2, 2, nil, "t"); err != nil {
		t.Fatal(err)
	}
	client := f.Client(t, kgo.DefaultProduceTopic("t"))
	if err := client.ProduceSync(ctx, kgo.StringRecord("a")).FirstErr(); err != nil {
		t.Fatal(err)
	}
	for i, n := range f.Nodes[:3] {
		n.Kill()
		peer.Eventually(t, 30*time.Second, func() error {
			_, err := f.Admin(t).CreateTopic(ctx, 1, 2, nil, fmt.Sprint("without-", i+1))
			return unlessExists(err)
		})
		n.Start(t)
	}
	mustObserve(t, f, 4, 5)
	for _, n := range f.Nodes {
		n.Stop(t)
	}
	for _, n := range f.Nodes[3:] { // brokers first: they wait for their controllers
		n.Start(t)
	}
	for _, n := range f.Nodes[:3] {
		n.Start(t)
	}
	f.AwaitBrokers(t, 2)
	topics, err := f.Admin(t).ListTopics(ctx)
	if err != nil || len(topics) != 4 {
		t.Errorf("after a restart: %v, %v", topics.Names(), err)
	}
}

// mustObserve waits until the quorum shows three voters and these observers, all of
// them caught up.
func mustObserve(t *testing.T, f *fleet.Fleet, observers ...int32) {
	t.Helper()
	peer.Eventually(t, 30*time.Second, func() error {
		p, err := describeQuorum(t, f)
		if err != nil {
			return err
		}
		var seen []int32
		for _, o := range p.Observers {
			if o.LogEndOffset == p.HighWatermark {
				seen = append(seen, o.ReplicaID)
			}
		}
		if len(p.CurrentVoters) != 3 || !slices.Equal(seen, observers) {
			return fmt.Errorf("%d voters, observers %v", len(p.CurrentVoters), seen)
		}
		return nil
	})
}

// describeQuorum asks for the state of the quorum.
func describeQuorum(t *testing.T, f *fleet.Fleet) (*kmsg.DescribeQuorumResponseTopicPartition, error) {
	t.Helper()
	req := kmsg.NewPtrDescribeQuorumRequest()
	req.Topics = []kmsg.DescribeQuorumRequestTopic{{Topic: "__cluster_metadata", Partitions: []kmsg.DescribeQuorumRequestTopicPartition{{}}}}
	client := f.Client(t)
	defer client.Close()
	resp, err := req.RequestWith(limit(t), client)
	switch {
	case err != nil:
		return nil, err
	case len(resp.Topics) != 1 || len(resp.Topics[0].Partitions) != 1:
		return nil, fmt.Errorf("%+v", resp)
	}
	return &resp.Topics[0].Partitions[0], nil
}

// TestRestarts: all at once, one after the other in any order, and one that comes
// back to a cluster which has changed.
func TestRestarts(t *testing.T) {
	f := fleet.Start(t, 3)
	oneTopic(t, f, "t")
	p := produce(t, f, "t")
	p.await(t, 20)
	for _, i := range []int{1, 2, 0} { // rolling
		f.Nodes[i].Stop(t)
		f.Nodes[i].Start(t)
		leaderOf(t, f, "t", 3)
		p.await(t, 20)
	}
	f.Nodes[2].Kill()
	if _, err := f.Admin(t).CreateTopic(limit(t), 1, 2, nil, "while-it-was-away"); err != nil {
		t.Fatal(err)
	}
	p.await(t, 20)
	p.end(t)
	f.Nodes[2].Start(t)
	leaderOf(t, f, "t", 3)
	for _, n := range f.Nodes { // all at once, like a power cut
		n.Kill()
	}
	for _, n := range f.Nodes {
		n.Start(t)
	}
	leaderOf(t, f, "t", 3)
	mustHold(t, f, "t", p.acked)
	topics, err := f.Admin(t).ListTopics(limit(t))
	if err != nil || !topics.Has("while-it-was-away") {
		t.Errorf("topics %v, %v", topics.Names(), err)
	}
}

// TestControllersDescribeThemselves: tools that are given --bootstrap-controller find
// the other controllers.
func TestControllersDescribeThemselves(t *testing.T) {
	f := fleet.Start(t, 3)
	client := f.Client(t, kgo.SeedBrokers(f.Nodes[1].Controller))
	peer.Eventually(t, 30*time.Second, func() error {
		req := kmsg.NewPtrDescribeClusterRequest()
		req.EndpointType = 2
		resp, err := client.Broker(-2147483648).Request(limit(t), req) // the first seed
		if err != nil {
			return err
		}
		cluster := resp.(*kmsg.DescribeClusterResponse)
		var found []string
		for _, b := range cluster.Brokers {
			found = append(found, fmt.Sprintf("%d@%s:%d", b.NodeID, b.Host, b.Port))
		}
		var want []string
		for _, n := range f.Nodes {
			want = append(want, fmt.Sprintf("%d@%s", n.ID, n.Controller))
		}
		if !slices.Equal(found, want) || cluster.ControllerID < 1 || cluster.ClusterID != f.ClusterID {
			return fmt.Errorf("%+v", cluster)
		}
		return nil
	})
}
