package node

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/wire"
)

// Rows 90 to 98 of the list of bad inputs: joining and syncing of classic groups.

func joinRequest(group string) *wire.JoinGroupRequest {
	return &wire.JoinGroupRequest{
		GroupId: group, SessionTimeoutMs: 10_000, RebalanceTimeoutMs: 10_000, ProtocolType: "consumer",
		Protocols: []wire.JoinGroupRequestProtocol{{Name: "range", Metadata: []byte("m")}},
	}
}

// join makes a member of a group, as a client does: from version 4 on in two steps.
func (r *running) join(version int16, req *wire.JoinGroupRequest) *wire.JoinGroupResponse {
	r.t.Helper()
	resp := ask(r, req, version, &wire.JoinGroupResponse{})
	if resp.ErrorCode == wire.MemberIdRequired {
		again := *req
		again.MemberId = resp.MemberId
		resp = ask(r, &again, version, &wire.JoinGroupResponse{})
	}
	return resp
}

// member makes the only member of a group and gives it an assignment.
func (r *running) member(group string) *wire.JoinGroupResponse {
	r.t.Helper()
	joined := r.join(9, joinRequest(group))
	if joined.ErrorCode != wire.None {
		r.t.Fatalf("joining %q: %v", group, joined.ErrorCode.Name())
	}
	protocolType, protocol := "consumer", "range"
	sync := ask(r, &wire.SyncGroupRequest{
		GroupId: group, MemberId: joined.MemberId, GenerationId: joined.GenerationId, ProtocolType: &protocolType, ProtocolName: &protocol,
		Assignments: []wire.SyncGroupRequestAssignment{{MemberId: joined.MemberId, Assignment: []byte("a")}},
	}, 5, &wire.SyncGroupResponse{})
	if sync.ErrorCode != wire.None {
		r.t.Fatalf("syncing %q: %v", group, sync.ErrorCode.Name())
	}
	return joined
}

// startForGroups starts a node whose coordinator is ready.
func startForGroups(t *testing.T, more ...string) *running {
	t.Helper()
	n := startForBadInput(t, append([]string{"offsets.topic.num.partitions=1"}, more...)...)
	ready := func() wire.ErrorCode {
		if code := ask(n, &wire.FindCoordinatorRequest{Key: "g"}, 3, &wire.FindCoordinatorResponse{}).ErrorCode; code != wire.None {
			return code
		}
		return ask(n, &wire.DescribeGroupsRequest{Groups: []string{"g"}}, 5, &wire.DescribeGroupsResponse{}).Groups[0].ErrorCode
	}
	for begin := time.Now(); ; {
		code := ready()
		if code == wire.None {
			return n
		}
		if time.Since(begin) > 10*time.Second {
			t.Fatalf("no coordinator: %v", code.Name())
		}
	}
}

func TestBad90EmptyGroupID(t *testing.T) {
	n := startForGroups(t)
	defer n.stop()
	check := func(what string, version int16, got, want wire.ErrorCode) {
		t.Helper()
		if got != want {
			t.Errorf("%s %d: %v, want %v", what, version, got.Name(), want.Name())
		}
		n.mustWork("90 " + what)
	}
	n.everyVersion(wire.APIKeyJoinGroup, func(v int16) {
		check("JoinGroup", v, ask(n, joinRequest(""), v, &wire.JoinGroupResponse{}).ErrorCode, wire.InvalidGroupId)
	})
	text := "x"
	n.everyVersion(wire.APIKeySyncGroup, func(v int16) {
		req := &wire.SyncGroupRequest{MemberId: "m", ProtocolType: &text, ProtocolName: &text}
		check("SyncGroup", v, ask(n, req, v, &wire.SyncGroupResponse{}).ErrorCode, wire.InvalidGroupId)
	})
	n.everyVersion(wire.APIKeyHeartbeat, func(v int16) {
		check("Heartbeat", v, ask(n, &wire.HeartbeatRequest{MemberId: "m"}, v, &wire.HeartbeatResponse{}).ErrorCode, wire.InvalidGroupId)
	})
	n.everyVersion(wire.APIKeyLeaveGroup, func(v int16) {
		req := &wire.LeaveGroupRequest{MemberId: "m", Members: []wire.LeaveGroupRequestMemberIdentity{{MemberId: "m"}}}
		check("LeaveGroup", v, ask(n, req, v, &wire.LeaveGroupResponse{}).ErrorCode, wire.InvalidGroupId)
	})
	n.everyVersion(wire.APIKeyConsumerGroupDescribe, func(v int16) {
		resp := ask(n, &wire.ConsumerGroupDescribeRequest{GroupIds: []string{""}}, v, &wire.ConsumerGroupDescribeResponse{})
		check("ConsumerGroupDescribe", v, resp.Groups[0].ErrorCode, wire.InvalidGroupId)
	})
	// Consumers of old that only keep their offsets here may have no name.
	n.everyVersion(wire.APIKeyOffsetCommit, func(v int16) {
		check("OffsetCommit", v, n.commit(v, "", 7), wire.None)
	})
	n.everyVersion(wire.APIKeyOffsetFetch, func(v int16) {
		if offset, code := n.fetchOffset(v, ""); offset != 7 {
			t.Errorf("OffsetFetch %d: offset %d, %v", v, offset, code.Name())
		}
	})
}

