package node

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/brolga-io/brolga/internal/vfs"
	"github.com/brolga-io/brolga/internal/wire"
)

// Rows 74 to 79 of the list of bad inputs: topics that cannot be created.

type (
	newTopic      = wire.CreateTopicsRequestCreatableTopic
	newAssignment = wire.CreateTopicsRequestCreatableReplicaAssignment
	newConfig     = wire.CreateTopicsRequestCreatableTopicConfig
)

func createRequest(topics ...newTopic) *wire.CreateTopicsRequest {
	return &wire.CreateTopicsRequest{TimeoutMs: 5000, Topics: topics}
}

// small is a topic of one partition.
func small(name string) newTopic { return newTopic{Name: name, NumPartitions: 1, ReplicationFactor: 1} }

// hostileNames are names that no topic may have.
func hostileNames() []string {
	return []string{
		"", ".", "..", "a/b", "../../etc/passwd", "a\x00b", "/", "\\", "naïve", "日本", "a b", " ", "%2e%2e", "a:b",
		"a\nb", "<script>", "'; --", "a,b", "\x1b[31m", strings.Repeat("x", 250), strings.Repeat("x", 30_000),
	}
}

func TestBad74TopicNames(t *testing.T) {
	n := startForBadInput(t)
	defer n.stop()
	before := entries(t, n.dir)
	n.everyVersion(wire.APIKeyCreateTopics, func(version int16) {
		for _, name := range hostileNames() {
			resp := ask(n, createRequest(small(name)), version, &wire.CreateTopicsResponse{})
			if code := resp.Topics[0].ErrorCode; code != wire.InvalidTopicException {
				t.Errorf("version %d, %.40q: %v", version, name, code.Name())
			}
		}
		// The longest name that is allowed.
		long := fmt.Sprintf("%0249d", version)
		if code := ask(n, createRequest(small(long)), version, &wire.CreateTopicsResponse{}).Topics[0].ErrorCode; code != wire.None {
			t.Errorf("version %d, 249 characters: %v", version, code.Name())
		}
		n.mustWork("74")
	})
	after := slices.DeleteFunc(entries(t, n.dir), func(name string) bool { return strings.HasPrefix(name, "00000") })
	if !slices.Equal(before, after) {
		t.Errorf("directories before %v, after %v", before, after)
	}
}

// entries lists a directory.
func entries(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	for _, e := range must(os.ReadDir(dir))(t) {
		names = append(names, e.Name())
	}
	return names
}

func TestBad75CollidingNames(t *testing.T) {
	n := startForBadInput(t)
	defer n.stop()
	for _, name := range []string{"a_b", "c.d.e"} {
		ask(n, createRequest(small(name)), 7, &wire.CreateTopicsResponse{})
	}
	n.everyVersion(wire.APIKeyCreateTopics, func(version int16) {
		for _, name := range []string{"a.b", "c_d_e", "c.d_e", "c_d.e"} {
			resp := ask(n, createRequest(small(name)), version, &wire.CreateTopicsResponse{})
			if code := resp.Topics[0].ErrorCode; code != wire.InvalidTopicException {
				t.Errorf("version %d, %s: %v", version, name, code.Name())
			}
		}
		n.mustWork("75")
	})
}

func TestBad76NamesThatDifferInCase(t *testing.T) {
	n := startForBadInput(t)
	defer n.stop()
	n.everyVersion(wire.APIKeyCreateTopics, func(version int16) {
		for _, name := range []string{"case", "Case", "CASE", "con", "NUL", "aux", "com1"} {
			name = fmt.Sprint(name, version)
			resp := ask(n, createRequest(small(name)), version, &wire.CreateTopicsResponse{})
			if code := resp.Topics[0].ErrorCode; code != wire.None {
				t.Errorf("%s: %v", name, code.Name())
			}
			if _, err := os.Stat(n.dir + "/" + name + "-0"); err != nil {
				t.Error(err)
			}
		}
		n.mustWork("76")
	})
}

