package simulator

import (
	"time"

	"github.com/brolga-io/brolga/internal/group"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/testcluster/history"
	"github.com/brolga-io/brolga/internal/wire"
)

// member is a member of a consumer group of the classic protocol. The group's leader
// gives everything to itself; while it is the owner it commits ever larger offsets. After
// anything that it does not understand it joins anew, so that a commit which is still on
// its way belongs to an older generation.
type member struct {
	client
	c          *clients
	id         string
	generation int32
	owner      bool
	joined     bool
}

const (
	groupID      = "group"
	groupSession = 700 * time.Millisecond
	groupWait    = 2 * time.Second
)

func (c *clients) addMember() {
	m := &member{client: c.client(), c: c}
	m.refresh(m.tick)
}

// ask sends a request to whom the member takes for the coordinator, who handles it as a
// call.
func (m *member) ask(what string, handle func(g *group.Coordinator) any, done func(answer any)) {
	to := m.anyNode()
	if t := m.image.TopicByName(metadata.OffsetsTopic); t != nil && t.Partition(m.c.groupPartition).Leader > 0 && m.rng.IntN(8) > 0 {
		to = t.Partition(m.c.groupPartition).Leader
	}
	m.w.ask(m.client.id, nil, to, what, groupWait, func(p *process, reply func(any)) {
		m.c.groupPartition = p.groups.PartitionFor(groupID)
		p.call(func() {
			answer := handle(p.groups)
			p.news()
			reply(answer)
		})
		p.news()
	}, func(answer any, _ error) { done(answer) })
}

func (m *member) tick() {
	again := func() { m.w.after(m.pause(10*time.Millisecond, 120*time.Millisecond), nil, "member", m.tick) }
	switch {
	case m.w.stopped:
		again()
	case !m.joined || m.rng.IntN(100) == 0:
		m.join(again)
	case m.rng.IntN(4) == 0:
		m.fetch(again)
	case m.owner:
		m.commit(again)
	default:
		m.heartbeat(again)
	}
}

// lost has the member join anew.
func (m *member) lost(then func()) {
	m.joined, m.owner = false, false
	if m.rng.IntN(2) == 0 {
		m.id = ""
	}
	m.refresh(then)
}

func (m *member) join(then func()) {
	req := &wire.JoinGroupRequest{GroupId: groupID, SessionTimeoutMs: int32(groupSession.Milliseconds()), RebalanceTimeoutMs: 900, MemberId: m.id,
		ProtocolType: "consumer", Protocols: []wire.JoinGroupRequestProtocol{{Name: "range"}}}
	m.owner = false
	m.ask("join", func(g *group.Coordinator) any { return g.JoinGroup(group.Client{ID: "c", Host: "10.0.0.1"}, 3, req) }, func(answer any) {
		resp, _ := answer.(*wire.JoinGroupResponse)
		if resp == nil || resp.ErrorCode != wire.None {
			m.lost(then)
			return
		}
		m.id, m.generation = resp.MemberId, resp.GenerationId
		m.sync(resp, then)
	})
}

func (m *member) sync(joined *wire.JoinGroupResponse, then func()) {
	req := &wire.SyncGroupRequest{GroupId: groupID, GenerationId: m.generation, MemberId: m.id}
	if joined.Leader == m.id {
		req.Assignments = []wire.SyncGroupRequestAssignment{{MemberId: m.id, Assignment: []byte("all")}}
	}
	m.ask("sync", func(g *group.Coordinator) any { return g.SyncGroup(2, req) }, func(answer any) {
		resp, _ := answer.(*wire.SyncGroupResponse)
		if resp == nil || resp.ErrorCode != wire.None {
			m.lost(then)
			return
		}
		m.joined, m.owner = true, string(resp.Assignment) == "all"
		m.w.note("member %s of generation %d, owner %v", m.id, m.generation, m.owner)
		then()
	})
}

func (m *member) heartbeat(then func()) {
	req := &wire.HeartbeatRequest{GroupId: groupID, GenerationId: m.generation, MemberId: m.id}
	m.ask("member heartbeat", func(g *group.Coordinator) any { return g.Heartbeat(req) }, func(answer any) {
		if resp, _ := answer.(*wire.HeartbeatResponse); resp == nil || resp.ErrorCode != wire.None {
			m.lost(then)
			return
		}
		then()
	})
}

// commit commits an offset that is larger than all before. Now and then a member that
// has slept through a rebalance commits as the owner of an older generation.
func (m *member) commit(then func()) {
	m.c.nextCommit++
	offset, generation := m.c.nextCommit, m.generation
	if generation > 1 && m.rng.IntN(10) == 0 {
		offset, generation = 1, generation-1
	}
	h := &m.w.seen.h
	place := len(h.Commits)
	h.Commits = append(h.Commits, history.Commit{Partition: history.Partition{Topic: steadyTopic}, Group: groupID, Offset: offset, Invoked: m.w.now()})
	p := wire.OffsetCommitRequestPartition{CommittedOffset: offset, CommittedLeaderEpoch: -1}
	req := &wire.OffsetCommitRequest{GroupId: groupID, GenerationIdOrMemberEpoch: generation, MemberId: m.id, RetentionTimeMs: -1,
		Topics: []wire.OffsetCommitRequestTopic{{Name: steadyTopic, Partitions: []wire.OffsetCommitRequestPartition{p}}}}
	m.ask("commit", func(g *group.Coordinator) any { return g.OffsetCommit(8, req) }, func(answer any) {
		resp, _ := answer.(*wire.OffsetCommitResponse)
		one := &h.Commits[place]
		one.Ended = m.w.now()
		switch {
		case resp != nil && resp.Topics[0].Partitions[0].ErrorCode == wire.None:
			one.Outcome = history.OK
			m.w.note("committed %d in generation %d", offset, generation)
			if generation != m.generation {
				m.w.fail("I13 exclusive ownership: a commit of generation %d was taken in generation %d", generation, m.generation)
			}
			then()
		case resp != nil && generation != m.generation:
			one.Outcome = history.Failed
			then()
		default:
			m.lost(then)
		}
	})
}

// fetch asks which offset is committed.
func (m *member) fetch(then func()) {
	invoked := m.w.now()
	req := &wire.OffsetFetchRequest{GroupId: groupID, Topics: []wire.OffsetFetchRequestTopic{{Name: steadyTopic, PartitionIndexes: []int32{0}}}}
	m.ask("committed", func(g *group.Coordinator) any { return g.OffsetFetch(5, req) }, func(answer any) {
		resp, _ := answer.(*wire.OffsetFetchResponse)
		if resp == nil || resp.ErrorCode != wire.None || resp.Topics[0].Partitions[0].ErrorCode != wire.None {
			m.refresh(then)
			return
		}
		m.w.seen.h.Commits = append(m.w.seen.h.Commits, history.Commit{Partition: history.Partition{Topic: steadyTopic}, Group: groupID, Fetched: true,
			Offset: resp.Topics[0].Partitions[0].CommittedOffset, Invoked: invoked, Ended: m.w.now(), Outcome: history.OK})
		then()
	})
}
