package group

import (
	"encoding/binary"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/metrics"
	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/shard/shardtest"
	"github.com/brolga-io/brolga/internal/wire"
)

// Snapshot lets shardtest compare the live state with the log.
func (m *machine) Snapshot() any {
	groups := map[string]groupSnapshot{}
	for id, gs := range m.state.groups {
		s := groupSnapshot{Exists: gs.exists, Offsets: map[string]map[int32]committedOffset{}}
		if gs.meta != nil {
			s.Meta = string(gs.meta.Append(nil, groupMetadataVersion))
		}
		for topic, partitions := range gs.offsets {
			s.Offsets[topic] = maps.Clone(partitions)
		}
		groups[id] = s
	}
	return groups
}

type groupSnapshot struct {
	Exists  bool
	Meta    string
	Offsets map[string]map[int32]committedOffset
}

// defaultConfig returns Kafka's defaults.
func defaultConfig() Config {
	return Config{
		InitialRebalanceDelayMs:         3_000,
		MinSessionTimeoutMs:             6_000,
		MaxSessionTimeoutMs:             1_800_000,
		MaxSize:                         1<<31 - 1,
		OffsetMetadataMaxBytes:          4_096,
		OffsetsRetentionMs:              10_080 * 60_000,
		OffsetsRetentionCheckIntervalMs: 600_000,
		OffsetCommitTimeoutMs:           5_000,
	}
}

// world is a coordinator inside a synctest bubble, with one partition whose log is
// in memory.
type world struct {
	t      testing.TB
	opts   Options
	c      *Coordinator
	log    *shardtest.Log
	topics *fakeTopics
	counts *metrics.Group
	epoch  int32
	// settleStep is how long settle gives the members to gather.
	settleStep time.Duration
}

// inWorld runs fn in a bubble and checks at the end that the live state is what the
// log says. change may change the configuration before the coordinator is made.
func inWorld(t *testing.T, change func(o *Options), fn func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, change)
		defer w.close()
		w.elect()
		fn(w)
		w.checkReplay()
	})
}

func newWorld(t testing.TB, change func(o *Options)) *world {
	w := &world{t: t, log: shardtest.NewLog(), topics: newFakeTopics(), counts: new(metrics.Group), settleStep: time.Millisecond}
	var serial uint64
	var mu sync.Mutex
	w.opts = Options{
		Runtime:         shard.NewRuntime(nil),
		Config:          defaultConfig(),
		Topics:          w.topics,
		Partitions:      func() int32 { return 1 },
		MaxMessageBytes: func() int { return 1_048_588 },
		NewUUID: func() (u wire.UUID) {
			mu.Lock()
			defer mu.Unlock()
			serial++
			binary.BigEndian.PutUint64(u[8:], serial)
			return u
		},
		Metrics: w.counts,
		Log:     slog.New(slog.DiscardHandler),
	}
	w.opts.Config.InitialRebalanceDelayMs = 0
	if change != nil {
		change(&w.opts)
	}
	w.c = New(w.opts)
	return w
}

func (w *world) close() {
	w.c.Close()
	w.opts.Runtime.Close()
}

// elect makes the coordinator lead the partition in the next epoch.
func (w *world) elect() {
	w.epoch++
	w.log.Elect(w.epoch)
	w.c.Elected(0, w.epoch, w.log)
	synctest.Wait()
}

// resign takes the leadership away.
func (w *world) resign() {
	w.log.Depose()
	w.c.Resigned(0)
	synctest.Wait()
}

// restart makes a new coordinator that loads the log.
func (w *world) restart() {
	w.c.Close()
	w.c = New(w.opts)
	w.elect()
}

