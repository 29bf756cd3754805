package group

import (
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/metrics"
	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/wire"
)

var discard = slog.New(slog.DiscardHandler)

// reviveAnything builds soft state from whatever a log may say.
func reviveAnything(t *testing.T, id string, meta *wire.GroupMetadataValue) {
	o := Options{
		Runtime: shard.NewRuntime(nil), Config: defaultConfig(), Topics: newFakeTopics(), Log: discard, Metrics: new(metrics.Group),
		Partitions: func() int32 { return 1 }, MaxMessageBytes: func() int { return 1 << 20 }, NewUUID: func() wire.UUID { return wire.UUID{} },
	}
	m := newMachine(0, &o)
	m.shard = shard.New(o.Runtime, shard.Options{Log: newWorldLog(), Machine: m})
	m.revive(id, meta)
	g := m.groups[id]
	g.knowsTopics()
	m.describe(6, id)
	turn := &turn{m: m}
	for _, mem := range append([]*member(nil), g.members.list...) {
		if g.members.byID[mem.id] == mem {
			m.heartbeat(&wire.HeartbeatRequest{GroupId: id, MemberId: mem.id, GenerationId: meta.Generation})
		}
	}
	g.prepareRebalance(turn, "fuzz")
	for len(g.members.list) > 0 {
		g.removeMember(turn, g.members.list[0])
	}
	g.completeJoin(turn)
	o.Runtime.Close()
}

// KAFKA-8069: offsets were thrown away right after a load, because records of old
// formats have no timestamps and -1 was taken for a time long ago.
func TestKAFKA8069OffsetsWithoutTimestampsDoNotExpireAtLoad(t *testing.T) {
	inWorld(t, oneHour, func(w *world) {
		protocol := "range"
		now := time.Now().UnixMilli()
		for _, version := range []int16{0, 1, 2, 3, 4} {
			id := fmt.Sprint("v", version)
			w.put(groupMetadataKey(id), value(min(version, 1), &wire.GroupMetadataValue{ProtocolType: "consumer", Generation: 3, Protocol: &protocol}))
			w.put(offsetCommitKey(id, "t", 0), value(version, &wire.OffsetCommitValue{Offset: 5, LeaderEpoch: -1, CommitTimestamp: now, ExpireTimestamp: -1}))
		}
		w.restart()
		w.advance(30 * time.Minute)
		for version := range 5 {
			if got := w.committed(fmt.Sprint("v", version), "t", 0); got != 5 {
				t.Errorf("version %d: offset %d", version, got)
			}
		}
	})
}

// put writes a record past the coordinator, as another writer did.
func (w *world) put(key, value []byte) {
	w.t.Helper()
	if _, err := w.log.Append(w.epoch, []shard.Record{{Key: key, Value: value}}); err != nil {
		w.t.Fatal(err)
	}
}

// KAFKA-5600: after losing and winning a partition back the cache was the old one.
func TestKAFKA5600ReloadSeesWhatOthersWrote(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		w.commit("g", "t", 0, 1).code()
		w.stableGroup("members", 1)
		w.resign()
		w.epoch++
		w.log.Elect(w.epoch) // another broker
		r := offsetCommitRecord("g", "t", 0, &committedOffset{offset: 2, expireMs: noExpiry})
		w.put(r.Key, r.Value)
		w.put(groupMetadataKey("members"), nil)
		w.elect()
		if got := w.committed("g", "t", 0); got != 2 {
			t.Errorf("offset %d", got)
		}
		if got := w.state("members"); got != "Dead" {
			t.Errorf("state %s", got)
		}
	})
}

// KAFKA-7286: a load hung at a record that was larger than the load buffer.
func TestKAFKA7286BigGroupRecordIsLoaded(t *testing.T) {
	inWorld(t, func(o *Options) { o.MaxMessageBytes = func() int { return 20 << 20 } }, func(w *world) {
		c := w.newClient("g", "c")
		c.protocols[0].Metadata = append(subscription("t"), make([]byte, 8<<20)...)
		w.settle(c)
		w.commit("later", "t", 0, 1).code()
		w.restart()
		wantCode(t, "heartbeat", c.heartbeat(), wire.None)
		if got := w.committed("later", "t", 0); got != 1 {
			t.Errorf("offset %d", got)
		}
	})
}

// KAFKA-4399: expiry and commits of the same groups locked each other out.
func TestKAFKA4399ExpiryAndCommitsAtTheSameTime(t *testing.T) {
	inWorld(t, func(o *Options) {
		o.Config.OffsetsRetentionMs, o.Config.OffsetsRetentionCheckIntervalMs = 10, 1
	}, func(w *world) {
		var running sync.WaitGroup
		for i := range 8 {
			running.Go(func() {
				for n := range 200 {
					w.c.OffsetCommit(9, commitOf(fmt.Sprint("g", i), "t", int32(n%4), int64(n)))
					<-time.After(time.Millisecond)
				}
			})
		}
		running.Wait()
		w.advance(time.Second)
		if got := w.listed(nil, nil); len(got) != 0 {
			t.Errorf("left: %v", got)
		}
	})
}

// KAFKA-7447 and Redpanda #10669: a second notification of leadership during a load
// wiped what the first had read, and offsets fell back.
func TestKAFKA7447LeadershipChangesDuringALoad(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		for i := range 50 {
			w.commit(fmt.Sprint("g", i%10), "t", 0, int64(i)).code()
		}
		w.resign()
		var once sync.Once
		w.log.HookReads(func(offset int64) error {
			if offset == 25 {
				once.Do(func() {
					w.epoch++
					w.c.Elected(0, w.epoch, w.log)
					w.c.Resigned(0)
					w.epoch++
					w.log.Elect(w.epoch)
					w.c.Elected(0, w.epoch, w.log)
				})
			}
			return nil
		})
		w.elect()
		for i := range 10 {
			if got := w.committed(fmt.Sprint("g", i), "t", 0); got != int64(40+i) {
				t.Errorf("offset %d of group %d", got, i)
			}
		}
	})
}

