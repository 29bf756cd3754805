package node

import (
	"fmt"
	"strings"
	"testing"

	"github.com/brolga-io/brolga/internal/wire"
)

// Rows 97, 98 and 101 to 105 of the list of bad inputs: members, commits and
// groups that are not what the request says.

func TestBad97Members(t *testing.T) {
	n := startForGroups(t)
	defer n.stop()
	member := n.member("g97")
	check := func(what string, version int16, got, want wire.ErrorCode) {
		t.Helper()
		if got != want {
			t.Errorf("%s, version %d: %v, want %v", what, version, got.Name(), want.Name())
		}
		n.mustBeMember("g97", member)
		n.mustWork("97 " + what)
	}
	n.everyVersion(wire.APIKeyJoinGroup, func(v int16) {
		req := joinRequest("g97")
		req.MemberId = "nobody"
		check("JoinGroup as nobody", v, ask(n, req, v, &wire.JoinGroupResponse{}).ErrorCode, wire.UnknownMemberId)
		if v >= 4 {
			fresh := joinRequest(fmt.Sprint("g97-new-", v))
			resp := ask(n, fresh, v, &wire.JoinGroupResponse{})
			check("JoinGroup without an id", v, resp.ErrorCode, wire.MemberIdRequired)
			if resp.MemberId == "" {
				t.Errorf("version %d: no member id was given", v)
			}
		}
	})
	text, protocol := "consumer", "range"
	stale := member.GenerationId + 5
	n.everyVersion(wire.APIKeySyncGroup, func(v int16) {
		req := &wire.SyncGroupRequest{GroupId: "g97", MemberId: "nobody", GenerationId: member.GenerationId, ProtocolType: &text, ProtocolName: &protocol}
		check("SyncGroup as nobody", v, ask(n, req, v, &wire.SyncGroupResponse{}).ErrorCode, wire.UnknownMemberId)
		req.MemberId, req.GenerationId = member.MemberId, stale
		check("SyncGroup of another generation", v, ask(n, req, v, &wire.SyncGroupResponse{}).ErrorCode, wire.IllegalGeneration)
	})
	n.everyVersion(wire.APIKeyHeartbeat, func(v int16) {
		req := &wire.HeartbeatRequest{GroupId: "g97", MemberId: "nobody", GenerationId: member.GenerationId}
		check("Heartbeat as nobody", v, ask(n, req, v, &wire.HeartbeatResponse{}).ErrorCode, wire.UnknownMemberId)
		req.MemberId, req.GenerationId = member.MemberId, stale
		check("Heartbeat of another generation", v, ask(n, req, v, &wire.HeartbeatResponse{}).ErrorCode, wire.IllegalGeneration)
	})
	n.everyVersion(wire.APIKeyLeaveGroup, func(v int16) {
		req := &wire.LeaveGroupRequest{GroupId: "g97", MemberId: "nobody", Members: []wire.LeaveGroupRequestMemberIdentity{{MemberId: "nobody"}}}
		resp := ask(n, req, v, &wire.LeaveGroupResponse{})
		code := resp.ErrorCode
		if v >= 3 {
			code = resp.Members[0].ErrorCode
		}
		check("LeaveGroup as nobody", v, code, wire.UnknownMemberId)
	})
	n.everyVersion(wire.APIKeyOffsetCommit, func(v int16) {
		check("OffsetCommit as nobody", v, n.commitAs(v, "g97", "nobody", member.GenerationId), wire.UnknownMemberId)
		check("OffsetCommit of another generation", v, n.commitAs(v, "g97", member.MemberId, stale), wire.IllegalGeneration)
		check("OffsetCommit of no member", v, n.commit(v, "g97", 3), wire.UnknownMemberId)
	})
}

