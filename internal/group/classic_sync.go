package group

import "github.com/brolga-io/brolga/internal/wire"

// syncRequest is a SyncGroup on its way.
type syncRequest struct {
	*wire.SyncGroupRequest
	reply *reply[*wire.SyncGroupResponse]
}

func (s *syncRequest) refuse(t *turn, code wire.ErrorCode) {
	s.reply.value = syncError(code)
	t.answer(s.reply)
}

// syncError makes a response that says nothing but code.
func syncError(code wire.ErrorCode) *wire.SyncGroupResponse {
	return &wire.SyncGroupResponse{ErrorCode: code}
}

// sync handles a SyncGroup.
func (m *machine) sync(t *turn, s *syncRequest) {
	g := m.groups[s.GroupId]
	if g == nil || g.state == empty {
		s.refuse(t, wire.UnknownMemberId)
		return
	}
	mem, code := g.checkMember(s.MemberId, s.GroupInstanceId)
	switch {
	case code != wire.None:
		s.refuse(t, code)
	case s.GenerationId != g.generation:
		s.refuse(t, wire.IllegalGeneration)
	case differ(s.ProtocolType, g.protocolType), differ(s.ProtocolName, g.protocol): // KIP-559
		s.refuse(t, wire.InconsistentGroupProtocol)
	case g.state == preparingRebalance:
		s.refuse(t, wire.RebalanceInProgress)
	case g.state == stable:
		g.setUnsynced(mem, false)
		s.reply.value = g.synced(mem)
		t.answer(s.reply)
	case mem == g.leader:
		g.syncLeader(t, mem, s)
	default:
		g.awaitSync(t, mem, s.reply)
	}
}

// differ says whether the request names something, and something else.
func differ(requested, actual *string) bool {
	return requested != nil && actual != nil && *requested != *actual
}

// awaitSync parks the request until the assignment is there.
func (g *classicGroup) awaitSync(t *turn, mem *member, r *reply[*wire.SyncGroupResponse]) {
	// An earlier request of the member comes from a connection that it gave up.
	g.answerSync(t, mem, syncError(wire.RebalanceInProgress))
	mem.sync = r
	g.setUnsynced(mem, false)
}

// answerSync ends the SyncGroup in which the member waits, if it does, and starts
// its session anew: no heartbeat was expected meanwhile.
func (g *classicGroup) answerSync(t *turn, mem *member, resp *wire.SyncGroupResponse) {
	if mem.sync == nil {
		return
	}
	mem.sync.value = resp
	t.answer(mem.sync)
	mem.sync = nil
	mem.touch()
}

// synced is what a member is told when the group is stable.
func (g *classicGroup) synced(mem *member) *wire.SyncGroupResponse {
	return &wire.SyncGroupResponse{ProtocolType: g.protocolType, ProtocolName: g.protocol, Assignment: mem.assignment}
}

// syncLeader records what the leader assigned. The members learn it when it is
// committed.
func (g *classicGroup) syncLeader(t *turn, leader *member, s *syncRequest) {
	t.waiting = s.reply
	if g.assigning {
		// It was told that this takes too long, and sends it again. One assignment for
		// a generation is enough; it is the answer to this request too.
		g.awaitSync(t, leader, s.reply)
		return
	}
	assigned := make(map[string][]byte, len(s.Assignments))
	for i := range s.Assignments {
		assigned[s.Assignments[i].MemberId] = s.Assignments[i].Assignment
	}
	v := g.record()
	for i := range v.Members {
		v.Members[i].Assignment = assigned[v.Members[i].MemberId]
	}
	record := groupMetadataRecord(g.id, v)
	if !g.m.batchFits(recordBytes(record)) {
		// Nothing is stored and nobody is harmed: the leader may sync again with
		// less, or the sync time-out takes it out.
		s.refuse(t, wire.InvalidRequest)
		return
	}
	g.awaitSync(t, leader, s.reply)
	t.append(record)
	g.assigning = true
	generation := g.generation
	t.then(func(err error) {
		if g.m.groups[g.id] != g || g.state != completingRebalance || g.generation != generation {
			return // the group has moved on, and all who waited were told
		}
		g.assigning = false
		if err != nil {
			g.syncFailed(t, err)
			return
		}
		g.becomeStable(t)
	})
}

// becomeStable hands out the assignment that the log says.
func (g *classicGroup) becomeStable(t *turn) {
	meta := g.m.state.group(g.id).meta
	assigned := make(map[string][]byte, len(meta.Members))
	for i := range meta.Members {
		assigned[meta.Members[i].MemberId] = meta.Members[i].Assignment
	}
	// The time that the log says, so that it is the same after a restart.
	g.previous, g.state, g.stateMs = g.state, stable, meta.CurrentStateTimestamp
	for _, mem := range g.members.list {
		mem.assignment = assigned[mem.id]
		g.answerSync(t, mem, g.synced(mem))
	}
	g.m.metrics.Rebalances.Inc()
	g.m.log.Info("group is stable", "group", g.id, "generation", g.generation, "members", g.members.len())
}

// syncFailed tells all who wait that there is no assignment yet. The generation
// stays: they look for the coordinator, here or elsewhere, and sync again.
func (g *classicGroup) syncFailed(t *turn, err error) {
	code := codeOf(err)
	g.m.submit(nil, func(now *turn) {
		if g.state != completingRebalance {
			return
		}
		for _, mem := range g.members.list {
			if mem.sync != nil {
				mem.sync.fail(code)
				mem.sync = nil
				mem.touch()
				g.setUnsynced(mem, true)
			}
		}
		g.scheduleSync()
	})
}

// scheduleSync takes out the members that have not synced when the longest
// rebalance time-out is over.
func (g *classicGroup) scheduleSync() {
	generation := g.generation
	g.m.shard.Schedule(syncKey{g}, g.rebalanceTimeoutMs(), g.m.decision(nil, func(t *turn) {
		if g.generation == generation && g.unsynced > 0 {
			g.dropUnsynced(t)
		}
	}))
}

func (g *classicGroup) dropUnsynced(t *turn) {
	var late []*member
	for _, mem := range g.members.list {
		if mem.unsynced {
			late = append(late, mem)
		}
	}
	for _, mem := range late {
		g.removeMember(t, mem)
	}
	g.prepareRebalance(t, "members did not sync in time")
}
