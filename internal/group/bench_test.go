package group

import (
	"fmt"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/shard/shardtest"
	"github.com/brolga-io/brolga/internal/wire"
)

// cpuTime is what the process has used.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// crowd is many members of one group, each on a goroutine of its own.
type crowd struct {
	w       *world
	clients []*client
	joined  []*wire.JoinGroupResponse
}

func newCrowd(b *testing.B, n int) *crowd {
	w := newWorld(b, func(o *Options) { o.Config.InitialRebalanceDelayMs = 10 })
	w.log.Elect(1)
	w.c.Elected(0, 1, w.log)
	for w.c.ListGroups(&wire.ListGroupsRequest{}).ErrorCode != wire.None {
		runtime.Gosched()
	}
	c := &crowd{w: w, clients: make([]*client, n), joined: make([]*wire.JoinGroupResponse, n)}
	for i := range c.clients {
		c.clients[i] = w.newClient("g", fmt.Sprint("consumer-", i))
		c.clients[i].sessionMs = 1_800_000
	}
	return c
}

// each runs fn for every member at the same time.
func (c *crowd) each(fn func(i int, m *client)) {
	var all sync.WaitGroup
	for i, m := range c.clients {
		all.Go(func() { fn(i, m) })
	}
	all.Wait()
}

// join lets everybody join and encodes the responses, as the network would.
func (c *crowd) join(b *testing.B) {
	c.each(func(i int, m *client) {
		for {
			resp := c.w.c.JoinGroup(Client{ID: m.id, Host: "127.0.0.1"}, 9, m.joinRequest())
			resp.Append(nil, 9)
			m.memberID, m.generation = resp.MemberId, resp.GenerationId
			if c.joined[i] = resp; resp.ErrorCode != wire.MemberIdRequired {
				break
			}
		}
	})
	for _, resp := range c.joined {
		if resp.ErrorCode != wire.None || resp.GenerationId != c.joined[0].GenerationId {
			b.Fatalf("joined as %s, generation %d and %d", resp.ErrorCode.Name(), resp.GenerationId, c.joined[0].GenerationId)
		}
	}
}

func (c *crowd) sync(b *testing.B) {
	assignment := make([]byte, 60)
	c.each(func(i int, m *client) {
		req := &wire.SyncGroupRequest{GroupId: m.group, MemberId: m.memberID, GenerationId: m.generation, ProtocolType: &m.kind, ProtocolName: &m.protocols[0].Name}
		for k := range c.joined[i].Members {
			req.Assignments = append(req.Assignments, wire.SyncGroupRequestAssignment{MemberId: c.joined[i].Members[k].MemberId, Assignment: assignment})
		}
		resp := c.w.c.SyncGroup(5, req)
		resp.Append(nil, 5)
		if resp.ErrorCode != wire.None || len(resp.Assignment) != len(assignment) {
			b.Errorf("synced as %s", resp.ErrorCode.Name())
		}
	})
}

func (c *crowd) heartbeat() {
	c.each(func(_ int, m *client) {
		c.w.c.Heartbeat(&wire.HeartbeatRequest{GroupId: m.group, MemberId: m.memberID, GenerationId: m.generation})
	})
}

// BenchmarkAllJoin: a group of so many members comes up (row g1).
func BenchmarkAllJoin(b *testing.B) {
	for _, n := range []int{100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var cpu time.Duration
			for b.Loop() {
				c := newCrowd(b, n)
				before := cpuTime(b)
				c.join(b)
				c.sync(b)
				cpu += cpuTime(b) - before
				c.w.close()
			}
			b.ReportMetric(float64(cpu.Microseconds())/float64(b.N)/1000, "cpu-ms/op")
		})
	}
}

// BenchmarkOneMore: all members of a stable group rejoin because of a rebalance.
func BenchmarkOneMore(b *testing.B) {
	for _, n := range []int{100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			c := newCrowd(b, n)
			defer c.w.close()
			c.join(b)
			c.sync(b)
			b.ResetTimer()
			before := cpuTime(b)
			for b.Loop() {
				c.heartbeat()
				for i, m := range c.clients {
					if c.joined[i].Leader == m.memberID { // others only join a rebalance
						m.protocols[0].Metadata = subscription("t", fmt.Sprint(b.N))
					}
				}
				c.rejoin(b)
				c.sync(b)
			}
			b.ReportMetric(float64((cpuTime(b)-before).Microseconds())/float64(b.N)/1000, "cpu-ms/op")
		})
	}
}

// rejoin starts with the leader, who asks for the rebalance.
func (c *crowd) rejoin(b *testing.B) {
	var leader sync.WaitGroup
	for i, m := range c.clients {
		if c.joined[i].Leader == m.memberID {
			leader.Go(func() { c.joined[i] = c.w.c.JoinGroup(Client{ID: m.id}, 9, m.joinRequest()) })
		}
	}
	for {
		d := c.w.c.DescribeGroups(6, &wire.DescribeGroupsRequest{Groups: []string{"g"}})
		if d.Groups[0].GroupState == "PreparingRebalance" {
			break
		}
	}
	leading := c.joined[0].Leader
	c.each(func(i int, m *client) {
		if m.memberID != leading {
			c.joined[i] = c.w.c.JoinGroup(Client{ID: m.id}, 9, m.joinRequest())
		}
	})
	leader.Wait()
	for i, m := range c.clients {
		if c.joined[i].ErrorCode != wire.None {
			b.Fatalf("rejoined as %s", c.joined[i].ErrorCode.Name())
		}
		m.generation = c.joined[i].GenerationId
	}
}

func BenchmarkHeartbeat(b *testing.B) {
	c := newCrowd(b, 1)
	defer c.w.close()
	c.join(b)
	c.sync(b)
	m := c.clients[0]
	req := &wire.HeartbeatRequest{GroupId: m.group, MemberId: m.memberID, GenerationId: m.generation}
	b.ReportAllocs()
	for b.Loop() {
		if code := c.w.c.Heartbeat(req).ErrorCode; code != wire.None {
			b.Fatal(code.Name())
		}
	}
}

// BenchmarkCommit commits so many partitions in one request, over and over.
func BenchmarkCommit(b *testing.B) {
	for _, n := range []int{1, 100} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			c := newCrowd(b, 1)
			defer c.w.close()
			c.w.topics.put("big", 3, int32(n))
			req := commitOf("h", "big", 0, 1)
			p := req.Topics[0].Partitions[0]
			req.Topics[0].Partitions = nil
			for i := range n {
				p.PartitionIndex = int32(i)
				req.Topics[0].Partitions = append(req.Topics[0].Partitions, p)
			}
			b.ReportAllocs()
			for b.Loop() {
				if code := c.w.c.OffsetCommit(9, req).Topics[0].Partitions[n-1].ErrorCode; code != wire.None {
					b.Fatal(code.Name())
				}
			}
		})
	}
}

// BenchmarkLoad replays a log with many offsets.
func BenchmarkLoad(b *testing.B) {
	const records = 100_000
	log := shardtest.NewLog()
	for i := range records {
		r := offsetCommitRecord(fmt.Sprint("group-", i%1000), "topic", int32(i/1000), &committedOffset{offset: int64(i), expireMs: noExpiry, metadata: "m"})
		s := state{groups: map[string]*groupState{}}
		if _, err := s.apply(r.Key, r.Value); err != nil {
			b.Fatal(err)
		}
		if _, err := log.Append(0, []shard.Record{r}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		m := newMachine(0, &newWorld(b, nil).opts)
		if _, err := log.Read(0, m.Replay); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/records, "ns/record")
}
