package controller

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// TestColliding holds the search against the definition: the same name but for
// dots and underscores.
func TestColliding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[a._]{1,6}`)
		var records []wire.Record
		taken := map[string]bool{}
		for i, n := range rapid.SliceOfDistinct(name, rapid.ID[string]).Draw(t, "topics") {
			taken[n] = true
			records = append(records, &wire.TopicRecord{Name: n, TopicId: wire.UUID{byte(i), 1}})
		}
		image, _, err := metadata.Empty().Apply(records, 1, 1)
		if err != nil {
			t.Fatal(err)
		}
		asked := name.Draw(t, "name")
		want := false
		for n := range taken {
			want = want || metadata.MetricName(n) == metadata.MetricName(asked)
		}
		got := colliding(image, "", asked)
		if (got != "") != want || want && (!taken[got] || metadata.MetricName(got) != metadata.MetricName(asked)) {
			t.Fatalf("%q among %v: %q", asked, taken, got)
		}
	})
}

// TestCollidingIsQuick: a name of nothing but dots and underscores has 2^249
// spellings, of which only those with topics are followed.
func TestCollidingIsQuick(t *testing.T) {
	image, _, err := metadata.Empty().Apply([]wire.Record{
		&wire.TopicRecord{Name: strings.Repeat("_", 249), TopicId: wire.UUID{1}},
		&wire.TopicRecord{Name: strings.Repeat(".", 248), TopicId: wire.UUID{2}},
	}, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	if got := colliding(image, "", strings.Repeat("._", 124)+"_"); got != strings.Repeat("_", 249) {
		t.Errorf("got %q", got)
	}
}

// TestTopicsOfOneBatch: all topics of a request and their configs are one batch, in
// Kafka's order.
func TestTopicsOfOneBatch(t *testing.T) {
	f := newFixture(t)
	f.start(1)
	before := len(f.log.Batches())
	_, err := f.c.CreateTopics(Caller{}, &wire.CreateTopicsRequest{Topics: []newTopic{
		{Name: "a", NumPartitions: 2, ReplicationFactor: 1, Configs: topicConfigs("segment.ms", "100", "min.insync.replicas", "2")},
		{Name: "bad name", NumPartitions: 1, ReplicationFactor: 1},
		{Name: "b", NumPartitions: 1, ReplicationFactor: 1},
	}})
	if err != nil {
		t.Fatal(err)
	}
	batches := f.log.Batches()
	if len(batches) != before+1 {
		t.Fatalf("%d batches", len(batches)-before)
	}
	var kinds []string
	for _, stored := range batches[before] {
		r, _, err := wire.DecodeMetadataRecord(stored.Value)
		if err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, strings.TrimSuffix(strings.TrimPrefix(fmt.Sprintf("%T", r), "*wire."), "Record"))
	}
	want := "Topic Config Config Partition Partition Topic Partition"
	if got := strings.Join(kinds, " "); got != want {
		t.Errorf("records %s, want %s", got, want)
	}
	f.check()
}

// TestDeletedTopicLeavesNothing: not its configs, not its name.
func TestDeletedTopicLeavesNothing(t *testing.T) {
	f := newFixture(t)
	f.start(1)
	first := f.create("t", 1, 1, "retention.ms", "5")
	if _, err := f.c.DeleteTopics(Caller{Version: 5}, &wire.DeleteTopicsRequest{TopicNames: []string{"t"}}); err != nil {
		t.Fatal(err)
	}
	image := f.image()
	if image.TopicCount() != 0 || image.PartitionCount() != 0 || image.Config(metadata.TopicResource, "t") != nil {
		t.Fatal("something is left")
	}
	second := f.create("t", 1, 1)
	if second.ID == first.ID || f.image().Config(metadata.TopicResource, "t") != nil {
		t.Fatal("the new topic has something of the old one")
	}
	f.check()
}

func TestDeletionDisabled(t *testing.T) {
	f := newFixture(t, "delete.topic.enable=false")
	f.start(1)
	topic := f.create("t", 1, 1)
	for version, want := range map[int16]wire.ErrorCode{
		1: wire.InvalidRequest, 2: wire.InvalidRequest, 3: wire.TopicDeletionDisabled, 6: wire.TopicDeletionDisabled,
	} {
		resp, err := f.c.DeleteTopics(Caller{Version: version}, &wire.DeleteTopicsRequest{
			TopicNames: []string{"t"}, Topics: []wire.DeleteTopicsRequestDeleteTopicState{{TopicId: topic.ID}},
		})
		if err != nil || len(resp.Responses) != 1 || resp.Responses[0].ErrorCode != want {
			t.Errorf("version %d: %+v, %v", version, resp, err)
		}
	}
	if f.image().TopicByName("t") == nil {
		t.Error("the topic is gone")
	}
}

func TestDeleteByNameAndIDOfTheSameTopic(t *testing.T) {
	f := newFixture(t)
	f.start(1)
	topic, name := f.create("t", 1, 1), "t"
	resp, err := f.c.DeleteTopics(Caller{Version: 6}, &wire.DeleteTopicsRequest{
		Topics: []wire.DeleteTopicsRequestDeleteTopicState{{TopicId: topic.ID}, {Name: &name}},
	})
	if err != nil || len(resp.Responses) != 2 || f.image().TopicByName("t") == nil {
		t.Fatalf("%+v, %v", resp, err)
	}
	for _, r := range resp.Responses {
		if r.ErrorCode != wire.InvalidRequest {
			t.Errorf("%v", r.ErrorCode)
		}
	}
}

// TestLargestRequests: what is just allowed works.
func TestLargestRequests(t *testing.T) {
	f := newFixture(t)
	f.start(1)
	f.create("t", 9_999, 1)
	resp, err := f.c.CreatePartitions(Caller{}, &wire.CreatePartitionsRequest{
		Topics: []wire.CreatePartitionsRequestCreatePartitionsTopic{{Name: "t", Count: 19_999}},
	})
	if err != nil || resp.Results[0].ErrorCode != wire.None || f.image().PartitionCount() != 19_999 {
		t.Fatalf("%s, %v", describe(resp), err)
	}
	var req wire.AlterConfigsRequest
	for i := range maxRecords + 1 {
		value := "v"
		req.Resources = append(req.Resources, wire.AlterConfigsRequestAlterConfigsResource{
			ResourceType: metadata.GroupResource, ResourceName: fmt.Sprint(i),
			Configs: []wire.AlterConfigsRequestAlterableConfig{{Name: "share.isolation.level", Value: &value}},
		})
		value = "read_committed"
	}
	end := f.log.End()
	altered, err := f.c.AlterConfigs(Caller{}, &req)
	if err != nil || len(altered.Responses) != len(req.Resources) || f.log.End() != end {
		t.Fatalf("%d answers, %v", len(altered.Responses), err)
	}
	for _, r := range altered.Responses {
		if r.ErrorCode != wire.PolicyViolation {
			t.Fatalf("%v %s", r.ErrorCode.Name(), optional(r.ErrorMessage))
		}
	}
}

func TestReassignmentsAreListed(t *testing.T) {
	f := newFixture(t)
	f.start(2)
	moving := f.create("moving", 3, 1)
	f.create("still", 3, 1)
	_, err := decide(f.c, func(d *decision) (int, error) {
		r := &wire.PartitionChangeRecord{}
		r.SetDefaults()
		r.TopicId, r.PartitionId = moving.ID, 1
		r.Replicas, r.AddingReplicas, r.RemovingReplicas = []int32{2, 1}, []int32{2}, []int32{1}
		r.Directories = []wire.UUID{{2, 2}, {2, 1}}
		d.add(r)
		return 0, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	type topics = wire.ListPartitionReassignmentsRequestListPartitionReassignmentsTopics
	for name, c := range map[string]struct {
		asked []topics
		want  int
	}{
		"all":        {nil, 1},
		"none":       {[]topics{}, 0},
		"that one":   {[]topics{{Name: "moving", PartitionIndexes: []int32{0, 1, 9}}}, 1},
		"others":     {[]topics{{Name: "moving", PartitionIndexes: []int32{0, 2}}, {Name: "still", PartitionIndexes: []int32{0}}}, 0},
		"of nowhere": {[]topics{{Name: "nope", PartitionIndexes: []int32{0}}}, 0},
	} {
		resp, err := f.c.ListPartitionReassignments(Caller{}, &wire.ListPartitionReassignmentsRequest{Topics: c.asked})
		if err != nil || len(resp.Topics) != c.want {
			t.Errorf("%s: %+v, %v", name, resp, err)
			continue
		}
		for _, topic := range resp.Topics {
			p := topic.Partitions[0]
			if topic.Name != "moving" || len(topic.Partitions) != 1 || p.PartitionIndex != 1 || p.AddingReplicas[0] != 2 || p.RemovingReplicas[0] != 1 {
				t.Errorf("%s: %+v", name, topic)
			}
		}
	}
}

func TestAutoTopic(t *testing.T) {
	own := load(t)
	kafkas := load(t, "offsets.topic.replication.factor=3", "offsets.topic.num.partitions=7", "num.partitions=4", "default.replication.factor=2")
	for _, c := range []struct {
		name                 string
		static               *config.Static
		partitions, replicas int
		configs              string
	}{
		{"t", own, -1, -1, ""},
		{"t", kafkas, 4, 2, ""},
		{metadata.OffsetsTopic, own, 50, 1, "compression.type=producer cleanup.policy=compact segment.bytes=104857600"},
		{metadata.OffsetsTopic, kafkas, 7, 3, "compression.type=producer cleanup.policy=compact segment.bytes=104857600"},
		{metadata.TransactionTopic, own, 50, 1, "unclean.leader.election.enable=false compression.type=uncompressed cleanup.policy=compact min.insync.replicas=1 segment.bytes=104857600"},
		{metadata.ShareStateTopic, own, 50, 1, "cleanup.policy=delete compression.type=producer segment.bytes=104857600 min.insync.replicas=1 retention.ms=-1"},
	} {
		topic := AutoTopic(c.name, c.static)
		var configs []string
		for _, kv := range topic.Configs {
			configs = append(configs, kv.Name+"="+*kv.Value)
		}
		if topic.Name != c.name || int(topic.NumPartitions) != c.partitions || int(topic.ReplicationFactor) != c.replicas || strings.Join(configs, " ") != c.configs {
			t.Errorf("%s: %d partitions, %d replicas, %v", topic.Name, topic.NumPartitions, topic.ReplicationFactor, configs)
		}
		if c.static != own {
			continue
		}
		f := newFixture(t)
		f.start(1)
		resp, err := f.c.CreateTopics(Caller{}, &wire.CreateTopicsRequest{Topics: []newTopic{topic}})
		if err != nil || resp.Topics[0].ErrorCode != wire.None {
			t.Errorf("%s cannot be created: %s, %v", c.name, describe(resp), err)
		}
	}
}

func load(t *testing.T, settings ...string) *config.Static {
	t.Helper()
	static, err := config.Load(config.Standalone(), settings)
	if err != nil {
		t.Fatal(err)
	}
	return static
}
