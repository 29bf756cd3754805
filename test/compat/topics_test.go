package compat

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/test/compat/peer"
)

func ptr(s string) *string { return &s }

func TestCreateTopics(t *testing.T) {
	b := peer.Start(t, "num.partitions=3")
	admin := peer.Admin(t, b.Address)
	peer.CreateTopic(t, b.Address, "there", 1)
	tests := []struct {
		name       string
		topic      string
		partitions int32
		replicas   int16
		configs    map[string]*string
		err        error
		message    string
	}{
		{"as asked for", "a.b_c-1", 4, 1, map[string]*string{"retention.ms": ptr("1000"), "cleanup.policy": ptr("compact")}, nil, ""},
		{"the broker's defaults", "defaults", -1, -1, nil, nil, ""},
		{"there already", "there", 1, 1, nil, kerr.TopicAlreadyExists, "Topic 'there' already exists."},
		{"no partitions", "none", 0, 1, nil, kerr.InvalidPartitions, "Number of partitions was set to an invalid non-positive value."},
		{"no replicas", "none", 1, 0, nil, kerr.InvalidReplicationFactor, "Replication factor must be larger than 0, or -1 to use the default value."},
		{"more replicas than brokers", "none", 1, 3, nil, kerr.InvalidReplicationFactor, "Unable to replicate the partition 3 time(s): The target replication factor of 3 cannot be reached because only 1 broker(s) are registered or some brokers have all their log directories cordoned."},
		{"illegal name", "a b", 1, 1, nil, kerr.InvalidTopicException, "Topic name is invalid: 'a b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'"},
		{"empty name", "", 1, 1, nil, kerr.InvalidTopicException, "Topic name is invalid: the empty string is not allowed"},
		{"dots", "..", 1, 1, nil, kerr.InvalidTopicException, "Topic name is invalid: '..' is not allowed"},
		{"long name", strings.Repeat("x", 250), 1, 1, nil, kerr.InvalidTopicException, "Topic name is invalid: the length of '" + strings.Repeat("x", 250) + "' is longer than the max allowed length 249"},
		{"unknown config", "none", 1, 1, map[string]*string{"foo": ptr("1")}, kerr.InvalidConfig, "Unknown topic config name: foo"},
		{"bad config", "none", 1, 1, map[string]*string{"retention.ms": ptr("soon")}, kerr.InvalidConfig, "Invalid value soon for configuration retention.ms: Not a number of type LONG"},
		{"config out of range", "none", 1, 1, map[string]*string{"segment.bytes": ptr("10")}, kerr.InvalidConfig, "Invalid value 10 for configuration segment.bytes: Value must be at least 1048576"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, only := range []bool{true, false} {
				create := admin.CreateTopics
				if only {
					create = admin.ValidateCreateTopics
				}
				responses, err := create(t.Context(), tt.partitions, tt.replicas, tt.configs, tt.topic)
				if err != nil {
					t.Fatal(err)
				}
				r := responses[tt.topic]
				if !errors.Is(r.Err, tt.err) || r.ErrMessage != tt.message {
					t.Errorf("validate only %v: %v %q, want %v %q", only, r.Err, r.ErrMessage, tt.err, tt.message)
				}
			}
		})
	}
	for topic, partitions := range map[string]int{"there": 1, "a.b_c-1": 4, "defaults": 3, "none": 0} {
		peer.Eventually(t, 10*time.Second, func() error { return hasPartitions(t, b.Address, topic, partitions) })
	}
}

func TestCreatePartitions(t *testing.T) {
	b := peer.Start(t)
	admin := peer.Admin(t, b.Address)
	peer.CreateTopic(t, b.Address, "grows", 3)
	for _, tt := range []struct {
		topic   string
		count   int
		err     error
		message string
	}{
		{"grows", 2, kerr.InvalidPartitions, "The topic grows currently has 3 partition(s); 2 would not be an increase."},
		{"grows", 3, kerr.InvalidPartitions, "Topic already has 3 partition(s)."},
		{"missing", 3, kerr.UnknownTopicOrPartition, ""},
		{"grows", 5, nil, ""},
	} {
		responses, err := admin.UpdatePartitions(t.Context(), tt.count, tt.topic)
		if err != nil {
			t.Fatal(err)
		}
		if r := responses[tt.topic]; !errors.Is(r.Err, tt.err) || r.ErrMessage != tt.message {
			t.Errorf("%s to %d: %v %q, want %v %q", tt.topic, tt.count, r.Err, r.ErrMessage, tt.err, tt.message)
		}
	}
	peer.Eventually(t, 10*time.Second, func() error { return hasPartitions(t, b.Address, "grows", 5) })
	peer.Send(t, peer.Franz{}, b.Address, peer.To("grows"), spread(5, 2, "x"))
	if got := (peer.Franz{}).Consume(t, b.Address, "", []string{"grows"}, 10); len(got) != 10 {
		t.Errorf("read %d records", len(got))
	}
}

