package group

import (
	"strings"

	"github.com/brolga-io/brolga/internal/wire"
)

// joinRequest is a JoinGroup on its way. Its bytes belong to the connection until
// the reply is given.
type joinRequest struct {
	*wire.JoinGroupRequest
	client  Client
	version int16
	reply   *reply[*wire.JoinGroupResponse]
}

// refuse answers with an error.
func (j *joinRequest) refuse(t *turn, memberID string, code wire.ErrorCode) {
	j.reply.value = joinError(memberID, code)
	t.answer(j.reply)
}

// why is the reason that the client gave, for the log.
func (j *joinRequest) why() string {
	if j.Reason == nil || *j.Reason == "" {
		return "not provided"
	}
	return *j.Reason
}

// joinError makes a response that says nothing but code.
func joinError(memberID string, code wire.ErrorCode) *wire.JoinGroupResponse {
	return &wire.JoinGroupResponse{ErrorCode: code, GenerationId: -1, MemberId: memberID}
}

// join handles a JoinGroup.
func (m *machine) join(t *turn, j *joinRequest) {
	g := m.group(j.GroupId)
	if g == nil {
		if j.MemberId != "" {
			j.refuse(t, j.MemberId, wire.UnknownMemberId)
			return
		}
		g = newGroup(m, strings.Clone(j.GroupId), t.nowMs)
	}
	switch {
	case !g.hasRoomFor(j):
		g.turnAway(t, j)
	case !g.supports(j):
		j.refuse(t, j.MemberId, wire.InconsistentGroupProtocol)
	case j.MemberId == "":
		g.joinNew(t, j)
	default:
		g.joinKnown(t, j)
	}
}

// hasRoomFor says whether group.max.size leaves room for the member. While the
// group gathers, those who wait count: they may be fewer than the members, when
// some do not come back, and more are never let in.
func (g *classicGroup) hasRoomFor(j *joinRequest) bool {
	mem := g.members.byID[j.MemberId]
	if mem == nil && j.GroupInstanceId != nil {
		mem = g.members.static[*j.GroupInstanceId] // will be replaced
	}
	switch g.state {
	case empty:
		return true
	case preparingRebalance:
		return mem != nil && mem.join != nil || g.awaitingJoin < g.m.config.MaxSize
	}
	return mem != nil || g.members.len() < g.m.config.MaxSize
}

// turnAway refuses a member for which there is no room. One that was a member is
// one no longer, and the others need not wait for it.
func (g *classicGroup) turnAway(t *turn, j *joinRequest) {
	g.removePending(j.MemberId)
	if mem := g.members.byID[j.MemberId]; mem != nil {
		g.removeMember(t, mem)
	}
	j.refuse(t, "", wire.GroupMaxSizeReached)
	g.completeJoinIfAll(t)
}

// supports says whether the member speaks a protocol that all others speak.
func (g *classicGroup) supports(j *joinRequest) bool {
	if g.state == empty {
		return j.ProtocolType != "" && len(j.Protocols) > 0
	}
	if g.protocolType == nil || *g.protocolType != j.ProtocolType {
		return false
	}
	for i := range j.Protocols {
		if g.members.common(j.Protocols[i].Name) {
			return true
		}
	}
	return false
}

// joinNew handles a member that does not know its id.
func (g *classicGroup) joinNew(t *turn, j *joinRequest) {
	if j.GroupInstanceId != nil {
		if old := g.members.static[*j.GroupInstanceId]; old != nil {
			g.joinReplacing(t, j, old)
			return
		}
		g.addMember(t, j, memberID(*j.GroupInstanceId, g.m.newUUID()))
		return
	}
	id := memberID(j.client.ID, g.m.newUUID())
	if j.version >= 4 { // KIP-394
		g.addPending(t, j, id)
		return
	}
	g.addMember(t, j, id)
}