// commit commits an offset of the topic of mustWork without being a member.
func (r *running) commit(version int16, group string, offset int64) wire.ErrorCode {
	r.t.Helper()
	req := &wire.OffsetCommitRequest{}
	req.SetDefaults()
	req.GroupId = group
	req.Topics = []wire.OffsetCommitRequestTopic{{
		Name: worksTopic, TopicId: r.publisher.Image().TopicByName(worksTopic).ID,
		Partitions: []wire.OffsetCommitRequestPartition{{CommittedOffset: offset, CommittedLeaderEpoch: -1}},
	}}
	return ask(r, req, version, &wire.OffsetCommitResponse{}).Topics[0].Partitions[0].ErrorCode
}

// fetchOffset reads that offset back.
func (r *running) fetchOffset(version int16, group string) (int64, wire.ErrorCode) {
	r.t.Helper()
	req := &wire.OffsetFetchRequest{}
	req.SetDefaults()
	id := r.publisher.Image().TopicByName(worksTopic).ID
	req.GroupId = group
	req.Topics = []wire.OffsetFetchRequestTopic{{Name: worksTopic, PartitionIndexes: []int32{0}}}
	g := wire.OffsetFetchRequestGroup{}
	g.SetDefaults()
	g.GroupId = group
	g.Topics = []wire.OffsetFetchRequestTopics{{Name: worksTopic, TopicId: id, PartitionIndexes: []int32{0}}}
	req.Groups = []wire.OffsetFetchRequestGroup{g}
	resp := ask(r, req, version, &wire.OffsetFetchResponse{})
	if version >= 8 {
		p := resp.Groups[0].Topics[0].Partitions[0]
		return p.CommittedOffset, p.ErrorCode
	}
	p := resp.Topics[0].Partitions[0]
	return p.CommittedOffset, p.ErrorCode
}

// hostileGroups are group ids that are only data: they name no file, and what they
// hold is escaped where it is shown.
func hostileGroups() []string {
	return []string{"../x", "a\x00b", "\x1b[31mred\n[2026-01-01] FATAL forged", "<script>", "\"", strings.Repeat("g", 32_767)}
}

func TestBad91GroupIDs(t *testing.T) {
	n := startForGroups(t)
	defer n.stop()
	before := entries(t, n.dir)
	n.everyVersion(wire.APIKeyJoinGroup, func(version int16) {
		for _, id := range hostileGroups() {
			joined := n.join(version, joinRequest(id))
			if joined.ErrorCode != wire.None {
				t.Errorf("version %d, %.20q: %v", version, id, joined.ErrorCode.Name())
				continue
			}
			ask(n, &wire.LeaveGroupRequest{GroupId: id, MemberId: joined.MemberId}, 2, &wire.LeaveGroupResponse{})
			described := ask(n, &wire.DescribeGroupsRequest{Groups: []string{id}}, 5, &wire.DescribeGroupsResponse{})
			if got := described.Groups[0]; got.GroupId != id || got.ErrorCode != wire.None {
				t.Errorf("version %d: described as %.20q, %v", version, got.GroupId, got.ErrorCode.Name())
			}
		}
		n.mustWork("91")
	})
	if after := entries(t, n.dir); fmt.Sprint(before) != fmt.Sprint(after) {
		t.Errorf("directories before %v, after %v", before, after)
	}
	for line := range strings.Lines(n.text.String()) {
		if strings.HasPrefix(line, "[2026-01-01]") || strings.ContainsAny(line, "\x1b\x00") || len(line) > 4096 {
			t.Errorf("logged: %.80q", line)
		}
	}
	// A megabyte does not fit the type: before version 6 the length cannot be
	// written, later it can.
	n.everyVersion(wire.APIKeyJoinGroup, func(version int16) {
		if version < 6 {
			return
		}
		b := wire.AppendInt32(wire.AppendInt16(wire.AppendInt16(make([]byte, 4), wire.APIKeyJoinGroup), version), 1)
		b = append(b, 0xff, 0xff, 0) // no client id, no tagged fields
		b = append(wire.AppendUVarint(b, 1<<20+1), make([]byte, 1<<20+100)...)
		binary.BigEndian.PutUint32(b, uint32(len(b)-4))
		c := n.raw()
		if _, err := c.c.Write(b); err != nil {
			t.Fatal(err)
		}
		c.mustBeClosed(fmt.Sprint("a group id of a megabyte, version ", version))
		n.mustWork("91 a megabyte")
	})
}