func TestBad77PartitionsAndReplicas(t *testing.T) {
	n := startForBadInput(t)
	defer n.stop()
	assigned := func(assignments ...newAssignment) newTopic {
		return newTopic{Name: "t", NumPartitions: -1, ReplicationFactor: -1, Assignments: assignments}
	}
	on := func(partition int32, brokers ...int32) newAssignment {
		return newAssignment{PartitionIndex: partition, BrokerIds: brokers}
	}
	both := assigned(on(0, 1))
	both.NumPartitions = 1
	cases := []struct {
		what  string
		topic newTopic
		want  wire.ErrorCode
	}{
		{"0 partitions", newTopic{Name: "t", NumPartitions: 0, ReplicationFactor: 1}, wire.InvalidPartitions},
		{"-2 partitions", newTopic{Name: "t", NumPartitions: -2, ReplicationFactor: 1}, wire.InvalidPartitions},
		{"10^9 partitions", newTopic{Name: "t", NumPartitions: 1_000_000_000, ReplicationFactor: 1}, wire.PolicyViolation},
		{"no replica", newTopic{Name: "t", NumPartitions: 1, ReplicationFactor: 0}, wire.InvalidReplicationFactor},
		{"-2 replicas", newTopic{Name: "t", NumPartitions: 1, ReplicationFactor: -2}, wire.InvalidReplicationFactor},
		{"more replicas than brokers", newTopic{Name: "t", NumPartitions: 1, ReplicationFactor: 2}, wire.InvalidReplicationFactor},
		{"32767 replicas", newTopic{Name: "t", NumPartitions: 1, ReplicationFactor: 32767}, wire.InvalidReplicationFactor},
		{"assignment and count", both, wire.InvalidRequest},
		{"a gap", assigned(on(0, 1), on(2, 1)), wire.InvalidReplicaAssignment},
		{"a negative partition", assigned(on(-1, 1)), wire.InvalidReplicaAssignment},
		{"a partition twice", assigned(on(0, 1), on(0, 1)), wire.InvalidReplicaAssignment},
		{"a broker twice", assigned(on(0, 1, 1)), wire.InvalidReplicaAssignment},
		{"an unknown broker", assigned(on(0, 99)), wire.InvalidReplicaAssignment},
		{"no broker", assigned(on(0)), wire.InvalidReplicaAssignment},
		{"a negative broker", assigned(on(0, -1)), wire.InvalidReplicaAssignment},
	}
	n.everyVersion(wire.APIKeyCreateTopics, func(version int16) {
		for _, tc := range cases {
			used, _ := cost(t, func() {
				resp := ask(n, createRequest(tc.topic), version, &wire.CreateTopicsResponse{})
				if code := resp.Topics[0].ErrorCode; code != tc.want {
					t.Errorf("%s, version %d: %v, want %v", tc.what, version, code.Name(), tc.want.Name())
				}
			})
			if used > 8<<20 {
				t.Errorf("%s, version %d: %d bytes were allocated", tc.what, version, used)
			}
		}
		n.mustWork("77")
	})
}

