package group

import "github.com/brolga-io/brolga/internal/wire"

const (
	// maxPendingJoins is how many ids of one group, and maxPendingJoinsTotal of all
	// groups of a partition, may be handed out without being used. They cost their
	// takers nothing, so something must stop those who never come back.
	maxPendingJoins      = 10_000
	maxPendingJoinsTotal = 20_000
)

// addPending hands out an id with which the client shall join again.
func (g *classicGroup) addPending(t *turn, j *joinRequest, id string) {
	switch {
	case len(g.pendingJoins) >= maxPendingJoins:
		j.refuse(t, "", wire.GroupMaxSizeReached)
		return
	case g.m.pendingJoins >= maxPendingJoinsTotal:
		j.refuse(t, "", wire.CoordinatorNotAvailable)
		return
	}
	g.m.keep(g)
	if g.pendingJoins == nil {
		g.pendingJoins = map[string]struct{}{}
	}
	g.pendingJoins[id] = struct{}{}
	g.m.pendingJoins++
	g.m.shard.Schedule(pendingKey{g, id}, int64(j.SessionTimeoutMs), g.m.decision(nil, func(t *turn) {
		g.pendingExpired(t, id)
	}))
	j.refuse(t, id, wire.MemberIdRequired)
}

// pendingExpired forgets an id that was never used.
func (g *classicGroup) pendingExpired(t *turn, id string) {
	if g.removePending(id) {
		g.m.log.Info("pending member never joined", "group", g.id, "member", id)
		g.completeJoinIfAll(t)
		g.m.forgetIfIdle(g)
	}
}

// removePending takes an id out of the pending ones and says whether it was there.
func (g *classicGroup) removePending(memberID string) bool {
	if _, ok := g.pendingJoins[memberID]; !ok {
		return false
	}
	delete(g.pendingJoins, memberID)
	g.m.pendingJoins--
	g.m.shard.Cancel(pendingKey{g, memberID})
	return true
}
