package group

import (
	"math"

	"github.com/brolga-io/brolga/internal/wire"
)

// rebalance begins a rebalance or, if one gathers already, ends its join phase when
// that waits for nobody any more.
func (g *classicGroup) rebalance(t *turn, reason string) {
	if g.state == preparingRebalance {
		g.completeJoinIfAll(t)
		return
	}
	g.prepareRebalance(t, reason)
}

// prepareRebalance begins a join phase.
func (g *classicGroup) prepareRebalance(t *turn, reason string) {
	if g.state == completingRebalance {
		for _, mem := range g.members.list {
			mem.assignment = nil
			g.answerSync(t, mem, syncError(wire.RebalanceInProgress))
		}
	}
	for _, mem := range g.members.list {
		g.setUnsynced(mem, false)
	}
	g.assigning = false
	g.m.shard.Cancel(syncKey{g})
	initial := g.state == empty
	g.moveTo(t, preparingRebalance)
	g.m.log.Info("preparing to rebalance a group", "group", g.id, "generation", g.generation, "reason", reason)
	switch {
	case initial:
		// The group is new: give further members time to come.
		delayMs := g.m.config.InitialRebalanceDelayMs
		g.newMemberAdded = false
		g.waitForMore(delayMs, max(g.rebalanceTimeoutMs()-delayMs, 0))
	case g.allJoined():
		g.completeJoin(t)
	default:
		g.scheduleJoin()
	}
}

// waitForMore looks after delayMs whether members came during the initial
// rebalance. While they do it waits on, for remainingMs at most.
func (g *classicGroup) waitForMore(delayMs, remainingMs int64) {
	g.m.shard.Schedule(joinKey{g}, delayMs, g.m.decision(nil, func(t *turn) {
		if !g.newMemberAdded || remainingMs == 0 {
			g.completeJoin(t)
			return
		}
		g.newMemberAdded = false
		g.waitForMore(min(g.m.config.InitialRebalanceDelayMs, remainingMs), max(remainingMs-delayMs, 0))
	}))
}

// scheduleJoin ends the join phase when the longest rebalance time-out is over.
func (g *classicGroup) scheduleJoin() {
	g.m.shard.Schedule(joinKey{g}, g.rebalanceTimeoutMs(), g.m.decision(nil, g.completeJoin))
}

// completeJoinIfAll ends the join phase when it waits for nobody. The initial
// rebalance is left to its delay.
func (g *classicGroup) completeJoinIfAll(t *turn) {
	if g.state == preparingRebalance && g.previous != empty && g.allJoined() {
		g.completeJoin(t)
	}
}

// completeJoin ends the join phase: whoever has not joined is out, unless static,
// and the others get the next generation.
func (g *classicGroup) completeJoin(t *turn) {
	g.m.shard.Cancel(joinKey{g})
	var late []*member
	for _, mem := range g.members.list {
		if mem.join == nil && mem.instanceID == nil {
			late = append(late, mem)
		}
	}
	for _, mem := range late {
		g.removeMember(t, mem)
	}
	if len(late) > 0 {
		g.m.log.Info("members did not rejoin in time", "group", g.id, "removed", len(late))
	}
	switch {
	case g.members.len() == 0:
		g.becomeEmpty(t)
	case !g.electLeader():
		// Only static members are left and none of them joined: wait until one does
		// or all sessions are over.
		g.scheduleJoin()
	default:
		g.nextGeneration(t)
	}
}

// electLeader keeps the leader if it has joined, else takes the first who has.
func (g *classicGroup) electLeader() bool {
	if g.leader != nil && g.leader.join != nil {
		return true
	}
	for _, mem := range g.members.list {
		if mem.join != nil {
			g.leader = mem
			return true
		}
	}
	return false
}

// bumpGeneration counts the generation up; it starts over rather than go negative.
func (g *classicGroup) bumpGeneration() {
	if g.generation == math.MaxInt32 {
		g.generation = 0
	}
	g.generation++
}

// becomeEmpty records that the group has no members.
func (g *classicGroup) becomeEmpty(t *turn) {
	g.bumpGeneration()
	g.protocol = nil
	g.topics.changed()
	g.moveTo(t, empty)
	g.m.log.Info("group is empty", "group", g.id, "generation", g.generation)
	t.append(groupMetadataRecord(g.id, g.record()))
	t.then(func(err error) {
		if err != nil {
			// The log still says the members of the last generation. If it is loaded
			// again they come back and run into their session time-outs.
			g.m.log.Warn("cannot record that a group is empty", "group", g.id, "err", err)
		}
		g.m.forgetIfIdle(g)
	})
}

// nextGeneration answers the members that have joined and waits for their syncs.
func (g *classicGroup) nextGeneration(t *turn) {
	g.bumpGeneration()
	g.protocol = g.members.vote()
	g.topics.changed()
	g.moveTo(t, completingRebalance)
	g.m.log.Info("all have joined a group", "group", g.id, "generation", g.generation, "members", g.members.len())
	for _, mem := range g.members.list {
		g.answerJoin(t, mem, g.joined(mem))
		mem.isNew = false
		mem.touch()
		g.setUnsynced(mem, true)
	}
	g.scheduleSync()
}

// record is the group as the log shall say it, with the members' assignments.
func (g *classicGroup) record() *wire.GroupMetadataValue {
	v := &wire.GroupMetadataValue{
		Generation: g.generation, Protocol: g.protocol, CurrentStateTimestamp: g.stateMs,
		Members: make([]wire.GroupMetadataValueMemberMetadata, g.members.len()),
	}
	if g.protocolType != nil {
		v.ProtocolType = *g.protocolType
	}
	if g.leader != nil {
		v.Leader = &g.leader.id
	}
	for i, mem := range g.members.list {
		v.Members[i] = g.memberRecord(mem)
	}
	return v
}

func (g *classicGroup) memberRecord(mem *member) wire.GroupMetadataValueMemberMetadata {
	return wire.GroupMetadataValueMemberMetadata{
		MemberId: mem.id, GroupInstanceId: mem.instanceID, ClientId: mem.clientID, ClientHost: mem.clientHost,
		RebalanceTimeout: mem.rebalanceTimeoutMs, SessionTimeout: mem.sessionTimeoutMs,
		Subscription: mem.metadataOf(g.protocol), Assignment: mem.assignment,
	}
}