func TestBad77MorePartitions(t *testing.T) {
	n := startForBadInput(t)
	defer n.stop()
	type assignment = wire.CreatePartitionsRequestCreatePartitionsAssignment
	n.everyVersion(wire.APIKeyCreatePartitions, func(version int16) {
		for _, tc := range []struct {
			what  string
			count int32
			on    []assignment
			want  wire.ErrorCode
		}{
			{"fewer", 0, nil, wire.InvalidPartitions},
			{"as many", 1, nil, wire.InvalidPartitions},
			{"negative", -5, nil, wire.InvalidPartitions},
			{"10^9", 1_000_000_000, nil, wire.PolicyViolation},
			{"an unknown broker", 2, []assignment{{BrokerIds: []int32{99}}}, wire.InvalidReplicaAssignment},
			{"a broker twice", 2, []assignment{{BrokerIds: []int32{1, 1}}}, wire.InvalidReplicaAssignment},
			{"too few assignments", 3, []assignment{{BrokerIds: []int32{1}}}, wire.InvalidReplicaAssignment},
		} {
			req := &wire.CreatePartitionsRequest{TimeoutMs: 5000}
			req.Topics = []wire.CreatePartitionsRequestCreatePartitionsTopic{{Name: worksTopic, Count: tc.count, Assignments: tc.on}}
			resp := ask(n, req, version, &wire.CreatePartitionsResponse{})
			if code := resp.Results[0].ErrorCode; code != tc.want {
				t.Errorf("%s, version %d: %v, want %v", tc.what, version, code.Name(), tc.want.Name())
			}
		}
		n.mustWork("77 more partitions")
	})
}

func TestBad78TopicTwiceAndMetadataTopic(t *testing.T) {
	n := startForBadInput(t)
	defer n.stop()
	n.everyVersion(wire.APIKeyCreateTopics, func(version int16) {
		good := fmt.Sprint("good", version)
		req := createRequest(small("twice"), small(good), small("twice"), small("__cluster_metadata"))
		resp := ask(n, req, version, &wire.CreateTopicsResponse{})
		got := map[string]wire.ErrorCode{}
		for _, r := range resp.Topics {
			got[r.Name] = r.ErrorCode
		}
		if len(resp.Topics) != 3 || got["twice"] != wire.InvalidRequest || got["__cluster_metadata"] != wire.InvalidRequest || got[good] != wire.None {
			t.Errorf("version %d: %+v", version, got)
		}
		n.mustWork("78")
	})
}

// badConfigs are values that no topic may have.
func badConfigs() map[string][2]string {
	return map[string][2]string{
		"an unknown key":         {"no.such.key", "1"},
		"a value of another typ": {"retention.ms", "abc"},
		"a negative size":        {"segment.bytes", "-1"},
		"too small a segment":    {"segment.bytes", "13"},
		"a negative limit":       {"max.message.bytes", "-5"},
		"a policy unknown":       {"cleanup.policy", "shred"},
		"a codec unknown":        {"compression.type", "rar"},
		"ISR of 0":               {"min.insync.replicas", "0"},
		"a ratio above 1":        {"min.cleanable.dirty.ratio", "1.5"},
		"a number too large":     {"retention.ms", "99999999999999999999"},
		"a boolean":              {"unclean.leader.election.enable", "maybe"},
		"replicas without a key": {"leader.replication.throttled.replicas", "x"},
	}
}

func TestBad79TopicConfigs(t *testing.T) {
	n := startForBadInput(t)
	defer n.stop()
	for what, kv := range badConfigs() {
		n.everyVersion(wire.APIKeyCreateTopics, func(version int16) {
			topic := small("t")
			topic.Configs = []newConfig{{Name: kv[0], Value: &kv[1]}}
			resp := ask(n, createRequest(topic), version, &wire.CreateTopicsResponse{})
			if code := resp.Topics[0].ErrorCode; code != wire.InvalidConfig {
				t.Errorf("%s, CreateTopics %d: %v", what, version, code.Name())
			}
		})
		n.everyVersion(wire.APIKeyAlterConfigs, func(version int16) {
			req := &wire.AlterConfigsRequest{Resources: []wire.AlterConfigsRequestAlterConfigsResource{{
				ResourceType: 2, ResourceName: worksTopic,
				Configs: []wire.AlterConfigsRequestAlterableConfig{{Name: kv[0], Value: &kv[1]}},
			}}}
			if code := ask(n, req, version, &wire.AlterConfigsResponse{}).Responses[0].ErrorCode; code != wire.InvalidConfig {
				t.Errorf("%s, AlterConfigs %d: %v", what, version, code.Name())
			}
		})
		n.everyVersion(wire.APIKeyIncrementalAlterConfigs, func(version int16) {
			req := &wire.IncrementalAlterConfigsRequest{Resources: []wire.IncrementalAlterConfigsRequestAlterConfigsResource{{
				ResourceType: 2, ResourceName: worksTopic,
				Configs: []wire.IncrementalAlterConfigsRequestAlterableConfig{{Name: kv[0], Value: &kv[1]}},
			}}}
			if code := ask(n, req, version, &wire.IncrementalAlterConfigsResponse{}).Responses[0].ErrorCode; code != wire.InvalidConfig {
				t.Errorf("%s, IncrementalAlterConfigs %d: %v", what, version, code.Name())
			}
		})
		n.mustWork("79 " + what)
	}
	if configs := n.publisher.Image().Config(2, worksTopic); len(configs) > 0 {
		t.Errorf("stored: %v", configs)
	}
}

