package node

import (
	"net"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

func TestStartServesAndCloseEnds(t *testing.T) {
	n := start(t, t.TempDir())
	admin := n.client()
	meta, err := admin.Metadata(limit(t))
	if err != nil || len(meta.Brokers) != 1 || meta.Brokers[0].NodeID != 1 || meta.Cluster != n.clusterID {
		t.Errorf("metadata %+v, %v", meta, err)
	}
	n.stop()
	for _, line := range []string{
		"Formatted the data directories for a new cluster",
		"Transitioning from RECOVERY to RUNNING. (kafka.server.BrokerLifecycleManager)",
		"INFO [KafkaServer id=1] started (kafka.server.KafkaServer)",
		"INFO [KafkaRaftServer nodeId=1] Kafka Server started (kafka.server.KafkaRaftServer)",
		"INFO [KafkaServer id=1] shut down completed (kafka.server.KafkaServer)",
	} {
		if !strings.Contains(n.text.String(), line) {
			t.Errorf("the log has no line with %q:\n%s", line, n.text)
		}
	}
	if c, err := net.Dial("tcp", n.address()); err == nil {
		c.Close()
		t.Error("a closed node listens")
	}
}

// TestRestartKeepsEverything: topics, configs, records, offsets, the cluster's id.
func TestRestartKeepsEverything(t *testing.T) {
	dir, ctx := t.TempDir(), limit(t)
	n := start(t, dir)
	admin := n.client(kgo.DefaultProduceTopic("t"))
	retention := "123456"
	if _, err := admin.CreateTopic(ctx, 2, 1, map[string]*string{"retention.ms": &retention}, "t"); err != nil {
		t.Fatal(err)
	}
	id := must(admin.ListTopics(ctx, "t"))(t)["t"].ID
	recs := []*kgo.Record{{Partition: 0, Value: []byte("a")}, {Partition: 0, Value: []byte("b")}}
	producer, err := kgo.NewClient(kgo.SeedBrokers(n.address()), kgo.DefaultProduceTopic("t"), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		t.Fatal(err)
	}
	defer producer.Close()
	if err := producer.ProduceSync(ctx, recs...).FirstErr(); err != nil {
		t.Fatal(err)
	}
	offsets := kadm.Offsets{}
	offsets.AddOffset("t", 0, 1, -1)
	if err := admin.CommitAllOffsets(ctx, "g", offsets); err != nil {
		t.Fatal(err)
	}
	cluster := n.clusterID
	n.stop()

	n = start(t, dir)
	defer n.stop()
	admin = n.client()
	if n.clusterID != cluster {
		t.Errorf("cluster %s became %s", cluster, n.clusterID)
	}
	topic := must(admin.ListTopics(ctx, "t"))(t)["t"]
	if topic.ID != id || len(topic.Partitions) != 2 || topic.Partitions[0].Leader != 1 {
		t.Errorf("topic %+v", topic)
	}
	if end, _ := must(admin.ListEndOffsets(ctx, "t"))(t).Lookup("t", 0); end.Offset != 2 {
		t.Errorf("the log ends at %d", end.Offset)
	}
	if o, ok := must(admin.FetchOffsets(ctx, "g"))(t).Lookup("t", 0); !ok || o.At != 1 {
		t.Errorf("committed offset %+v", o)
	}
	for _, c := range must(admin.DescribeTopicConfigs(ctx, "t"))(t)[0].Configs {
		if c.Key == "retention.ms" && *c.Value != retention {
			t.Errorf("retention.ms %s", *c.Value)
		}
	}
	if strings.Contains(n.text.String(), "Formatted") {
		t.Error("the directories were formatted again")
	}
}

// must returns a function that fails the test on an error.
func must[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// TestDeletedTopicStaysDeleted: a topic made again under its name is another one.
func TestDeletedTopicStaysDeleted(t *testing.T) {
	dir, ctx := t.TempDir(), limit(t)
	n := start(t, dir)
	admin := n.client()
	must(admin.CreateTopic(ctx, 1, 1, nil, "t"))(t)
	must(admin.DeleteTopics(ctx, "t"))(t)
	must(admin.CreateTopic(ctx, 3, 1, nil, "t"))(t)
	n.stop()
	n = start(t, dir)
	defer n.stop()
	if topic := must(n.client().ListTopics(ctx, "t"))(t)["t"]; len(topic.Partitions) != 3 {
		t.Errorf("topic %+v", topic)
	}
}
