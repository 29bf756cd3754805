package cluster

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/test/cluster/fleet"
	"github.com/brolga-io/brolga/test/compat/peer"
)

// limit bounds what a test waits for.
func limit(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// TestThreeNodesForm: the whole path, from three server.properties to records that
// every replica has.
func TestThreeNodesForm(t *testing.T) {
	f := fleet.Start(t, 3)
	ctx := limit(t)
	for _, n := range f.Nodes {
		topic := fmt.Sprint("through-", n.ID)
		admin := f.Admin(t, kgo.SeedBrokers(n.Address))
		if _, err := admin.CreateTopic(ctx, 3, 3, nil, topic); err != nil {
			t.Fatalf("through node %d: %v", n.ID, err)
		}
	}
	described := peer.BrolgaTools().Run(t, "", "kafka-topics", "--bootstrap-server", f.Nodes[0].Address, "--describe", "--topic", "through-3")
	if described.Code != 0 {
		t.Fatalf("kafka-topics: %s%s", described.Stdout, described.Stderr)
	}
	t.Log(described.Stdout)
	client := f.Client(t, kgo.DefaultProduceTopic("through-1"), kgo.ConsumeTopics("through-1"))
	var want []string
	for i := range 100 {
		value := fmt.Sprint(i)
		if err := client.ProduceSync(ctx, kgo.StringRecord(value)).FirstErr(); err != nil {
			t.Fatal(err)
		}
		want = append(want, value)
	}
	var got []string
	for len(got) < len(want) {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			t.Fatal(err)
		}
		fetches.EachRecord(func(r *kgo.Record) { got = append(got, string(r.Value)) })
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%d records came back of %d", len(got), len(want))
	}
	for _, n := range f.Nodes {
		n.Stop(t)
	}
}