func TestBad92SessionTimeouts(t *testing.T) {
	n := startForGroups(t)
	defer n.stop()
	n.everyVersion(wire.APIKeyJoinGroup, func(version int16) {
		for _, ms := range []int32{-1, 0, 5999, 1_800_001, 1<<31 - 1, -1 << 31} {
			req := joinRequest("g92")
			req.SessionTimeoutMs = ms
			if code := ask(n, req, version, &wire.JoinGroupResponse{}).ErrorCode; code != wire.InvalidSessionTimeout {
				t.Errorf("version %d, %d ms: %v", version, ms, code.Name())
			}
		}
		for _, ms := range []int32{6000, 1_800_000} {
			req := joinRequest(fmt.Sprint("g92-", version, ms))
			req.SessionTimeoutMs = ms
			if code := n.join(version, req).ErrorCode; code != wire.None {
				t.Errorf("version %d, %d ms: %v", version, ms, code.Name())
			}
		}
		n.mustWork("92")
	})
}

func TestBad93RebalanceTimeouts(t *testing.T) {
	n := startForGroups(t)
	defer n.stop()
	n.everyVersion(wire.APIKeyJoinGroup, func(version int16) {
		if version == 0 {
			return // has no such field
		}
		for ms, want := range map[int32]wire.ErrorCode{-1: wire.InvalidRequest, -1 << 31: wire.InvalidRequest, 0: wire.None, 1<<31 - 1: wire.None} {
			req := joinRequest(fmt.Sprint("g93-", version, ms))
			req.RebalanceTimeoutMs = ms
			if code := n.join(version, req).ErrorCode; code != want {
				t.Errorf("version %d, %d ms: %v, want %v", version, ms, code.Name(), want.Name())
			}
		}
		n.mustWork("93")
	})
}

func TestBad94Protocols(t *testing.T) {
	n := startForGroups(t)
	defer n.stop()
	many := make([]wire.JoinGroupRequestProtocol, 10_000)
	for i := range many {
		many[i] = wire.JoinGroupRequestProtocol{Name: fmt.Sprint("p", i), Metadata: []byte{}}
	}
	n.everyVersion(wire.APIKeyJoinGroup, func(version int16) {
		group := fmt.Sprint("g94-", version)
		for what, change := range map[string]func(*wire.JoinGroupRequest){
			"no protocol":      func(r *wire.JoinGroupRequest) { r.Protocols = nil },
			"10,000 protocols": func(r *wire.JoinGroupRequest) { r.Protocols = many },
			"no type":          func(r *wire.JoinGroupRequest) { r.ProtocolType = "" },
		} {
			req := joinRequest(group)
			change(req)
			if code := ask(n, req, version, &wire.JoinGroupResponse{}).ErrorCode; code != wire.InconsistentGroupProtocol {
				t.Errorf("%s, version %d: %v", what, version, code.Name())
			}
		}
		member := n.member(group)
		for what, change := range map[string]func(*wire.JoinGroupRequest){
			"another type":     func(r *wire.JoinGroupRequest) { r.ProtocolType = "connect" },
			"another protocol": func(r *wire.JoinGroupRequest) { r.Protocols[0].Name = "sticky" },
		} {
			req := joinRequest(group)
			change(req)
			if code := ask(n, req, version, &wire.JoinGroupResponse{}).ErrorCode; code != wire.InconsistentGroupProtocol {
				t.Errorf("%s, version %d: %v", what, version, code.Name())
			}
		}
		n.mustBeMember(group, member)
		n.mustWork("94")
	})
}

