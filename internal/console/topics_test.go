package console

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/console/view"
)

func TestTopicLife(t *testing.T) {
	w := newWorld(t)
	w.topic("orders", 2)
	w.fill("orders", 2, 20, func(int) string { return "x" })
	w.refused("POST", "topics", view.NewTopic{Name: "orders"}, 409, "TOPIC_ALREADY_EXISTS")
	for field, in := range map[string]view.NewTopic{
		"name":                   {Name: "a b"},
		"partitions":             {Name: "x", Partitions: -7},
		"replicationFactor":      {Name: "x", ReplicationFactor: -7},
		"configs.retention.ms":   {Name: "x", Configs: map[string]string{"retention.ms": "soon"}},
		"configs.cleanup.policy": {Name: "x", Configs: map[string]string{"cleanup.policy": "burn"}},
	} {
		if p := w.refused("POST", "topics", in, 400, "INVALID_REQUEST"); p.Field != field {
			t.Errorf("field %q, not %q", p.Field, field)
		}
	}
	dry := get[view.Done](w, "POST", "topics?dryRun=true", view.NewTopic{Name: "x.y", Partitions: 1, ReplicationFactor: 1, Configs: map[string]string{"min.insync.replicas": "2", "retention.ms": "1000"}})
	if !dry.DryRun || len(dry.Warnings) != 2 || !strings.HasSuffix(dry.Command, "--config min.insync.replicas=2 --config retention.ms=1000") {
		t.Errorf("dry run %+v", dry)
	}
	w.refused("GET", "topics/x.y", nil, 404, "UNKNOWN_TOPIC_OR_PARTITION")

	change := get[view.Done](w, "PATCH", "topics/orders/configs", view.ConfigChange{Set: map[string]string{"retention.ms": "1000"}})
	if !strings.HasSuffix(change.Command, "--alter --entity-type topics --entity-name orders --add-config retention.ms=1000") {
		t.Errorf("command %s", change.Command)
	}
	configs := get[view.ConfigList](w, "GET", "topics/orders/configs", nil).Configs
	i := slices.IndexFunc(configs, func(c view.Config) bool { return c.Name == "retention.ms" })
	if i < 0 || *configs[i].Value != "1000" || configs[i].Source != "topic" || configs[i].Doc == "" || configs[i].Unit != "ms" {
		t.Errorf("configs %+v", configs)
	}
	w.refused("PATCH", "topics/orders/configs", view.ConfigChange{}, 400, "INVALID_REQUEST")
	w.refused("PATCH", "topics/orders/configs", view.ConfigChange{Set: map[string]string{"a": "1"}, Unset: []string{"a"}}, 400, "INVALID_REQUEST")

	get[view.Done](w, "POST", "topics/orders/clone", view.CloneTopic{Name: "copy"})
	if c := get[view.Topic](w, "GET", "topics/copy", nil); c.Partitions != 2 || c.ReplicationFactor != 3 || c.Records != 0 {
		t.Errorf("the clone is %+v", c.TopicRow)
	}
	w.refused("POST", "topics/orders/partitions", view.AddPartitions{Total: 2}, 400, "INVALID_REQUEST")
	get[view.Done](w, "POST", "topics/orders/partitions", view.AddPartitions{Total: 4})
	if c := get[view.Topic](w, "GET", "topics/orders", nil); c.Partitions != 4 {
		t.Errorf("%d partitions", c.Partitions)
	}
	if e := get[view.Elected](w, "POST", "topics/orders/elect-leaders", view.Election{}); len(e.Partitions) != 4 {
		t.Errorf("elected %+v", e)
	}
	get[view.ProducerList](w, "GET", "topics/orders/producers", nil)

	bulk := get[view.BulkResult](w, "POST", "topics/bulk", view.BulkTopics{Action: view.ActionDelete, Topics: []string{"copy", "nothing"}})
	if bulk.Message != "1 topic were deleted. 1 topic failed." && !strings.Contains(bulk.Message, "1 topic") || !bulk.Results[0].OK || bulk.Results[1].OK {
		t.Errorf("bulk %+v", bulk)
	}
	get[view.Done](w, "DELETE", "topics/orders", nil)
	if page := get[view.TopicPage](w, "GET", "topics", nil); page.Total != 0 {
		t.Errorf("left: %+v", page.Topics)
	}
	events := get[view.EventPage](w, "GET", "events?topic=orders", nil)
	if len(events.Events) < 5 || events.Events[0].Kind == "" {
		t.Errorf("events %+v", events.Events)
	}
}

