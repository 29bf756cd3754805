package cluster

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/test/cluster/fleet"
	"github.com/brolga-io/brolga/test/compat/peer"
)

// activeController waits until the quorum has a leader.
func activeController(t *testing.T, f *fleet.Fleet) *fleet.Node {
	t.Helper()
	var id int32
	peer.Eventually(t, 30*time.Second, func() error {
		p, err := describeQuorum(t, f)
		if err == nil {
			id = p.LeaderID
		}
		return err
	})
	return f.Node(id)
}

// TestActiveControllerIsKilled: until metadata changes work again, through brokers
// that are left.
func TestActiveControllerIsKilled(t *testing.T) {
	f := fleet.Start(t, 3)
	var times []time.Duration
	for i := range 5 {
		active := activeController(t, f)
		var seeds []string
		for _, n := range f.Nodes {
			if n != active {
				seeds = append(seeds, n.Address)
			}
		}
		admin := f.Admin(t, kgo.SeedBrokers(seeds...))
		active.Kill()
		begin := time.Now()
		peer.Eventually(t, 30*time.Second, func() error {
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			_, err := admin.CreateTopic(ctx, 1, 2, nil, fmt.Sprint("t", i))
			return unlessExists(err)
		})
		times = append(times, time.Since(begin))
		active.Start(t)
		f.AwaitBrokers(t, 3)
	}
	report(t, "kill -9 of the active controller to the next topic", times, killBound)
}

// TestGroupMovesWithItsCoordinator: the offsets of a group outlive the broker that
// coordinates it, and the group goes on at another one.
func TestGroupMovesWithItsCoordinator(t *testing.T) {
	f := fleet.Start(t, 3)
	oneTopic(t, f, "t")
	p := produce(t, f, "t")
	p.await(t, 100)
	client := f.Client(t, kgo.ConsumeTopics("t"), kgo.ConsumerGroup("g"), kgo.DisableAutoCommit(), kgo.FetchMaxWait(200*time.Millisecond),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.RetryBackoffFn(func(int) time.Duration { return 50 * time.Millisecond }))
	ctx := limit(t)
	consume := func(n int) {
		t.Helper()
		for got := 0; got < n; {
			fetches := client.PollFetches(ctx)
			if ctx.Err() != nil {
				t.Fatalf("consumed %d of %d", got, n)
			}
			got += fetches.NumRecords()
		}
		peer.Eventually(t, 30*time.Second, func() error { return client.CommitUncommittedOffsets(ctx) })
	}
	committed := func() int64 {
		t.Helper()
		var at int64
		peer.Eventually(t, 30*time.Second, func() error {
			offsets, err := f.Admin(t).FetchOffsets(ctx, "g")
			if o, ok := offsets.Lookup("t", 0); ok {
				at = o.At
			} else if err == nil {
				err = fmt.Errorf("no offset: %+v", offsets)
			}
			return err
		})
		return at
	}
	consume(100)
	before := committed()
	coordinators, err := f.Admin(t).DescribeGroups(ctx, "g")
	if err != nil {
		t.Fatal(err)
	}
	killed := f.Node(coordinators["g"].Coordinator.NodeID)
	killed.Kill()
	if after := committed(); after < before {
		t.Errorf("offset %d was committed, the next coordinator knows %d", before, after)
	}
	p.await(t, 50)
	consume(50)
	killed.Start(t)
	p.end(t)
	if after := committed(); after < before+50 {
		t.Errorf("after %d and 50 more records the offset is %d", before, after)
	}
}