// advance lets time pass and everything happen that is due.
func (w *world) advance(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func (w *world) machine() *machine { return w.c.partitions[0].machine }

func (w *world) checkReplay() {
	w.t.Helper()
	p := w.c.partitions[0]
	shardtest.CheckReplay(w.t, p.shard, w.log, p.machine, newMachine(0, &w.c.opts))
}

// call is a request under way.
type call[T any] struct {
	w    *world
	name string
	ch   chan T
}

// begin runs a request on a goroutine of its own.
func begin[T any](w *world, name string, fn func() T) *call[T] {
	c := &call[T]{w, name, make(chan T, 1)}
	go func() { c.ch <- fn() }()
	synctest.Wait()
	return c
}

// answered says whether the answer is there.
func (c *call[T]) answered() bool {
	synctest.Wait()
	return len(c.ch) > 0
}

// result returns the answer, which must be there.
func (c *call[T]) result() T {
	c.w.t.Helper()
	if !c.answered() {
		c.w.t.Fatalf("%s is still waiting", c.name)
	}
	return <-c.ch
}

// waiting fails the test if the answer is there.
func (c *call[T]) waiting() {
	c.w.t.Helper()
	if c.answered() {
		c.w.t.Fatalf("%s was answered: %+v", c.name, <-c.ch)
	}
}

// client is one member as its client sees it.
type client struct {
	w          *world
	group      string
	id         string
	memberID   string
	instanceID *string
	generation int32
	version    int16
	kind       string
	protocols  []wire.JoinGroupRequestProtocol
	sessionMs  int32
	rebalance  int32
	reason     *string
	joining    *call[*wire.JoinGroupResponse] // kept by settle
}

// newClient returns a consumer that subscribes to the topic "t".
func (w *world) newClient(group, id string) *client {
	return &client{
		w: w, group: group, id: id, version: 9, kind: consumerProtocolType, sessionMs: 10_000, rebalance: 60_000, generation: -1,
		protocols: []wire.JoinGroupRequestProtocol{{Name: "range", Metadata: subscription("t")}},
	}
}

func (c *client) static(instanceID string) *client { c.instanceID = &instanceID; return c }

func subscription(topics ...string) []byte {
	s := wire.ConsumerProtocolSubscription{Topics: topics, GenerationId: -1}
	return s.Append(wire.AppendInt16(nil, 1), 1)
}

func (c *client) joinRequest() *wire.JoinGroupRequest {
	return &wire.JoinGroupRequest{
		GroupId: c.group, MemberId: c.memberID, GroupInstanceId: c.instanceID, ProtocolType: c.kind,
		Protocols: slices.Clone(c.protocols), SessionTimeoutMs: c.sessionMs, RebalanceTimeoutMs: c.rebalance, Reason: c.reason,
	}
}

// join sends one JoinGroup.
func (c *client) join() *call[*wire.JoinGroupResponse] {
	req := c.joinRequest()
	return begin(c.w, "join of "+c.id, func() *wire.JoinGroupResponse {
		return c.w.c.JoinGroup(Client{ID: c.id, Host: "127.0.0.1"}, c.version, req)
	})
}

// enter joins as a client does, taking the id that it is given first.
func (c *client) enter() *call[*wire.JoinGroupResponse] {
	c.w.t.Helper()
	if c.memberID == "" && c.version >= 4 && c.instanceID == nil {
		first := c.join().result()
		wantCode(c.w.t, "first join", first.ErrorCode, wire.MemberIdRequired)
		c.memberID = first.MemberId
	}
	return c.join()
}

// took notes what a successful join said.
func (c *client) took(resp *wire.JoinGroupResponse) *wire.JoinGroupResponse {
	c.w.t.Helper()
	wantCode(c.w.t, "join of "+c.id, resp.ErrorCode, wire.None)
	c.memberID, c.generation = resp.MemberId, resp.GenerationId
	return resp
}

// sync sends a SyncGroup; the leader gives everybody in assign what it says there.
func (c *client) sync(assign map[string]string) *call[*wire.SyncGroupResponse] {
	req := &wire.SyncGroupRequest{
		GroupId: c.group, MemberId: c.memberID, GroupInstanceId: c.instanceID, GenerationId: c.generation,
		ProtocolType: &c.kind, ProtocolName: &c.protocols[0].Name,
	}
	for _, id := range slices.Sorted(maps.Keys(assign)) {
		req.Assignments = append(req.Assignments, wire.SyncGroupRequestAssignment{MemberId: id, Assignment: []byte(assign[id])})
	}
	return begin(c.w, "sync of "+c.id, func() *wire.SyncGroupResponse { return c.w.c.SyncGroup(5, req) })
}

func (c *client) heartbeat() wire.ErrorCode {
	c.w.t.Helper()
	req := &wire.HeartbeatRequest{
		GroupId: c.group, MemberId: c.memberID, GroupInstanceId: c.instanceID, GenerationId: c.generation,
	}
	return begin(c.w, "heartbeat of "+c.id, func() *wire.HeartbeatResponse { return c.w.c.Heartbeat(req) }).result().ErrorCode
}

func (c *client) leave() wire.ErrorCode {
	c.w.t.Helper()
	req := &wire.LeaveGroupRequest{GroupId: c.group, Members: []wire.LeaveGroupRequestMemberIdentity{{MemberId: c.memberID, GroupInstanceId: c.instanceID}}}
	resp := begin(c.w, "leave of "+c.id, func() *wire.LeaveGroupResponse { return c.w.c.LeaveGroup(5, req) }).result()
	if resp.ErrorCode != wire.None {
		return resp.ErrorCode
	}
	return resp.Members[0].ErrorCode
}

// stableGroup brings a group of so many dynamic members up; the first one leads.
// Everybody's assignment is its client id.
func (w *world) stableGroup(group string, n int) []*client {
	w.t.Helper()
	clients := make([]*client, n)
	for i := range clients {
		clients[i] = w.newClient(group, fmt.Sprintf("c%d", i))
	}
	w.settle(clients...)
	return clients
}

// settle lets all the clients join and sync, whatever the group did before.
func (w *world) settle(clients ...*client) {
	w.t.Helper()
	for round := 0; round < 5; round++ {
		if w.tryRound(clients) {
			return
		}
	}
	w.t.Fatal("the group does not settle")
}

func (w *world) tryRound(clients []*client) bool {
	w.t.Helper()
	for _, c := range clients {
		if c.joining == nil {
			c.joining = c.enter()
		}
	}
	w.advance(w.settleStep)
	var leader *client
	assign := map[string]string{}
	for _, c := range clients {
		if !c.joining.answered() {
			continue
		}
		resp := c.joining.result()
		c.joining = nil
		if resp.ErrorCode == wire.RebalanceInProgress || c.took(resp).GenerationId < clients[0].generation {
			return false
		}
		assign[c.memberID] = c.id
		if resp.Leader == resp.MemberId {
			leader = c
		}
	}
	if leader == nil || len(assign) < len(clients) {
		return false
	}
	syncs := []*call[*wire.SyncGroupResponse]{}
	for _, c := range clients {
		if c != leader {
			syncs = append(syncs, c.sync(nil))
		}
	}
	syncs = append(syncs, leader.sync(assign))
	for _, s := range syncs {
		if s.result().ErrorCode != wire.None {
			return false
		}
	}
	return true
}

func wantCode(t testing.TB, what string, got, want wire.ErrorCode) {
	t.Helper()
	if got != want {
		t.Fatalf("%s: %s, want %s", what, got.Name(), want.Name())
	}
}

// fakeTopics is an image with topics.
type fakeTopics struct {
	mu     sync.Mutex
	byName map[string]Topic
}

// newFakeTopics knows the topics "t" and "u", with 4 partitions each.
func newFakeTopics() *fakeTopics {
	f := &fakeTopics{byName: map[string]Topic{}}
	f.put("t", 1, 4)
	f.put("u", 2, 4)
	return f
}

func (f *fakeTopics) put(name string, id byte, partitions int32) Topic {
	f.mu.Lock()
	defer f.mu.Unlock()
	topic := Topic{Name: name, ID: wire.UUID{15: id}, Partitions: partitions}
	f.byName[name] = topic
	return topic
}

func (f *fakeTopics) remove(name string) Topic {
	f.mu.Lock()
	defer f.mu.Unlock()
	topic := f.byName[name]
	delete(f.byName, name)
	return topic
}

func (f *fakeTopics) TopicByName(name string) (Topic, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	topic, ok := f.byName[name]
	return topic, ok
}

func (f *fakeTopics) TopicByID(id wire.UUID) (Topic, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, topic := range f.byName {
		if topic.ID == id {
			return topic, true
		}
	}
	return Topic{}, false
}

func newWorldLog() *shardtest.Log { return shardtest.NewLog() }