func TestDeleteRecords(t *testing.T) {
	w := newWorld(t)
	w.topic("t", 2)
	w.fill("t", 2, 40, func(int) string { return "x" })
	starts := func() string {
		var all []view.Int64
		for _, p := range get[view.Topic](w, "GET", "topics/t", nil).PartitionList {
			all = append(all, p.Start)
		}
		return fmt.Sprint(all)
	}
	dry := get[view.DeletedRecords](w, "POST", "topics/t/delete-records?dryRun=true", view.DeleteRecords{Offsets: []view.BeforeOffset{{Partition: 1, Offset: 5}}})
	if !strings.Contains(dry.Message, "5 records would") || !strings.Contains(dry.Command, `"offset":5`) || starts() != "[0 0]" {
		t.Errorf("dry run %+v", dry)
	}
	get[view.DeletedRecords](w, "POST", "topics/t/delete-records", view.DeleteRecords{Offsets: []view.BeforeOffset{{Partition: 1, Offset: 5}}})
	if got := starts(); got != "[0 5]" {
		t.Errorf("starts %s", got)
	}
	at := view.Int64(1_700_000_020_000)
	get[view.DeletedRecords](w, "POST", "topics/t/delete-records", view.DeleteRecords{Timestamp: &at})
	if got := starts(); got != "[10 10]" {
		t.Errorf("starts %s", got)
	}
	for _, in := range []view.DeleteRecords{{}, {All: true, Timestamp: &at}, {Offsets: []view.BeforeOffset{{Partition: 0, Offset: 99}}}, {All: true, Partitions: []int32{5}}} {
		w.refused("POST", "topics/t/delete-records", in, 400, "INVALID_REQUEST")
	}
	purged := get[view.DeletedRecords](w, "POST", "topics/t/purge", nil)
	if got := starts(); got != "[20 20]" || len(purged.Partitions) != 2 {
		t.Errorf("starts %s", got)
	}
}

// many is a cluster with many topics, as the pollers would know it.
func many(n int) (*cluster, *metaPart) {
	m := &metaPart{topics: map[string]*topicMeta{}, brokers: []brokerMeta{{id: 1, online: true}}}
	e := &endsPart{topics: map[string][]partitionEnds{}}
	d := &dirsPart{sizes: map[tp]map[int32]replicaSize{}}
	for i := range n {
		t := &topicMeta{name: fmt.Sprintf("topic-%05d", i), replicas: 1}
		for p := range 3 {
			t.partitions = append(t.partitions, partitionMeta{leader: 1, replicas: []int32{1}, isr: []int32{1}})
			e.topics[t.name] = append(e.topics[t.name], partitionEnds{start: 0, end: int64(i * p), in: float64(i % 17)})
			d.sizes[tp{t.name, int32(p)}] = map[int32]replicaSize{1: {int64(i), 0}}
		}
		m.add(t)
	}
	slices.Sort(m.names)
	k := &cluster{events: newEventLog(), history: newHistory()}
	k.ends, k.dirs, k.groups = newPoller[endsPart](0, 0, nil), newPoller[dirsPart](0, 0, nil), newPoller[groupsPart](0, 0, nil)
	k.ends.newest.Store(e)
	k.dirs.newest.Store(d)
	return k, m
}

func TestTopicRows(t *testing.T) {
	k, m := many(500)
	rows, total := k.topicRows(m, view.TopicQuery{Search: "topic 49", Sort: "records", Desc: true})
	if total != 500 || len(rows) != 15 || rows[0].Name != "topic-00499" {
		t.Errorf("%d of %d, first %+v", len(rows), total, rows[0])
	}
	for _, sort := range view.TopicSort("").Values() {
		up, _ := k.topicRows(m, view.TopicQuery{Sort: view.TopicSort(sort)})
		down, _ := k.topicRows(m, view.TopicQuery{Sort: view.TopicSort(sort), Desc: true})
		if len(up) != 500 || len(down) != 500 {
			t.Errorf("%s loses rows", sort)
		}
	}
	if rows, _ := k.topicRows(m, view.TopicQuery{Health: "problem"}); len(rows) != 0 {
		t.Errorf("%d topics with problems", len(rows))
	}
}

// A page of 10,000 topics takes well under a tenth of a second.
func TestTenThousandTopicsAreFast(t *testing.T) {
	k, m := many(10_000)
	begun := time.Now()
	const rounds = 5
	for range rounds {
		rows, _ := k.topicRows(m, view.TopicQuery{Search: "topic", Sort: "bytes", Desc: true})
		if _, err := encode(view.TopicPage{Topics: slice(rows, 0, pageSize)}); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(begun) / rounds; took > 500*time.Millisecond { // the aim is 100 ms; a busy machine gets more
		t.Errorf("a page takes %v", took)
	} else {
		t.Logf("a page takes %v", took)
	}
}

func BenchmarkTopicPage(b *testing.B) {
	k, m := many(10_000)
	for b.Loop() {
		rows, _ := k.topicRows(m, view.TopicQuery{Search: "topic", Sort: "bytes", Desc: true})
		if _, err := encode(view.TopicPage{Topics: slice(rows, 0, 100)}); err != nil {
			b.Fatal(err)
		}
	}
}