// hasPartitions asks on a new connection, since clients keep what they learnt.
func hasPartitions(t *testing.T, address, topic string, want int) error {
	t.Helper()
	topics, err := peer.Admin(t, address).ListTopics(t.Context())
	if err != nil {
		return err
	}
	if got := len(topics[topic].Partitions); got != want {
		return fmt.Errorf("%s has %d partitions, not %d", topic, got, want)
	}
	return nil
}

// A topic that was deleted and created again is another one.
func TestDeleteTopics(t *testing.T) {
	b := peer.Start(t)
	admin := peer.Admin(t, b.Address)
	peer.CreateTopic(t, b.Address, "twice", 2)
	peer.Send(t, peer.Franz{}, b.Address, peer.To("twice"), spread(2, 3, "old"))
	old, err := admin.ListTopics(t.Context(), "twice")
	if err != nil {
		t.Fatal(err)
	}
	responses, err := admin.DeleteTopics(t.Context(), "missing", "twice")
	if err != nil {
		t.Fatal(err)
	}
	if !errors.Is(responses["missing"].Err, kerr.UnknownTopicOrPartition) || responses["twice"].Err != nil {
		t.Errorf("missing: %v, twice: %v", responses["missing"].Err, responses["twice"].Err)
	}
	peer.Eventually(t, 10*time.Second, func() error { return hasPartitions(t, b.Address, "twice", 0) })
	peer.CreateTopic(t, b.Address, "twice", 1)
	peer.Eventually(t, 10*time.Second, func() error { return hasPartitions(t, b.Address, "twice", 1) })
	again, err := peer.Admin(t, b.Address).ListTopics(t.Context(), "twice")
	if err != nil {
		t.Fatal(err)
	}
	if again["twice"].ID == old["twice"].ID || len(again["twice"].Partitions) != 1 {
		t.Errorf("the new topic is %s with %d partitions, the old one was %s", again["twice"].ID, len(again["twice"].Partitions), old["twice"].ID)
	}
	peer.Send(t, peer.Franz{}, b.Address, peer.To("twice"), peer.Lines("new"))
	if got := peer.Values((peer.Franz{}).Consume(t, b.Address, "", []string{"twice"}, 1)); !slices.Equal(got, []string{"new"}) {
		t.Errorf("the new topic holds %v", got)
	}
	byID, err := admin.DeleteTopics(t.Context(), "twice")
	if err != nil || byID["twice"].Err != nil {
		t.Errorf("delete again: %v %v", err, byID["twice"].Err)
	}
}

// Writing to a topic that is not there creates it with the broker's defaults,
// for every client.
func TestAutoCreation(t *testing.T) {
	b := peer.Start(t, "num.partitions=2")
	for _, c := range peer.Clients() {
		topic := "auto-" + c.Name()
		peer.Send(t, c, b.Address, peer.To(topic), peer.Lines("x", "y"))
		topics, err := peer.Admin(t, b.Address).ListTopics(t.Context(), topic)
		if err != nil || len(topics[topic].Partitions) != 2 {
			t.Errorf("%s: %d partitions, %v", topic, len(topics[topic].Partitions), err)
		}
		if got := c.Consume(t, b.Address, "", []string{topic}, 2); len(got) != 2 {
			t.Errorf("%s: %d records", topic, len(got))
		}
	}
	bad := peer.NewFranz(t, b.Address, kgo.AllowAutoTopicCreation(), kgo.UnknownTopicRetries(1))
	if err := bad.ProduceSync(t.Context(), &kgo.Record{Topic: "$#!", Value: []byte("x")}).FirstErr(); !errors.Is(err, kerr.InvalidTopicException) {
		t.Errorf("an illegal name: %v", err)
	}
}

func TestAutoCreationOff(t *testing.T) {
	b := peer.Start(t, "auto.create.topics.enable=false")
	client := peer.NewFranz(t, b.Address, kgo.AllowAutoTopicCreation(), kgo.UnknownTopicRetries(2))
	if err := client.ProduceSync(t.Context(), &kgo.Record{Topic: "missing", Value: []byte("x")}).FirstErr(); !errors.Is(err, kerr.UnknownTopicOrPartition) {
		t.Errorf("a missing topic: %v", err)
	}
	topics, err := kadm.NewClient(client).ListTopics(t.Context())
	if err != nil || topics.Has("missing") {
		t.Errorf("created in spite of auto.create.topics.enable=false: %v", err)
	}
}