// commitAs commits offset 1 of the topic of mustWork as a member.
func (r *running) commitAs(version int16, group, member string, generation int32) wire.ErrorCode {
	r.t.Helper()
	req := &wire.OffsetCommitRequest{}
	req.SetDefaults()
	req.GroupId, req.MemberId, req.GenerationIdOrMemberEpoch = group, member, generation
	req.Topics = []wire.OffsetCommitRequestTopic{{
		Name: worksTopic, TopicId: r.publisher.Image().TopicByName(worksTopic).ID,
		Partitions: []wire.OffsetCommitRequestPartition{{CommittedOffset: 1, CommittedLeaderEpoch: -1}},
	}}
	return ask(r, req, version, &wire.OffsetCommitResponse{}).Topics[0].Partitions[0].ErrorCode
}

// TestBad97SameInstanceTwice: the newer of two processes that claim to be the same
// static member is it, the older one is fenced.
func TestBad97SameInstanceTwice(t *testing.T) {
	n := startForGroups(t)
	defer n.stop()
	n.everyVersion(wire.APIKeyJoinGroup, func(version int16) {
		if version < 5 {
			return // static members came with version 5
		}
		group, instance := fmt.Sprint("g97s-", version), "i"
		req := joinRequest(group)
		req.GroupInstanceId = &instance
		first := n.join(version, req)
		second := n.join(version, req)
		if first.ErrorCode != wire.None || second.ErrorCode != wire.None || first.MemberId == second.MemberId {
			t.Fatalf("version %d: %+v, %+v", version, first, second)
		}
		old := joinRequest(group)
		old.GroupInstanceId, old.MemberId = &instance, first.MemberId
		if code := ask(n, old, version, &wire.JoinGroupResponse{}).ErrorCode; code != wire.FencedInstanceId {
			t.Errorf("version %d, JoinGroup of the older one: %v", version, code.Name())
		}
		n.everyVersion(wire.APIKeyHeartbeat, func(v int16) {
			if v < 3 {
				return
			}
			beat := &wire.HeartbeatRequest{GroupId: group, MemberId: first.MemberId, GenerationId: second.GenerationId, GroupInstanceId: &instance}
			if code := ask(n, beat, v, &wire.HeartbeatResponse{}).ErrorCode; code != wire.FencedInstanceId {
				t.Errorf("version %d, Heartbeat %d of the older one: %v", version, v, code.Name())
			}
		})
		n.mustWork("97 instance")
	})
}

// TestBad98JoinsWithoutSync: clients that ask to join and never come back leave
// nothing but an id that is forgotten with its session.
func TestBad98JoinsWithoutSync(t *testing.T) {
	n := startForGroups(t, "group.max.size=3")
	defer n.stop()
	n.everyVersion(wire.APIKeyJoinGroup, func(version int16) {
		if version < 4 {
			return // a member of old is one at once; the next test has those
		}
		c := n.raw()
		req := joinRequest("g98")
		const joins = 15_000 // of each of the seven versions: 100,000 in all
		used, _ := cost(t, func() {
			for range joins {
				resp := &wire.JoinGroupResponse{}
				if c.ask(req, version, resp); resp.ErrorCode != wire.MemberIdRequired && resp.ErrorCode != wire.GroupMaxSizeReached {
					t.Fatalf("version %d: %v", version, resp.ErrorCode.Name())
				}
			}
		})
		if perJoin := used / joins; perJoin > 16<<10*detectorFactor {
			t.Errorf("version %d: %d bytes for each join", version, perJoin)
		}
		n.mustWork("98")
	})
	described := ask(n, &wire.DescribeGroupsRequest{Groups: []string{"g98"}}, 5, &wire.DescribeGroupsResponse{})
	if got := described.Groups[0]; len(got.Members) != 0 {
		t.Errorf("%d members", len(got.Members))
	}
}

func TestBad98GroupMaxSize(t *testing.T) {
	n := startForGroups(t, "group.max.size=1")
	defer n.stop()
	n.everyVersion(wire.APIKeyJoinGroup, func(version int16) {
		group := fmt.Sprint("g98m-", version)
		member := n.member(group)
		if code := n.join(version, joinRequest(group)).ErrorCode; code != wire.GroupMaxSizeReached {
			t.Errorf("version %d: %v", version, code.Name())
		}
		n.mustBeMember(group, member)
		n.mustWork("98 group.max.size")
	})
}