// mustBeMember checks that a group is unharmed: its only member is in its
// generation, and nothing rebalances.
func (r *running) mustBeMember(group string, m *wire.JoinGroupResponse) {
	r.t.Helper()
	beat := &wire.HeartbeatRequest{GroupId: group, MemberId: m.MemberId, GenerationId: m.GenerationId}
	if code := ask(r, beat, 4, &wire.HeartbeatResponse{}).ErrorCode; code != wire.None {
		r.t.Errorf("the member of %s: %v", group, code.Name())
	}
}

func TestBad95LargeMetadataAndAssignments(t *testing.T) {
	n := startForGroups(t)
	defer n.stop()
	huge := make([]byte, 50<<20)
	n.everyVersion(wire.APIKeyJoinGroup, func(version int16) {
		group := fmt.Sprint("g95-", version)
		member := n.member(group)
		req := joinRequest(group)
		req.Protocols[0].Metadata = huge
		used, _ := cost(t, func() {
			if code := ask(n, req, version, &wire.JoinGroupResponse{}).ErrorCode; code != wire.InvalidRequest {
				t.Errorf("JoinGroup %d: %v", version, code.Name())
			}
		})
		if used > 6*uint64(len(huge)) { // this test encodes it into a growing buffer
			t.Errorf("JoinGroup %d: %d MiB were allocated", version, used>>20)
		}
		n.mustBeMember(group, member)
		n.mustWork("95")
	})
	n.everyVersion(wire.APIKeySyncGroup, func(version int16) {
		group := fmt.Sprint("g95s-", version)
		joined := n.join(9, joinRequest(group))
		text, protocol := "consumer", "range"
		req := &wire.SyncGroupRequest{GroupId: group, MemberId: joined.MemberId, GenerationId: joined.GenerationId, ProtocolType: &text, ProtocolName: &protocol}
		req.Assignments = []wire.SyncGroupRequestAssignment{{MemberId: joined.MemberId, Assignment: huge}}
		if code := ask(n, req, version, &wire.SyncGroupResponse{}).ErrorCode; code != wire.InvalidRequest {
			t.Errorf("SyncGroup %d: %v", version, code.Name())
		}
		req.Assignments[0].Assignment = []byte("small")
		if code := ask(n, req, version, &wire.SyncGroupResponse{}).ErrorCode; code != wire.None {
			t.Errorf("SyncGroup %d afterwards: %v", version, code.Name())
		}
		n.mustBeMember(group, joined)
		n.mustWork("95 assignments")
	})
}

// TestBad96EmbeddedProtocol: what members tell each other is not looked at.
func TestBad96EmbeddedProtocol(t *testing.T) {
	n := startForGroups(t)
	defer n.stop()
	n.everyVersion(wire.APIKeyJoinGroup, func(version int16) {
		for i, metadata := range [][]byte{{}, {0}, {0, 1, 0xff, 0xff, 0xff, 0xff}, {0x7f, 0xff, 0xff}, []byte("\x00\x00\x7f\xff\xff\xff")} {
			req := joinRequest(fmt.Sprint("g96-", version, i))
			req.Protocols[0].Metadata = metadata
			if code := n.join(version, req).ErrorCode; code != wire.None {
				t.Errorf("version %d, %x: %v", version, metadata, code.Name())
			}
			ask(n, &wire.DescribeGroupsRequest{Groups: []string{req.GroupId}}, 5, &wire.DescribeGroupsResponse{})
			del := ask(n, &wire.OffsetDeleteRequest{GroupId: req.GroupId, Topics: []wire.OffsetDeleteRequestTopic{{Name: worksTopic, Partitions: []wire.OffsetDeleteRequestPartition{{}}}}}, 0, &wire.OffsetDeleteResponse{})
			if del.ErrorCode != wire.None {
				t.Errorf("OffsetDelete of a group with the metadata %x: %v", metadata, del.ErrorCode.Name())
			}
		}
		n.mustWork("96")
	})
}
