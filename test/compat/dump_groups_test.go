package compat

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/brolga-io/brolga/test/compat/peer"
)

// groupRecord is a record of __consumer_offsets as kafka-dump-log decodes it.
type groupRecord struct {
	key, value struct {
		Type    string          `json:"type"`
		Version string          `json:"version"`
		Data    json.RawMessage `json:"data"`
	}
}

// offsetKey and offsetValue are an offset's record, groupValue a classic group's.
type offsetKey struct {
	Group     string `json:"group"`
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
}

type offsetValue struct {
	Offset          int64  `json:"offset"`
	LeaderEpoch     int32  `json:"leaderEpoch"`
	Metadata        string `json:"metadata"`
	CommitTimestamp int64  `json:"commitTimestamp"`
	TopicID         string `json:"topicId"`
}

type groupValue struct {
	ProtocolType string `json:"protocolType"`
	Generation   int32  `json:"generation"`
	Protocol     string `json:"protocol"`
	Leader       string `json:"leader"`
	Members      []struct {
		MemberID       string `json:"memberId"`
		ClientID       string `json:"clientId"`
		ClientHost     string `json:"clientHost"`
		SessionTimeout int32  `json:"sessionTimeout"`
		Subscription   struct {
			Topics []string `json:"topics"`
		} `json:"subscription"`
		Assignment struct {
			AssignedPartitions []struct {
				Topic      string  `json:"topic"`
				Partitions []int32 `json:"partitions"`
			} `json:"assignedPartitions"`
		} `json:"assignment"`
	} `json:"members"`
}

// Kafka's kafka-dump-log decodes what a coordinator writes down: offsets and
// classic groups.
func TestKafkaDumpsOurGroups(t *testing.T) {
	b := peer.Start(t, diskOverrides...)
	peer.CreateTopic(t, b.Address, "read", 3)
	peer.Send(t, peer.Franz{}, b.Address, peer.To("read"), spread(3, 5, "x"))
	admin := peer.Admin(t, b.Address)
	var commit kadm.Offsets
	commit.Add(kadm.Offset{Topic: "read", Partition: 0, At: 3, LeaderEpoch: 0, Metadata: "by hand"})
	commit.Add(kadm.Offset{Topic: "read", Partition: 2, At: 5, LeaderEpoch: -1})
	before := time.Now().UnixMilli()
	if err := admin.CommitAllOffsets(t.Context(), "committed", commit); err != nil {
		t.Fatal(err)
	}
	member := peer.Join(t, peer.Java(), b.Address, "joined", []string{"read"}, append(quick, "client.id=reader")...)
	shares(t, []*peer.Member{member}, 3)
	described, err := admin.DescribeGroups(t.Context(), "joined")
	if err != nil {
		t.Fatal(err)
	}
	topics, err := admin.ListTopics(t.Context(), "read")
	if err != nil {
		t.Fatal(err)
	}
	b.Stop(t)

	records := dumpGroups(t, b)
	id := topics["read"].ID
	dumpedOffsets(t, records, base64.RawURLEncoding.EncodeToString(id[:]), before)
	dumpedGroup(t, records, described["joined"])
}

// dumpGroups returns the newest record of each key in __consumer_offsets.
func dumpGroups(t *testing.T, b *peer.Broker) map[string]groupRecord {
	t.Helper()
	text := dumpLog(t, partitionFiles(t, b, "__consumer_offsets-*", ".log"), "--offsets-decoder")
	records := map[string]groupRecord{}
	for _, m := range regexp.MustCompile(`(?m)^\| offset: .* key: (\{.*\}) payload: (.*)$`).FindAllStringSubmatch(text, -1) {
		var r groupRecord
		if err := json.Unmarshal([]byte(m[1]), &r.key); err != nil {
			t.Fatalf("%s: %v", m[1], err)
		}
		delete(records, m[1])
		if strings.HasPrefix(m[2], "{") {
			if err := json.Unmarshal([]byte(m[2]), &r.value); err != nil {
				t.Fatalf("%s: %v", m[2], err)
			}
			records[m[1]] = r
		}
	}
	return records
}

func dumpedOffsets(t *testing.T, records map[string]groupRecord, topicID string, before int64) {
	t.Helper()
	got := map[offsetKey]offsetValue{}
	for _, r := range records {
		if r.key.Type != "1" {
			continue
		}
		var key offsetKey
		var value offsetValue
		if err := json.Unmarshal(r.key.Data, &key); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(r.value.Data, &value); err != nil {
			t.Fatal(err)
		}
		if age := value.CommitTimestamp - before; age < 0 || age > 60_000 {
			t.Errorf("%+v was committed at %d, %d ms from now", key, value.CommitTimestamp, age)
		}
		if key.Group == "committed" {
			value.CommitTimestamp = 0
			got[key] = value
		}
	}
	want := map[offsetKey]offsetValue{
		{"committed", "read", 0}: {Offset: 3, LeaderEpoch: 0, Metadata: "by hand", TopicID: topicID},
		{"committed", "read", 2}: {Offset: 5, LeaderEpoch: -1, TopicID: topicID},
	}
	if !maps.Equal(got, want) {
		t.Errorf("the offsets are %+v, want %+v", got, want)
	}
}

func dumpedGroup(t *testing.T, records map[string]groupRecord, want kadm.DescribedGroup) {
	t.Helper()
	r, ok := records[`{"type":"2","data":{"group":"joined"}}`]
	if !ok {
		t.Fatalf("no record of the group among %d", len(records))
	}
	var g groupValue
	if err := json.Unmarshal(r.value.Data, &g); err != nil {
		t.Fatal(err)
	}
	if g.ProtocolType != "consumer" || g.Protocol != want.Protocol || g.Generation < 1 || len(g.Members) != 1 {
		t.Fatalf("the group is %+v, was described as %+v", g, want)
	}
	m, d := g.Members[0], want.Members[0]
	if m.MemberID != d.MemberID || g.Leader != d.MemberID || m.ClientID != "reader" || m.ClientHost != d.ClientHost || m.SessionTimeout != 3000 {
		t.Errorf("the member is %+v, was described as %+v", m, d)
	}
	if !slices.Equal(m.Subscription.Topics, []string{"read"}) {
		t.Errorf("it subscribed to %v", m.Subscription.Topics)
	}
	if a := m.Assignment.AssignedPartitions; len(a) != 1 || a[0].Topic != "read" || len(a[0].Partitions) != 3 {
		t.Errorf("it was assigned %+v", a)
	}
}
