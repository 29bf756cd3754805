package console

import (
	"strings"
	"testing"

	"github.com/brolga-io/brolga/internal/console/view"
)

// The lab's part B, as the page does it.
func TestLabPartB(t *testing.T) {
	w := newWorld(t)
	// 0. Create mytopic with 5 partitions.
	made := get[view.Done](w, "POST", "topics", view.NewTopic{Name: "mytopic", Partitions: 5, ReplicationFactor: 3})
	if !strings.Contains(made.Command, "kafka-topics --bootstrap-server") || !strings.HasSuffix(made.Command, "--create --topic mytopic --partitions 5 --replication-factor 3") {
		t.Errorf("the command line is %s", made.Command)
	}
	// 1. Find it; replicas, in-sync replicas, configs.
	page := get[view.TopicPage](w, "GET", "topics?q=MYTO", nil)
	if page.Matched != 1 || page.Topics[0].Name != "mytopic" || page.Topics[0].ReplicationFactor != 3 || page.Topics[0].Partitions != 5 {
		t.Fatalf("found %+v", page)
	}
	topic := get[view.Topic](w, "GET", "topics/mytopic", nil)
	for _, p := range topic.PartitionList {
		if p.Leader < 0 || len(p.Replicas) != 3 || !p.Replicas[0].InSync || p.End != 0 {
			t.Errorf("partition %+v", p)
		}
	}
	if c := get[view.ConfigList](w, "GET", "topics/mytopic/configs", nil); len(c.Configs) < 10 {
		t.Errorf("%d configs", len(c.Configs))
	}
	// 2. and 3. Ten messages without a key are spread over the five.
	value := "hello"
	keyless := get[view.Produced](w, "POST", "topics/mytopic/messages", view.Produce{Messages: []view.NewMessage{{Value: &value}}, Copies: 10})
	if keyless.Written != 10 || len(keyless.Partitions) != 5 {
		t.Fatalf("written: %+v", keyless.Partitions)
	}
	for _, p := range keyless.Partitions {
		if p.Count != 2 {
			t.Errorf("%d messages in partition %d", p.Count, p.Partition)
		}
	}
	// 4. and 5. Ten with a key are in the one partition that Java's partitioner picks.
	key := "my key"
	keyed := get[view.Produced](w, "POST", "topics/mytopic/messages", view.Produce{Messages: []view.NewMessage{{Key: &key, Value: &value}}, Copies: 10})
	if len(keyed.Partitions) != 1 || keyed.Partitions[0].Partition != 3 || keyed.Partitions[0].Count != 10 {
		t.Fatalf("written: %+v", keyed.Partitions)
	}
	read := get[view.MessagePage](w, "GET", "topics/mytopic/messages?limit=100", nil)
	if len(read.Messages) != 20 || !read.Progress.Complete {
		t.Fatalf("%d messages, %+v", len(read.Messages), read.Progress)
	}
	for _, m := range read.Messages[:10] {
		if m.Key.Data != "my key" || m.Partition != 3 {
			t.Errorf("newest first: %+v", m)
		}
	}
	facts := get[view.LearnFacts](w, "GET", "learn", nil)
	if facts.Keyless != 10 || facts.WithKey != 10 || len(facts.KeyPartitions) != 1 || facts.KeyPartitions[0] != facts.Partitioner.Partition {
		t.Errorf("the tour sees %+v", facts)
	}
}
