package group

import (
	"github.com/brolga-io/brolga/internal/wire"
)

// heartbeat handles a Heartbeat.
func (m *machine) heartbeat(req *wire.HeartbeatRequest) wire.ErrorCode {
	g := m.groups[req.GroupId]
	if g == nil || g.state == empty {
		return wire.UnknownMemberId
	}
	mem, code := g.checkMember(req.MemberId, req.GroupInstanceId)
	switch {
	case code != wire.None:
		return code
	case req.GenerationId != g.generation:
		return wire.IllegalGeneration
	}
	mem.touch()
	if g.state == preparingRebalance {
		return wire.RebalanceInProgress
	}
	return wire.None
}

// expired takes out a member whose session is over. One that waits in a join or a
// sync is alive as far as anybody can tell, except that a new one could not have
// sent a heartbeat anyway.
func (mem *member) expired(t *turn) {
	g := mem.group
	if g.members.byID[mem.id] != mem || !mem.isNew && (mem.join != nil || mem.sync != nil) {
		return
	}
	g.m.log.Info("a member's session is over", "group", g.id, "member", mem.id)
	g.removeMember(t, mem)
	g.afterRemoval(t, "the session of "+mem.id+" is over")
	if g.state == preparingRebalance && g.allJoined() {
		g.completeJoin(t)
	}
}

// afterRemoval goes on without a member.
func (g *classicGroup) afterRemoval(t *turn, reason string) {
	switch g.state {
	case stable, completingRebalance:
		g.prepareRebalance(t, reason)
	case preparingRebalance:
		g.completeJoinIfAll(t)
	}
}

// leave handles a LeaveGroup; all members go in one step.
func (m *machine) leave(t *turn, groupID string, leaving []wire.LeaveGroupRequestMemberIdentity) *wire.LeaveGroupResponse {
	g := m.group(groupID)
	resp := &wire.LeaveGroupResponse{Members: make([]wire.LeaveGroupResponseMemberResponse, len(leaving))}
	removed := 0
	for i := range leaving {
		code := wire.UnknownMemberId
		if g != nil {
			code = g.leaveOne(t, &leaving[i])
		}
		if code == wire.None {
			removed++
		}
		resp.Members[i] = wire.LeaveGroupResponseMemberResponse{
			MemberId: leaving[i].MemberId, GroupInstanceId: leaving[i].GroupInstanceId, ErrorCode: code,
		}
	}
	if removed > 0 {
		g.afterRemoval(t, "members left")
		m.forgetIfIdle(g)
	}
	return resp
}

// leaveOne takes one member out. An administrator may name a static member by its
// instance id alone.
func (g *classicGroup) leaveOne(t *turn, who *wire.LeaveGroupRequestMemberIdentity) wire.ErrorCode {
	var mem *member
	switch {
	case who.MemberId == "" && who.GroupInstanceId != nil:
		if mem = g.members.static[*who.GroupInstanceId]; mem == nil {
			return wire.UnknownMemberId
		}
	case g.removePending(who.MemberId):
		return wire.None
	default:
		var code wire.ErrorCode
		if mem, code = g.checkMember(who.MemberId, who.GroupInstanceId); code != wire.None {
			return code
		}
	}
	reason := "not provided"
	if who.Reason != nil {
		reason = *who.Reason
	}
	g.m.log.Info("a member left", "group", g.id, "member", mem.id, "reason", reason)
	g.removeMember(t, mem)
	return wire.None
}
