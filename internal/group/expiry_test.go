package group

import (
	"fmt"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/wire"
)

// oneHour makes offsets expire after an hour, looked for every minute.
func oneHour(o *Options) {
	o.Config.OffsetsRetentionMs = time.Hour.Milliseconds()
	o.Config.OffsetsRetentionCheckIntervalMs = time.Minute.Milliseconds()
}

func TestSimpleOffsetsExpireOneByOne(t *testing.T) {
	inWorld(t, oneHour, func(w *world) {
		w.commit("g", "t", 0, 1).code()
		w.advance(30 * time.Minute)
		w.commit("g", "t", 1, 2).code()
		w.advance(31 * time.Minute)
		if got := w.offsetsOf("g"); got != "t-1=2 " {
			t.Fatalf("offsets %s after an hour", got)
		}
		w.advance(30 * time.Minute)
		if got := w.offsetsOf("g"); got != "" {
			t.Fatalf("offsets %s after two", got)
		}
		if got := w.listed(nil, nil); len(got) != 0 {
			t.Fatalf("the group is still there: %v", got)
		}
		if got := w.counts.ExpiredGroups.Value(); got != 2 {
			t.Errorf("counted %d", got)
		}
	})
}

// With members the retention counts from when the last one was gone.
func TestOffsetsOfAGroupExpireAfterItGotEmpty(t *testing.T) {
	inWorld(t, oneHour, func(w *world) {
		c := w.stableGroup("g", 1)[0]
		c.commit("t", 0, 1)
		for range 600 {
			w.advance(9 * time.Second)
			c.heartbeat()
		}
		wantCode(t, "leave", c.leave(), wire.None)
		w.advance(59 * time.Minute)
		w.restart()
		w.advance(0)
		if got := w.offsetsOf("g"); got != "t-0=1 " {
			t.Fatalf("offsets %s before the hour is over", got)
		}
		w.advance(2 * time.Minute)
		if got := w.offsetsOf("g"); got != "" {
			t.Fatalf("offsets %s after it", got)
		}
		if got := w.state("g"); got != "Dead" {
			t.Fatalf("state %s", got)
		}
	})
}

// A living consumer group keeps the offsets of the topics it subscribes to, and only
// these.
func TestOffsetsOfUnsubscribedTopicsExpire(t *testing.T) {
	inWorld(t, oneHour, func(w *world) {
		c := w.stableGroup("g", 1)[0]
		c.commit("t", 0, 1)
		c.commit("u", 0, 2)
		for range 420 {
			w.advance(9 * time.Second)
			wantCode(t, "heartbeat", c.heartbeat(), wire.None)
		}
		if got := w.offsetsOf("g"); got != "t-0=1 " {
			t.Fatalf("offsets %s", got)
		}
	})
}

// Nobody can tell what the members of another protocol need.
func TestOffsetsOfALivingConnectClusterStay(t *testing.T) {
	inWorld(t, oneHour, func(w *world) {
		c := w.newClient("g", "c")
		c.kind = "connect"
		w.settle(c)
		c.commit("t", 0, 1)
		for range 420 {
			w.advance(9 * time.Second)
			c.heartbeat()
		}
		if got := w.offsetsOf("g"); got != "t-0=1 " {
			t.Fatalf("offsets %s", got)
		}
	})
}

// Clients of versions 2 to 4 may ask for a retention of their own.
func TestRetentionOfTheClient(t *testing.T) {
	inWorld(t, oneHour, func(w *world) {
		for i, retentionMs := range []int64{60_000, 3 * 3_600_000, 1<<63 - 1} {
			req := commitOf("g", "t", int32(i), 1)
			req.RetentionTimeMs = retentionMs
			wantCode(t, "commit", w.commitRequest(4, req).code(), wire.None)
		}
		for _, step := range []struct {
			after time.Duration
			want  string
		}{{2 * time.Minute, "t-1=1 t-2=1 "}, {2 * time.Hour, "t-1=1 t-2=1 "}, {time.Hour, "t-2=1 "}} {
			w.advance(step.after)
			if got := w.offsetsOf("g"); got != step.want {
				t.Errorf("offsets %s after another %s, want %s", got, step.after, step.want)
			}
		}
	})
}

// A look at very many groups is done in steps, and its batches fit.
func TestExpiryOfVeryMany(t *testing.T) {
	inWorld(t, func(o *Options) { oneHour(o); o.MaxMessageBytes = func() int { return 10_000 } }, func(w *world) {
		const groups = 2_500
		for i := range groups {
			w.c.OffsetCommit(9, commitOf(fmt.Sprint("g", i), "t", 0, 1))
		}
		before := len(w.log.Batches())
		w.advance(62 * time.Minute)
		if got := w.listed(nil, nil); len(got) != 0 {
			t.Fatalf("%d groups are left", len(got))
		}
		batches := w.log.Batches()[before:]
		if len(batches) < 10 {
			t.Errorf("%d batches", len(batches))
		}
		for _, batch := range batches {
			size := batchOverheadBytes
			for _, r := range batch {
				size += recordBytes(r)
			}
			if size > 10_000 {
				t.Errorf("a batch of %d bytes", size)
			}
		}
		if len(w.machine().state.groups) != 0 {
			t.Error("groups are left in memory")
		}
	})
}

func TestExpiryThatIsRefusedIsTriedAgain(t *testing.T) {
	inWorld(t, oneHour, func(w *world) {
		w.commit("g", "t", 0, 1).code()
		w.log.FailAppends(shard.ErrStorage)
		w.advance(70 * time.Minute)
		w.log.FailAppends(nil)
		if got := w.offsetsOf("g"); got != "t-0=1 " {
			t.Fatalf("offsets %s", got)
		}
		w.advance(2 * time.Minute)
		if got := w.offsetsOf("g"); got != "" {
			t.Fatalf("offsets %s", got)
		}
	})
}

// An id was handed out and its member is about to join: the group stays.
func TestGroupWithAPendingMemberIsNotExpired(t *testing.T) {
	inWorld(t, func(o *Options) { oneHour(o); o.Config.OffsetsRetentionCheckIntervalMs = 1000 }, func(w *world) {
		w.commit("g", "t", 0, 1).code()
		w.advance(time.Hour - 5*time.Second)
		c := w.newClient("g", "c")
		c.memberID = c.join().result().MemberId
		w.advance(8 * time.Second)
		c.took(c.join().result())
	})
}
