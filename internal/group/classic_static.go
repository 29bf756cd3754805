package group

import "github.com/brolga-io/brolga/internal/wire"

// joinReplacing handles a static member (KIP-345) that comes back without its id,
// as it does after a restart of its process: it takes the place of the old one.
func (g *classicGroup) joinReplacing(t *turn, j *joinRequest, old *member) {
	next := g.newMember(memberID(*j.GroupInstanceId, g.m.newUUID()))
	next.instanceID, next.clientID, next.clientHost = old.instanceID, old.clientID, old.clientHost
	next.sessionTimeoutMs, next.rebalanceTimeoutMs = j.SessionTimeoutMs, j.RebalanceTimeoutMs
	next.assignment = old.assignment
	if !g.fits(old, j) {
		j.refuse(t, j.MemberId, wire.InvalidRequest)
		return
	}
	next.protocols = ownProtocols(j.Protocols)
	if g.state == stable && g.sameProtocolWith(old, next) {
		g.replaceInLog(t, j, old, next)
		return
	}
	g.replaceMember(t, old, next)
	g.awaitJoin(t, next, j.reply)
	next.touch()
	switch g.state {
	case preparingRebalance:
		g.completeJoinIfAll(t)
	default:
		// The chosen protocol changes, or the leader assigns to the old id just now.
		g.prepareRebalance(t, "static member "+next.id+" replaces "+old.id+": "+j.why())
	}
}

// sameProtocolWith says whether the group would choose the protocol that it has if
// next were in the place of old.
func (g *classicGroup) sameProtocolWith(old, next *member) bool {
	g.members.replace(old, next)
	chosen := g.members.vote()
	g.members.replace(next, old)
	return chosen != nil && g.protocol != nil && *chosen == *g.protocol
}

// replaceMember puts next in the place of old and fences what waits for old.
func (g *classicGroup) replaceMember(t *turn, old, next *member) {
	g.answerJoin(t, old, joinError(old.id, wire.FencedInstanceId))
	g.answerSync(t, old, syncError(wire.FencedInstanceId))
	g.setUnsynced(old, false)
	g.m.shard.Cancel(old)
	g.members.replace(old, next)
	g.topics.changed()
	if g.leader == old {
		g.leader = next
	}
}

// replaceInLog replaces a member of a stable group without a rebalance (KIP-345):
// the assignment stays, under the new id. Nothing changes for the old one until
// the log has it.
func (g *classicGroup) replaceInLog(t *turn, j *joinRequest, old, next *member) {
	v := g.record()
	for i, mem := range g.members.list {
		if mem == old {
			v.Members[i] = g.memberRecord(next)
		}
	}
	if g.leader == old {
		v.Leader = &next.id
	}
	record := groupMetadataRecord(g.id, v)
	if !g.m.batchFits(recordBytes(record)) {
		j.refuse(t, j.MemberId, wire.InvalidRequest)
		return
	}
	t.append(record)
	t.waiting = j.reply
	generation := g.generation
	t.then(func(err error) {
		switch {
		case err != nil:
		case g.m.groups[g.id] == g && g.state == stable && g.generation == generation && g.members.static[*next.instanceID] == old:
			g.replaceMember(t, old, next)
			next.touch()
			j.reply.value = g.replaced(j, old, next)
			t.answer(j.reply)
		case !j.reply.given:
			// The group has moved on meanwhile: join it as it is now.
			g.m.submit(j.reply, func(t *turn) { g.m.join(t, j) })
		}
	})
}

// replaced is what a static member is told that came back without a rebalance.
// From version 9 on a leader learns that it is one, and that there is nothing to
// assign (KIP-814); an older one must not find out, or it would assign.
func (g *classicGroup) replaced(j *joinRequest, old, next *member) *wire.JoinGroupResponse {
	resp := g.joined(next)
	if g.leader == next {
		if j.version >= 9 {
			resp.SkipAssignment, resp.Members = true, g.memberList()
		} else {
			resp.Leader = old.id
		}
	}
	return resp
}