func TestAlterConfigs(t *testing.T) {
	b := peer.Start(t, "log.retention.hours=24", "log.segment.bytes=2000000")
	admin := peer.Admin(t, b.Address)
	peer.CreateTopic(t, b.Address, "tuned", 1, "retention.ms=1000")
	config := func(key string) string {
		t.Helper()
		all, err := admin.DescribeTopicConfigs(t.Context(), "tuned")
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range all[0].Configs {
			if c.Key == key {
				var chain []string
				for _, s := range c.Synonyms {
					chain = append(chain, fmt.Sprintf("%s=%s %s", s.Key, *s.Value, s.Source))
				}
				return fmt.Sprintf("%s %s [%s]", c.MaybeValue(), c.Source, strings.Join(chain, ", "))
			}
		}
		return "missing"
	}
	expect := func(key, want string) {
		t.Helper()
		peer.Eventually(t, 10*time.Second, func() error {
			if got := config(key); got != want {
				return fmt.Errorf("%s is %s, want %s", key, got, want)
			}
			return nil
		})
	}
	alter := func(op kadm.IncrementalOp, key, value string) error {
		t.Helper()
		r, err := admin.AlterTopicConfigs(t.Context(), []kadm.AlterConfig{{Op: op, Name: key, Value: ptr(value)}}, "tuned")
		if err != nil {
			t.Fatal(err)
		}
		return r[0].Err
	}
	expect("retention.ms", "1000 DYNAMIC_TOPIC_CONFIG [retention.ms=1000 DYNAMIC_TOPIC_CONFIG]")
	expect("segment.bytes", "2000000 STATIC_BROKER_CONFIG [log.segment.bytes=2000000 STATIC_BROKER_CONFIG, log.segment.bytes=1073741824 DEFAULT_CONFIG]")
	expect("cleanup.policy", "delete DEFAULT_CONFIG [log.cleanup.policy=delete DEFAULT_CONFIG]")

	for _, step := range []struct {
		op         kadm.IncrementalOp
		key, value string
		err        error
		want       string
	}{
		{kadm.DeleteConfig, "retention.ms", "", nil, "86400000 DEFAULT_CONFIG []"},
		{kadm.SetConfig, "retention.ms", "5000", nil, "5000 DYNAMIC_TOPIC_CONFIG [retention.ms=5000 DYNAMIC_TOPIC_CONFIG]"},
		{kadm.SetConfig, "retention.ms", "soon", kerr.InvalidConfig, "5000 DYNAMIC_TOPIC_CONFIG [retention.ms=5000 DYNAMIC_TOPIC_CONFIG]"},
		{kadm.SetConfig, "foo", "1", kerr.InvalidConfig, "missing"},
		{kadm.AppendConfig, "cleanup.policy", "compact", nil, "delete,compact DYNAMIC_TOPIC_CONFIG [cleanup.policy=delete,compact DYNAMIC_TOPIC_CONFIG, log.cleanup.policy=delete DEFAULT_CONFIG]"},
		{kadm.SubtractConfig, "cleanup.policy", "delete", nil, "compact DYNAMIC_TOPIC_CONFIG [cleanup.policy=compact DYNAMIC_TOPIC_CONFIG, log.cleanup.policy=delete DEFAULT_CONFIG]"},
		{kadm.AppendConfig, "retention.ms", "1", kerr.InvalidConfig, "5000 DYNAMIC_TOPIC_CONFIG [retention.ms=5000 DYNAMIC_TOPIC_CONFIG]"},
	} {
		if err := alter(step.op, step.key, step.value); !errors.Is(err, step.err) {
			t.Errorf("%v %s=%s: %v, want %v", step.op, step.key, step.value, err, step.err)
		}
		expect(step.key, step.want)
	}
}

// A changed limit counts at once.
func TestAlteredLimitCounts(t *testing.T) {
	b := peer.Start(t)
	admin := peer.Admin(t, b.Address)
	peer.CreateTopic(t, b.Address, "limited", 1)
	big := []peer.Record{peer.Text("k", strings.Repeat("x", 20_000))}
	peer.Send(t, peer.Franz{}, b.Address, peer.To("limited"), big)
	r, err := admin.AlterTopicConfigs(t.Context(), []kadm.AlterConfig{{Op: kadm.SetConfig, Name: "max.message.bytes", Value: ptr("10000")}}, "limited")
	if err != nil || r[0].Err != nil {
		t.Fatal(err, r)
	}
	peer.Eventually(t, 10*time.Second, func() error {
		acks := peer.Franz{}.Produce(t, b.Address, peer.To("limited"), big)
		if !strings.Contains(acks[0].Err, "MESSAGE_TOO_LARGE") {
			return fmt.Errorf("answered %q", acks[0].Err)
		}
		return nil
	})
}
