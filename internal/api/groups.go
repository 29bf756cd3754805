package api

import (
	"time"

	"github.com/brolga-io/brolga/internal/group"
	"github.com/brolga-io/brolga/internal/wire"
)

// The classic group protocol. Each handler hands the request to the
// coordinator of the group, which answers when it is decided and committed; the
// connection waits meanwhile, as it does in Kafka.

// JoinGroup (key 11), versions 0–9.
//
//	v1: rebalance timeout; v4: MEMBER_ID_REQUIRED first (KIP-394)
//	v5: static members (KIP-345); v7: protocol type in the answer (KIP-559)
//	v8: reason (KIP-800); v9: the leader may be told to skip the assignment (KIP-814)
func (a *API) joinGroup(c *Call, req *wire.JoinGroupRequest) *wire.JoinGroupResponse {
	client := group.Client{ID: c.ClientID(), Host: c.Conn.RemoteAddr().Addr().Unmap().String()}
	defer c.waits(time.Now())
	return a.Groups.JoinGroup(client, c.Version, req)
}

// SyncGroup (key 14), versions 0–5.
//
//	v3: static members; v5: protocol type and name are checked (KIP-559)
func (a *API) syncGroup(c *Call, req *wire.SyncGroupRequest) *wire.SyncGroupResponse {
	defer c.waits(time.Now())
	return a.Groups.SyncGroup(c.Version, req)
}

// Heartbeat (key 12), versions 0–4; v3: static members.
func (a *API) heartbeat(c *Call, req *wire.HeartbeatRequest) *wire.HeartbeatResponse {
	return a.Groups.Heartbeat(req)
}

// LeaveGroup (key 13), versions 0–5.
//
//	v3: several members, by member or instance id; v5: reason
func (a *API) leaveGroup(c *Call, req *wire.LeaveGroupRequest) *wire.LeaveGroupResponse {
	return a.Groups.LeaveGroup(c.Version, req)
}

// OffsetCommit (key 8), versions 2–10.
//
//	v6: leader epoch; v7: static members; v9: member epochs; v10: topic ids
func (a *API) offsetCommit(c *Call, req *wire.OffsetCommitRequest) *wire.OffsetCommitResponse {
	return a.Groups.OffsetCommit(c.Version, req)
}

// OffsetFetch (key 9), versions 1–10.
//
//	v2: null topics mean all; v7: stable offsets only
//	v8: several groups; v9: member id and epoch; v10: topic ids
func (a *API) offsetFetch(c *Call, req *wire.OffsetFetchRequest) *wire.OffsetFetchResponse {
	return a.Groups.OffsetFetch(c.Version, req)
}

// DescribeGroups (key 15), versions 0–6.
//
//	v3: authorised operations; v4: instance ids
//	v6: GROUP_ID_NOT_FOUND with a message instead of a dead group
func (a *API) describeGroups(c *Call, req *wire.DescribeGroupsRequest) *wire.DescribeGroupsResponse {
	resp := a.Groups.DescribeGroups(c.Version, req)
	if req.IncludeAuthorizedOperations {
		for i := range resp.Groups {
			if resp.Groups[i].ErrorCode == wire.None {
				resp.Groups[i].AuthorizedOperations = allOperations(groupOperations)
			}
		}
	}
	return resp
}

// ListGroups (key 16), versions 0–5; v4: filter by state, v5: by type.
func (a *API) listGroups(c *Call, req *wire.ListGroupsRequest) *wire.ListGroupsResponse {
	return a.Groups.ListGroups(req)
}

// DeleteGroups (key 42), versions 0–3; v3: error messages.
func (a *API) deleteGroups(c *Call, req *wire.DeleteGroupsRequest) *wire.DeleteGroupsResponse {
	return a.Groups.DeleteGroups(req)
}

// OffsetDelete (key 47), version 0 (KIP-496).
func (a *API) offsetDelete(c *Call, req *wire.OffsetDeleteRequest) *wire.OffsetDeleteResponse {
	return a.Groups.OffsetDelete(req)
}
