package group

import (
	"slices"

	"github.com/brolga-io/brolga/internal/wire"
)

// classicState is the state of a classic group. Dead has no value here: a group
// that is dead is not there.
type classicState int8

const (
	// empty: no members; offsets may be left.
	empty classicState = iota
	// preparingRebalance: waiting for the members to join.
	preparingRebalance
	// completingRebalance: all have joined, waiting for the leader's assignment.
	completingRebalance
	// stable: every member can have its assignment.
	stable
)

// deadState is how a group that does not exist is described.
const deadState = "Dead"

// String returns the name that the tools show.
func (s classicState) String() string {
	return [...]string{"Empty", "PreparingRebalance", "CompletingRebalance", "Stable"}[s]
}

// consumerProtocolType is the protocol type of consumers; their metadata is a
// ConsumerProtocolSubscription.
const consumerProtocolType = "consumer"

// classicGroup is one group with its soft state.
type classicGroup struct {
	m  *machine
	id string

	state, previous classicState
	stateMs         int64 // wall clock of the last change of state, -1 if unknown
	generation      int32
	protocolType    *string // nil for a group that only commits offsets
	protocol        *string // nil while empty
	leader          *member

	members roster
	// pendingJoins are the ids that were handed out with MEMBER_ID_REQUIRED and
	// have not joined yet.
	pendingJoins map[string]struct{}
	// awaitingJoin counts the members that wait in a JoinGroup, unsynced those that
	// have joined the generation and not sent a SyncGroup.
	awaitingJoin, unsynced int
	// assigning says that the leader's assignment is on its way to the log.
	assigning bool
	// newMemberAdded says that the initial rebalance shall wait for more.
	newMemberAdded bool
	topics         subscribedTopics
}

// newGroup returns a group that never existed.
func newGroup(m *machine, id string, nowMs int64) *classicGroup {
	return &classicGroup{m: m, id: id, stateMs: nowMs}
}

// emptyGroup returns a group that has nothing but what the log says, and no
// members. meta is nil for a group that only commits offsets.
func emptyGroup(m *machine, id string, meta *wire.GroupMetadataValue) *classicGroup {
	g := &classicGroup{m: m, id: id, stateMs: -1}
	if meta != nil {
		g.stateMs, g.generation, g.protocol = meta.CurrentStateTimestamp, meta.Generation, meta.Protocol
		if meta.ProtocolType != "" {
			g.protocolType = &meta.ProtocolType
		}
	}
	return g
}

// revive brings a group with its members back from the log.
func (m *machine) revive(id string, meta *wire.GroupMetadataValue) {
	g := emptyGroup(m, id, meta)
	g.state = stable
	for i := range meta.Members {
		mm := &meta.Members[i]
		mem := g.newMember(mm.MemberId)
		mem.instanceID, mem.clientID, mem.clientHost = mm.GroupInstanceId, mm.ClientId, mm.ClientHost
		mem.sessionTimeoutMs, mem.rebalanceTimeoutMs = mm.SessionTimeout, mm.RebalanceTimeout
		mem.assignment = mm.Assignment
		if mem.rebalanceTimeoutMs < 0 { // version 0 of the record
			mem.rebalanceTimeoutMs = mem.sessionTimeoutMs
		}
		if meta.Protocol != nil {
			mem.protocols = []protocol{{name: *meta.Protocol, metadata: mm.Subscription}}
		}
		g.members.add(mem)
		if meta.Leader != nil && *meta.Leader == mem.id {
			g.leader = mem
		}
	}
	if g.leader == nil && g.members.len() > 0 {
		g.leader = g.members.list[0]
	}
	m.keep(g)
	for _, mem := range g.members.list {
		mem.touch()
	}
	if g.members.len() > m.config.MaxSize {
		m.submit(nil, func(t *turn) { g.prepareRebalance(t, "over capacity after the load") })
	}
}

// moveTo changes the state.
func (g *classicGroup) moveTo(t *turn, s classicState) {
	g.previous, g.state, g.stateMs = g.state, s, t.nowMs
}

// usesConsumerProtocol says whether the members' metadata are subscriptions.
func (g *classicGroup) usesConsumerProtocol() bool {
	return g.protocolType != nil && *g.protocolType == consumerProtocolType
}

// rebalanceTimeoutMs is the longest that any member may take to join.
func (g *classicGroup) rebalanceTimeoutMs() int64 {
	var longest int32
	for _, mem := range g.members.list {
		longest = max(longest, mem.rebalanceTimeoutMs)
	}
	return int64(longest)
}

// allJoined says whether the join phase needs to wait for nobody.
func (g *classicGroup) allJoined() bool {
	return g.members.len() == g.awaitingJoin && len(g.pendingJoins) == 0
}

// checkMember says whether the member may act: it exists and, if it is static, has
// not been replaced.
func (g *classicGroup) checkMember(memberID string, instanceID *string) (*member, wire.ErrorCode) {
	if instanceID != nil {
		switch mem := g.members.static[*instanceID]; {
		case mem == nil:
			return nil, wire.UnknownMemberId
		case mem.id != memberID:
			return nil, wire.FencedInstanceId
		}
	}
	if mem := g.members.byID[memberID]; mem != nil {
		return mem, wire.None
	}
	return nil, wire.UnknownMemberId
}

// removeMember takes a member out of the group, with its timer; its waiting
// requests are told to start over.
func (g *classicGroup) removeMember(t *turn, mem *member) {
	g.answerJoin(t, mem, joinError("", wire.UnknownMemberId))
	g.answerSync(t, mem, syncError(wire.UnknownMemberId))
	g.setUnsynced(mem, false)
	g.m.shard.Cancel(mem)
	g.members.remove(mem)
	g.topics.changed()
	if g.leader == mem {
		g.leader = nil
		if g.members.len() > 0 {
			g.leader = g.members.list[0]
		}
	}
}

// setUnsynced notes whether the group waits for the member's SyncGroup.
func (g *classicGroup) setUnsynced(mem *member, unsynced bool) {
	if mem.unsynced == unsynced {
		return
	}
	mem.unsynced = unsynced
	if unsynced {
		g.unsynced++
		return
	}
	g.unsynced--
	if g.unsynced == 0 {
		g.m.shard.Cancel(syncKey{g})
	}
}

// The keys of a group's timers. A member's session timer has the member as key.
type (
	joinKey    struct{ g *classicGroup }
	syncKey    struct{ g *classicGroup }
	pendingKey struct {
		g  *classicGroup
		id string
	}
)

// cancelTimers cancels every timer of the group.
func (g *classicGroup) cancelTimers() {
	g.m.shard.Cancel(joinKey{g})
	g.m.shard.Cancel(syncKey{g})
	for _, mem := range g.members.list {
		g.m.shard.Cancel(mem)
	}
	for id := range g.pendingJoins {
		g.m.shard.Cancel(pendingKey{g, id})
	}
}

// abandon answers everybody who waits, because the group goes away.
func (g *classicGroup) abandon(code wire.ErrorCode) {
	for _, mem := range slices.Clone(g.members.list) {
		if mem.join != nil {
			mem.join.fail(code)
		}
		if mem.sync != nil {
			mem.sync.fail(code)
		}
	}
}
