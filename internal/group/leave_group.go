package group

import "github.com/brolga-io/brolga/internal/wire"

// LeaveGroup takes members out of a group (versions 0–5; 3: many members, by
// instance id too, 5: reasons). Before version 3 one member leaves, and its error
// is the response's.
func (c *Coordinator) LeaveGroup(version int16, req *wire.LeaveGroupRequest) *wire.LeaveGroupResponse {
	if req.GroupId == "" {
		return &wire.LeaveGroupResponse{ErrorCode: wire.InvalidGroupId}
	}
	leaving := req.Members
	if version < 3 {
		leaving = []wire.LeaveGroupRequestMemberIdentity{{MemberId: req.MemberId}}
	}
	resp, code := ask(c, req.GroupId, func(m *machine, t *turn) *wire.LeaveGroupResponse {
		return m.leave(t, req.GroupId, leaving)
	})
	if code != wire.None {
		return &wire.LeaveGroupResponse{ErrorCode: code}
	}
	if version < 3 {
		return &wire.LeaveGroupResponse{ErrorCode: resp.Members[0].ErrorCode}
	}
	return resp
}