func TestBad101Commits(t *testing.T) {
	n := startForGroups(t)
	defer n.stop()
	id := n.publisher.Image().TopicByName(worksTopic).ID
	n.everyVersion(wire.APIKeyOffsetCommit, func(version int16) {
		unknown := wire.UnknownTopicOrPartition
		if version >= 10 {
			unknown = wire.UnknownTopicId
		}
		for _, tc := range []struct {
			what      string
			topic     string
			id        wire.UUID
			partition int32
			offset    int64
			want      wire.ErrorCode
		}{
			{"an unknown topic", "nope", wire.UUID{9}, 0, 1, unknown},
			{"no topic", "", wire.ZeroUUID, 0, 1, unknown},
			{"a hostile name", "../x", wire.UUID{8}, 0, 1, unknown},
			{"an unknown partition", worksTopic, id, 7, 1, wire.UnknownTopicOrPartition},
			{"partition -1", worksTopic, id, -1, 1, wire.UnknownTopicOrPartition},
			{"the last partition", worksTopic, id, 1<<31 - 1, 1, wire.UnknownTopicOrPartition},
			{"offset -1", worksTopic, id, 0, -1, wire.None}, // as Kafka; kafkajs relies on it
			{"the smallest offset", worksTopic, id, 0, -1 << 63, wire.None},
			{"an offset beyond the log", worksTopic, id, 0, 1 << 40, wire.None},
			{"the largest offset", worksTopic, id, 0, 1<<63 - 1, wire.None},
		} {
			req := &wire.OffsetCommitRequest{}
			req.SetDefaults()
			req.GroupId = "g101"
			req.Topics = []wire.OffsetCommitRequestTopic{{Name: tc.topic, TopicId: tc.id, Partitions: []wire.OffsetCommitRequestPartition{{
				PartitionIndex: tc.partition, CommittedOffset: tc.offset, CommittedLeaderEpoch: -1,
			}}}}
			resp := ask(n, req, version, &wire.OffsetCommitResponse{})
			if code := resp.Topics[0].Partitions[0].ErrorCode; code != tc.want {
				t.Errorf("%s, version %d: %v, want %v", tc.what, version, code.Name(), tc.want.Name())
			}
		}
		n.mustWork("101")
	})
}

func TestBad102CommitMetadata(t *testing.T) {
	n := startForGroups(t)
	defer n.stop()
	n.everyVersion(wire.APIKeyOffsetCommit, func(version int16) {
		for length, want := range map[int]wire.ErrorCode{4096: wire.None, 4097: wire.OffsetMetadataTooLarge, 32_767: wire.OffsetMetadataTooLarge} {
			text := strings.Repeat("m", length)
			req := &wire.OffsetCommitRequest{}
			req.SetDefaults()
			req.GroupId = "g102"
			req.Topics = []wire.OffsetCommitRequestTopic{{
				Name: worksTopic, TopicId: n.publisher.Image().TopicByName(worksTopic).ID,
				Partitions: []wire.OffsetCommitRequestPartition{{CommittedOffset: int64(length), CommittedLeaderEpoch: -1, CommittedMetadata: &text}},
			}}
			resp := ask(n, req, version, &wire.OffsetCommitResponse{})
			if code := resp.Topics[0].Partitions[0].ErrorCode; code != want {
				t.Errorf("version %d, %d characters: %v, want %v", version, length, code.Name(), want.Name())
			}
		}
		if offset, _ := n.fetchOffset(8, "g102"); offset != 4096 {
			t.Errorf("version %d: offset %d is stored", version, offset)
		}
		n.mustWork("102")
	})
}

