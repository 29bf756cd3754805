package group

import (
	"fmt"

	"github.com/brolga-io/brolga/internal/wire"
)

// commitCall is an OffsetCommit of one partition under way.
type commitCall struct {
	*call[*wire.OffsetCommitResponse]
}

func (c commitCall) code() wire.ErrorCode {
	c.w.t.Helper()
	return c.result().Topics[0].Partitions[0].ErrorCode
}

// commit commits an offset without being a member.
func (w *world) commit(group, topic string, partition int32, offset int64) commitCall {
	return w.commitRequest(9, commitOf(group, topic, partition, offset))
}

func commitOf(group, topic string, partition int32, offset int64) *wire.OffsetCommitRequest {
	metadata := fmt.Sprint("m", offset)
	return &wire.OffsetCommitRequest{
		GroupId: group, GenerationIdOrMemberEpoch: -1, RetentionTimeMs: -1,
		Topics: []wire.OffsetCommitRequestTopic{{Name: topic, Partitions: []wire.OffsetCommitRequestPartition{{
			PartitionIndex: partition, CommittedOffset: offset, CommittedLeaderEpoch: 7, CommittedMetadata: &metadata,
		}}}},
	}
}

func (w *world) commitRequest(version int16, req *wire.OffsetCommitRequest) commitCall {
	return commitCall{begin(w, "commit", func() *wire.OffsetCommitResponse { return w.c.OffsetCommit(version, req) })}
}

// commit commits an offset as a member.
func (c *client) commit(topic string, partition int32, offset int64) wire.ErrorCode {
	c.w.t.Helper()
	req := commitOf(c.group, topic, partition, offset)
	req.MemberId, req.GroupInstanceId, req.GenerationIdOrMemberEpoch = c.memberID, c.instanceID, c.generation
	return c.w.commitRequest(9, req).code()
}

// fetchGroup fetches the offsets of a group, of all partitions if none is given.
func (w *world) fetchGroup(version int16, group wire.OffsetFetchRequestGroup) wire.OffsetFetchResponseGroup {
	w.t.Helper()
	req := &wire.OffsetFetchRequest{Groups: []wire.OffsetFetchRequestGroup{group}, RequireStable: true}
	return begin(w, "fetch", func() *wire.OffsetFetchResponse { return w.c.OffsetFetch(version, req) }).result().Groups[0]
}

// committed returns the offset of one partition, -1 if there is none.
func (w *world) committed(group, topic string, partition int32) int64 {
	w.t.Helper()
	resp := w.fetchGroup(9, wire.OffsetFetchRequestGroup{
		GroupId: group, Topics: []wire.OffsetFetchRequestTopics{{Name: topic, PartitionIndexes: []int32{partition}}},
	})
	wantCode(w.t, "fetch", resp.ErrorCode, wire.None)
	return resp.Topics[0].Partitions[0].CommittedOffset
}

// offsetsOf returns all offsets of a group as text.
func (w *world) offsetsOf(group string) string {
	w.t.Helper()
	resp := w.fetchGroup(9, wire.OffsetFetchRequestGroup{GroupId: group})
	wantCode(w.t, "fetch", resp.ErrorCode, wire.None)
	text := ""
	for _, topic := range resp.Topics {
		for _, p := range topic.Partitions {
			text += fmt.Sprintf("%s-%d=%d ", topic.Name, p.PartitionIndex, p.CommittedOffset)
		}
	}
	return text
}

// listed returns the groups as "id state type protocol", filtered.
func (w *world) listed(states, types []string) []string {
	w.t.Helper()
	resp := begin(w, "list", func() *wire.ListGroupsResponse {
		return w.c.ListGroups(&wire.ListGroupsRequest{StatesFilter: states, TypesFilter: types})
	}).result()
	wantCode(w.t, "list", resp.ErrorCode, wire.None)
	var out []string
	for _, g := range resp.Groups {
		out = append(out, fmt.Sprintf("%s %s %s %s", g.GroupId, g.GroupState, g.GroupType, g.ProtocolType))
	}
	return out
}

// state returns the state in which a group is described.
func (w *world) state(group string) string {
	w.t.Helper()
	return begin(w, "describe", func() *wire.DescribeGroupsResponse {
		return w.c.DescribeGroups(5, &wire.DescribeGroupsRequest{Groups: []string{group}})
	}).result().Groups[0].GroupState
}