// foldingFS is a file system that ignores case.
type foldingFS struct{ vfs.FS }

func (f foldingFS) Stat(name string) (fs.FileInfo, error) {
	return f.FS.Stat(filepath.Join(filepath.Dir(name), strings.ToLower(filepath.Base(name))))
}

func TestBad76FileSystemsThatIgnoreCase(t *testing.T) {
	n := startForBadInput(t)
	defer n.stop()
	if n.warnOfCase(vfs.OS); strings.Contains(n.text.String(), "ignores case") {
		t.Error("warned of a file system that does not ignore case")
	}
	if n.warnOfCase(foldingFS{vfs.OS}); !strings.Contains(n.text.String(), "WARN The file system of a data directory ignores case") {
		t.Errorf("no warning:\n%s", n.text)
	}
}

func TestBad81DeleteTopics(t *testing.T) {
	n := startForBadInput(t)
	defer n.stop()
	name, unknown := worksTopic, "nope"
	id := n.publisher.Image().TopicByName(name).ID
	n.everyVersion(wire.APIKeyDeleteTopics, func(version int16) {
		if version < 6 {
			resp := ask(n, &wire.DeleteTopicsRequest{TopicNames: []string{unknown, ""}, TimeoutMs: 1000}, version, &wire.DeleteTopicsResponse{})
			for _, r := range resp.Responses {
				if r.ErrorCode != wire.UnknownTopicOrPartition {
					t.Errorf("version %d, %q: %v", version, *r.Name, r.ErrorCode.Name())
				}
			}
			n.mustWork("81 names")
			return
		}
		type state = wire.DeleteTopicsRequestDeleteTopicState
		for what, tc := range map[string]struct {
			topics []state
			want   wire.ErrorCode
		}{
			"name and id":     {[]state{{Name: &name, TopicId: id}}, wire.InvalidRequest},
			"neither":         {[]state{{}}, wire.InvalidRequest},
			"an unknown id":   {[]state{{TopicId: wire.UUID{1}}}, wire.UnknownTopicId},
			"an unknown name": {[]state{{Name: &unknown}}, wire.UnknownTopicOrPartition},
			"a name twice":    {[]state{{Name: &name}, {Name: &name}}, wire.InvalidRequest},
			"an id twice":     {[]state{{TopicId: id}, {TopicId: id}}, wire.InvalidRequest},
			"by both ways":    {[]state{{Name: &name}, {TopicId: id}}, wire.InvalidRequest},
		} {
			resp := ask(n, &wire.DeleteTopicsRequest{Topics: tc.topics, TimeoutMs: 1000}, version, &wire.DeleteTopicsResponse{})
			for _, r := range resp.Responses {
				if r.ErrorCode != tc.want {
					t.Errorf("version %d, %s: %v, want %v", version, what, r.ErrorCode.Name(), tc.want.Name())
				}
			}
			n.mustWork("81 " + what)
		}
	})
}