func TestBad103DeleteGroupsAndOffsets(t *testing.T) {
	n := startForGroups(t)
	defer n.stop()
	n.member("g103")
	n.everyVersion(wire.APIKeyDeleteGroups, func(version int16) {
		want := map[string]wire.ErrorCode{"g103": wire.NonEmptyGroup, "nobody": wire.GroupIdNotFound, "": wire.GroupIdNotFound}
		resp := ask(n, &wire.DeleteGroupsRequest{GroupsNames: []string{"g103", "nobody", "", "nobody"}}, version, &wire.DeleteGroupsResponse{})
		if len(resp.Results) != len(want) {
			t.Errorf("version %d: %+v", version, resp.Results)
		}
		for _, r := range resp.Results {
			if r.ErrorCode != want[r.GroupId] {
				t.Errorf("version %d, %q: %v, want %v", version, r.GroupId, r.ErrorCode.Name(), want[r.GroupId].Name())
			}
		}
		n.mustWork("103")
	})
	// A member that says what it reads keeps the offsets of that.
	subscribed := joinRequest("g103s")
	subscribed.Protocols[0].Metadata = wire.AppendSubscription(nil, &wire.ConsumerProtocolSubscription{Topics: []string{worksTopic}}, 0)
	if code := n.join(9, subscribed).ErrorCode; code != wire.None {
		t.Fatal(code.Name())
	}
	n.everyVersion(wire.APIKeyOffsetDelete, func(version int16) {
		partitions := []wire.OffsetDeleteRequestPartition{{}, {PartitionIndex: 9}}
		for group, want := range map[string]wire.ErrorCode{"g103s": wire.None, "nobody": wire.GroupIdNotFound, "": wire.InvalidGroupId} {
			req := &wire.OffsetDeleteRequest{GroupId: group, Topics: []wire.OffsetDeleteRequestTopic{{Name: worksTopic, Partitions: partitions}}}
			resp := ask(n, req, version, &wire.OffsetDeleteResponse{})
			if resp.ErrorCode != want {
				t.Errorf("version %d, %q: %v, want %v", version, group, resp.ErrorCode.Name(), want.Name())
			}
			if want == wire.None {
				got := resp.Topics[0].Partitions
				if got[0].ErrorCode != wire.GroupSubscribedToTopic || got[1].ErrorCode != wire.UnknownTopicOrPartition {
					t.Errorf("version %d: %+v", version, got)
				}
			}
		}
		n.mustWork("103 offsets")
	})
}

func TestBad104CoordinatorTypes(t *testing.T) {
	n := startForGroups(t)
	defer n.stop()
	n.everyVersion(wire.APIKeyFindCoordinator, func(version int16) {
		if version == 0 {
			return // groups only
		}
		for _, keyType := range []int8{9, -1, 127, -128} {
			req := &wire.FindCoordinatorRequest{Key: "k", CoordinatorKeys: []string{"k"}, KeyType: keyType}
			resp := ask(n, req, version, &wire.FindCoordinatorResponse{})
			code := resp.ErrorCode
			if version >= 4 {
				code = resp.Coordinators[0].ErrorCode
			}
			if code != wire.InvalidRequest {
				t.Errorf("version %d, type %d: %v", version, keyType, code.Name())
			}
		}
		n.mustWork("104")
	})
}

// TestBad105DescribeAClassicGroupAsAConsumerGroup: a group of one kind is asked for
// as one of the other.
func TestBad105DescribeAClassicGroupAsAConsumerGroup(t *testing.T) {
	n := startForGroups(t)
	defer n.stop()
	member := n.member("g105")
	n.everyVersion(wire.APIKeyConsumerGroupDescribe, func(version int16) {
		for group, want := range map[string]string{"g105": "Group g105 is not a consumer group.", "nobody": "Group nobody not found."} {
			resp := ask(n, &wire.ConsumerGroupDescribeRequest{GroupIds: []string{group}}, version, &wire.ConsumerGroupDescribeResponse{})
			got := resp.Groups[0]
			if got.ErrorCode != wire.GroupIdNotFound || got.ErrorMessage == nil || *got.ErrorMessage != want {
				t.Errorf("version %d: %+v, want %q", version, got, want)
			}
		}
		n.mustBeMember("g105", member)
		n.mustWork("105")
	})
}
