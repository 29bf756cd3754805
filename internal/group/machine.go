package group

import (
	"context"
	"log/slog"

	"github.com/brolga-io/brolga/internal/metrics"
	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/wire"
)

// machine is the state behind the shard of one partition. Everything in it is
// owned by the shard's loop.
type machine struct {
	partition int32
	config    Config
	topics    Topics
	newUUID   func() wire.UUID
	maxBytes  func() int
	metrics   *metrics.Group
	log       *slog.Logger
	shard     *shard.Shard
	deleted   deletedTopics

	// state is replicated; everything below is soft.
	state state
	// groups are the groups that have members, or wait for some. A group that is
	// not here has no members.
	groups map[string]*classicGroup
	// pending and unsettled are about turns that wait for their commit.
	pending   pendingTurns
	unsettled int
	// pendingJoins counts the pending joins of all groups.
	pendingJoins int
	expiry       expirySweep
}

func newMachine(partition int32, o *Options) *machine {
	m := &machine{
		partition: partition, config: o.Config, topics: o.Topics, newUUID: o.NewUUID,
		maxBytes: o.MaxMessageBytes, metrics: o.Metrics,
		log: o.Log.With("topic", offsetsTopic, "partition", partition),
	}
	m.reset()
	return m
}

func (m *machine) reset() {
	m.state = state{groups: map[string]*groupState{}}
	m.groups = map[string]*classicGroup{}
	m.pending, m.pendingJoins, m.expiry = pendingTurns{}, 0, expirySweep{}
}

// Replay implements shard.Machine.
func (m *machine) Replay(_ int64, r shard.Record) error {
	deleted, err := m.state.apply(r.Key, r.Value)
	if deleted != "" {
		m.forget(deleted)
	}
	return err
}

// Loaded implements shard.Machine: members that the log knows get a fresh session.
func (m *machine) Loaded(int64) {
	members := 0
	for id, gs := range m.state.groups {
		if gs.exists && gs.meta != nil && len(gs.meta.Members) > 0 {
			members += len(gs.meta.Members)
			m.revive(id, gs.meta)
		}
	}
	m.scheduleExpiry()
	m.submit(nil, m.deleteTopics)
	level := slog.LevelDebug // fifty empty partitions are no news
	if len(m.state.groups) > 0 {
		level = slog.LevelInfo
	}
	m.log.Log(context.Background(), level, "loaded the groups", "groups", len(m.state.groups), "members", members)
}

// Unloaded implements shard.Machine.
func (m *machine) Unloaded(err error) {
	for _, g := range m.groups {
		g.abandon(codeOf(err))
	}
	m.reset()
}

// group returns the group of that id for reading, or for a change that is
// registered with keep; nil if it does not exist.
func (m *machine) group(id string) *classicGroup {
	if g := m.groups[id]; g != nil {
		return g
	}
	if gs := m.state.group(id); gs != nil {
		return emptyGroup(m, id, gs.meta)
	}
	return nil
}

// keep registers a group that is about to get soft state.
func (m *machine) keep(g *classicGroup) { m.groups[g.id] = g }

// forget drops the soft state of a group, if there is any, with its timers.
func (m *machine) forget(id string) {
	if g := m.groups[id]; g != nil {
		g.cancelTimers()
		m.pendingJoins -= len(g.pendingJoins)
		g.abandon(wire.UnknownMemberId)
		delete(m.groups, id)
	}
}

// forgetIfIdle drops the soft state of a group that has nothing but what the log
// says: no members, none pending.
func (m *machine) forgetIfIdle(g *classicGroup) {
	if m.groups[g.id] != g || g.state != empty || len(g.pendingJoins) > 0 {
		return
	}
	if gs := m.state.group(g.id); gs != nil && gs.meta != nil && len(gs.meta.Members) > 0 {
		return // the record that says it is empty was refused
	}
	delete(m.groups, g.id)
}