// joinKnown handles a member that says who it is.
func (g *classicGroup) joinKnown(t *turn, j *joinRequest) {
	if _, pending := g.pendingJoins[j.MemberId]; pending && j.GroupInstanceId == nil {
		g.addMember(t, j, strings.Clone(j.MemberId))
		return
	}
	mem, code := g.checkMember(j.MemberId, j.GroupInstanceId)
	if code != wire.None {
		j.refuse(t, j.MemberId, code)
		return
	}
	unchanged := mem.matches(j.Protocols)
	switch {
	case g.state == completingRebalance && unchanged, g.state == stable && unchanged && g.leader != mem:
		// It may have missed the answer to its last JoinGroup; in a stable group it
		// only wants to sync. The leader of a stable group asks for a rebalance, for
		// reasons that need not show in its metadata.
		j.reply.value = g.joined(mem)
		t.answer(j.reply)
	case !g.fits(mem, j):
		j.refuse(t, j.MemberId, wire.InvalidRequest)
	default:
		g.updateMember(mem, j)
		g.awaitJoin(t, mem, j.reply)
		g.rebalance(t, "member "+mem.id+" rejoined during "+g.state.String()+": "+j.why())
	}
}

// addMember lets a member in.
func (g *classicGroup) addMember(t *turn, j *joinRequest, id string) {
	mem := g.newMember(id)
	mem.instanceID = cloneOf(j.GroupInstanceId)
	mem.clientID, mem.clientHost = strings.Clone(j.client.ID), javaHost(j.client.Host)
	if !g.fits(mem, j) {
		j.refuse(t, j.MemberId, wire.InvalidRequest)
		return
	}
	g.m.keep(g)
	mem.isNew = true
	if g.state == preparingRebalance && g.previous == empty {
		g.newMemberAdded = true
	}
	if g.members.len() == 0 {
		protocolType := strings.Clone(j.ProtocolType)
		g.protocolType = &protocolType
	}
	mem.protocols = ownProtocols(j.Protocols)
	mem.sessionTimeoutMs, mem.rebalanceTimeoutMs = j.SessionTimeoutMs, j.RebalanceTimeoutMs
	g.removePending(id)
	g.members.add(mem)
	if g.leader == nil {
		g.leader = mem
	}
	g.awaitJoin(t, mem, j.reply)
	mem.touchFor(newMemberJoinTimeoutMs)
	g.m.log.Debug("member joins", "group", g.id, "member", id, "state", g.state, "reason", j.why())
	g.rebalance(t, "new member "+id+": "+j.why())
}

// updateMember takes over what the request says about a member.
func (g *classicGroup) updateMember(mem *member, j *joinRequest) {
	mem.sessionTimeoutMs, mem.rebalanceTimeoutMs = j.SessionTimeoutMs, j.RebalanceTimeoutMs
	if !mem.matches(j.Protocols) {
		g.members.setProtocols(mem, ownProtocols(j.Protocols))
	}
}

// awaitJoin parks the request until the join phase is over.
func (g *classicGroup) awaitJoin(t *turn, mem *member, r *reply[*wire.JoinGroupResponse]) {
	// An earlier request of the member comes from a connection that it gave up.
	g.answerJoin(t, mem, joinError(mem.id, wire.RebalanceInProgress))
	mem.join = r
	g.awaitingJoin++
}

// answerJoin ends the JoinGroup in which the member waits, if it does.
func (g *classicGroup) answerJoin(t *turn, mem *member, resp *wire.JoinGroupResponse) {
	if mem.join == nil {
		return
	}
	mem.join.value = resp
	t.answer(mem.join)
	mem.join = nil
	g.awaitingJoin--
}

// joined is what a member is told when it is in the current generation. Only the
// leader needs to know the others, and only as long as nothing is assigned.
func (g *classicGroup) joined(mem *member) *wire.JoinGroupResponse {
	resp := &wire.JoinGroupResponse{
		GenerationId: g.generation, ProtocolType: g.protocolType, ProtocolName: g.protocol, MemberId: mem.id,
	}
	if g.leader != nil {
		resp.Leader = g.leader.id
	}
	if mem == g.leader && g.state == completingRebalance {
		resp.Members = g.memberList()
	}
	return resp
}

// memberList is the members with their metadata, for the leader.
func (g *classicGroup) memberList() []wire.JoinGroupResponseMember {
	list := make([]wire.JoinGroupResponseMember, g.members.len())
	for i, mem := range g.members.list {
		list[i] = wire.JoinGroupResponseMember{
			MemberId: mem.id, GroupInstanceId: mem.instanceID, Metadata: mem.metadataOf(g.protocol),
		}
	}
	return list
}

func cloneOf(s *string) *string {
	if s == nil {
		return nil
	}
	c := strings.Clone(*s)
	return &c
}