// KAFKA-12890: a group stayed in CompletingRebalance for ever when the leader did
// not send its assignment but lived on, or died, in every order.
func TestKAFKA12890CompletingRebalanceEnds(t *testing.T) {
	for _, leaderLives := range []bool{true, false} {
		inWorld(t, nil, func(w *world) {
			leader, follower := w.joinedGroup("g")
			sync := follower.sync(nil)
			for range 30 {
				w.advance(5 * time.Second)
				if leaderLives {
					leader.heartbeat()
				}
				if sync.answered() {
					break
				}
			}
			wantCode(t, "sync", sync.result().ErrorCode, wire.RebalanceInProgress)
			follower.took(follower.join().result())
			wantCode(t, "sync", follower.sync(nil).result().ErrorCode, wire.None)
		})
	}
}

// KAFKA-9752: a new member of an old version that was gone before its first
// generation kept the group rebalancing.
func TestKAFKA9752NewMemberThatIsGone(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		c := w.stableGroup("g", 1)[0]
		ghost := w.newClient("g", "ghost")
		ghost.version = 3
		ghost.join() // the connection breaks; nobody will read the answer
		c.took(c.join().result())
		sync := c.sync(nil)
		for range 3 {
			w.advance(9 * time.Second)
			if c.heartbeat() == wire.RebalanceInProgress {
				break
			}
		}
		if sync.answered() && sync.result().ErrorCode == wire.None {
			t.Log("stable with the ghost")
		}
		if resp := c.took(c.join().result()); len(resp.Members) != 1 {
			t.Fatalf("%d members", len(resp.Members))
		}
	})
}

// The same while others keep the group from completing: after five minutes the
// request of a new member is given up.
func TestKAFKA9752NewMemberWhoseJoinNeverEnds(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		c := w.stableGroup("g", 1)[0]
		c.rebalance = 3_600_000
		w.settle(c)
		ghost := w.newClient("g", "ghost")
		ghost.version = 3
		join := ghost.join()
		for range 5*60/9 + 1 {
			w.advance(9 * time.Second)
			c.heartbeat()
		}
		wantCode(t, "join", join.result().ErrorCode, wire.UnknownMemberId)
		if resp := c.took(c.join().result()); len(resp.Members) != 1 {
			t.Fatalf("%d members", len(resp.Members))
		}
	})
}

// KAFKA-9844: group.max.size was not enforced for members that joined at once; and
// whoever is turned away must not be waited for.
func TestKAFKA9844MaxSizeHoldsWhileTheGroupGathers(t *testing.T) {
	inWorld(t, func(o *Options) { o.Config.MaxSize = 3 }, func(w *world) {
		old := w.stableGroup("g", 2)
		newcomers := make([]*call[*wire.JoinGroupResponse], 3)
		for i := range newcomers {
			c := w.newClient("g", fmt.Sprint("new", i))
			c.version = 3
			newcomers[i] = c.join()
		}
		first, second := old[0].join(), old[1].join()
		refused, in := 0, 0
		for _, j := range append(newcomers, first, second) {
			switch code := j.result().ErrorCode; code {
			case wire.None:
				in++
			case wire.GroupMaxSizeReached:
				refused++
			default:
				t.Errorf("join: %s", code.Name())
			}
		}
		if in != 3 || refused != 2 {
			t.Fatalf("%d are in, %d refused", in, refused)
		}
	})
}

// Redpanda #6423 and the like: whatever was held up, an empty group can be deleted
// and used again.
func TestGroupCanBeUsedAgainAfterItsDeletion(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		for range 3 {
			c := w.stableGroup("g", 2)
			c[0].commit("t", 0, 1)
			wantCode(t, "leave", c[0].leave(), wire.None)
			wantCode(t, "leave", c[1].leave(), wire.None)
			wantCode(t, "delete", w.deleteGroups("g")[0], wire.None)
			if got := w.committed("g", "t", 0); got != -1 {
				t.Fatalf("offset %d", got)
			}
		}
	})
}

// Commits under coordinator fail-over: what was acknowledged never falls back, and
// what was not is seen or not, but never later than something newer.
func TestOffsetsNeverFallBackOverFailovers(t *testing.T) {
	inWorld(t, nil, func(w *world) {
		var acked atomic.Int64
		acked.Store(-1)
		stop := make(chan struct{})
		var committer sync.WaitGroup
		committer.Go(func() {
			for n := int64(0); ; n++ {
				select {
				case <-stop:
					return
				case <-time.After(time.Millisecond):
				}
				resp := w.c.OffsetCommit(9, commitOf("g", "t", 0, n))
				switch code := resp.Topics[0].Partitions[0].ErrorCode; {
				case code == wire.None:
					acked.Store(n)
				case !code.Retriable():
					t.Errorf("commit: %s", code.Name())
				}
			}
		})
		for range 20 {
			w.advance(20 * time.Millisecond)
			w.log.Hold()
			w.advance(3 * time.Millisecond)
			committed := w.log.Committed(w.epoch)
			w.resign()
			w.log.TruncateTo(committed)
			w.log.Release()
			w.elect()
			before := acked.Load()
			if got := w.committed("g", "t", 0); got < before {
				t.Fatalf("offset %d after %d was acknowledged", got, before)
			}
		}
		close(stop)
		committer.Wait()
		if got := acked.Load(); got < 100 {
			t.Fatalf("only %d commits", got)
		}
	})
}
