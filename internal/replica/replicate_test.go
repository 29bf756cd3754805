package replica

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/vfs"
)

func inLab(t *testing.T, fn func(t *testing.T, l *lab), ids ...int32) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, false, ids...)
		fn(t, l)
	})
}

func TestFollowersCopyTheLeader(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.topic("t", 1, 2, 3)
		begin := time.Now()
		for i := range 20 {
			l.mustProduce(1, "t", fmt.Sprint(i))
		}
		if d := time.Since(begin); d > 100*time.Millisecond {
			t.Errorf("20 acknowledged produces took %v: somebody waits", d)
		}
		time.Sleep(20 * time.Millisecond)
		for _, id := range []int32{2, 3} {
			if hw := l.part(id, "t").HighWatermark(); hw != 20 {
				t.Errorf("20 ms later the watermark of %d is %d", id, hw)
			}
		}
		l.settled("t")
	}, 1, 2, 3)
}

func TestKillOfALeader(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.topic("t", 1, 2, 3)
		for i := range 10 {
			l.mustProduce(1, "t", fmt.Sprint(i))
		}
		time.Sleep(10 * time.Second) // fetches are held now
		l.kill(1)
		if leader := l.state("t").Leader; leader != 2 {
			t.Fatalf("led by %d", leader)
		}
		begin := time.Now()
		l.mustProduce(2, "t", "after")
		if d := time.Since(begin); d > 100*time.Millisecond {
			t.Errorf("the first produce after the election took %v", d)
		}
		l.restart(1, true)
		l.settled("t")
		if n := len(l.values(1, "t")); n != 11 {
			t.Errorf("%d records", n)
		}
	}, 1, 2, 3)
}

// TestUncommittedTailIsCut: what only the old leader has goes when it follows.
func TestUncommittedTailIsCut(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.topic("t", 1, 2, 3)
		l.mustProduce(1, "t", "a")
		l.disconnect(2, 1)
		l.disconnect(3, 1)
		time.Sleep(time.Second)
		l.stageOnly(1, "t", "x", "y")
		l.stageOnly(1, "t", "z")
		l.kill(1)
		l.mustProduce(2, "t", "b")
		l.reconnect()
		l.restart(1, false)
		l.settled("t")
		if got := l.values(1, "t"); !slices.Equal(got, []string{"a", "b"}) {
			t.Errorf("the log is %v", got)
		}
		if n := l.brokers[1].metrics.CommittedTruncations.Value(); n != 0 {
			t.Errorf("%d truncations of committed records", n)
		}
	}, 1, 2, 3)
}

// TestLaggingFollower leaves the ISR, does not hold produces any more, and comes
// back.
func TestLaggingFollower(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.topic("t", 1, 2, 3)
		l.mustProduce(1, "t", "a")
		l.disconnect(3, 1)
		time.Sleep(time.Second)
		begin := time.Now()
		l.stageOnly(1, "t", "b")
		time.Sleep(20 * time.Second)
		if hw := l.part(1, "t").HighWatermark(); hw != 1 {
			t.Errorf("watermark %d although 3 is in the ISR", hw)
		}
		for len(l.state("t").ISR) == 3 {
			time.Sleep(100 * time.Millisecond)
		}
		if d := time.Since(begin); d < 29*time.Second || d > 46*time.Second {
			t.Errorf("left the ISR after %v", d)
		}
		synctest.Wait() // for the leader to hear of it
		if hw := l.part(1, "t").HighWatermark(); hw != 2 {
			t.Errorf("watermark %d after 3 left", hw)
		}
		l.mustProduce(1, "t", "c")
		l.reconnect()
		l.settled("t")
		if m := &l.brokers[1].metrics; m.IsrShrinks.Value() != 1 || m.IsrExpands.Value() != 1 {
			t.Errorf("%d shrinks, %d expands", m.IsrShrinks.Value(), m.IsrExpands.Value())
		}
	}, 1, 2, 3)
}

// TestLeaderBeforeIsAwaitedForASession: one that does not know its successor answers
// clients for a session. It stays in the ISR for as long, and the watermark behind it,
// even if replica.lag.time.max.ms is shorter.
func TestLeaderBeforeIsAwaitedForASession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, false)
		for _, id := range []int32{1, 2} {
			b := &labBroker{lab: l, id: id, applied: metadata.Empty(), cfg: ReplicationConfig{LagTimeMax: time.Second, SessionTimeout: 9 * time.Second}}
			l.brokers[id] = b
			b.start(vfs.NewMem(), nil)
		}
		l.topic("t", 1, 2)
		l.mustProduce(1, "t", "a")
		l.settled("t")
		l.freeze(1)
		l.disconnect(1, 2)
		l.change("t", 2) // elected while 1 does not hear of it
		l.stageOnly(2, "t", "b")
		time.Sleep(8 * time.Second)
		if hw := l.part(2, "t").HighWatermark(); hw != 1 || len(l.state("t").ISR) != 2 {
			t.Errorf("watermark %d, ISR %v although 1 may lead still", hw, l.state("t").ISR)
		}
		time.Sleep(3 * time.Second)
		if hw := l.part(2, "t").HighWatermark(); hw != 2 || len(l.state("t").ISR) != 1 {
			t.Errorf("watermark %d, ISR %v after the session", hw, l.state("t").ISR)
		}
		l.reconnect()
		l.thaw(1)
		l.settled("t")
		l.disconnect(1, 2)
		begin := time.Now()
		l.stageOnly(2, "t", "c")
		for len(l.state("t").ISR) == 2 {
			time.Sleep(100 * time.Millisecond)
		}
		if d := time.Since(begin); d > 3*time.Second {
			t.Errorf("a follower that lags left after %v", d)
		}
	})
}

// TestFetchersChangeAtRunTime: num.replica.fetchers goes up and down while records come,
// and the partitions are spread over as many connections.
func TestFetchersChangeAtRunTime(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		const topics = 12
		for i := range topics {
			l.topic(fmt.Sprint("t", i), 1, 2)
		}
		set := l.brokers[2].set
		for _, n := range []int{4, 2, 0, 7, 1} {
			set.SetFetchers(n)
			for i := range topics {
				l.mustProduce(1, fmt.Sprint("t", i), fmt.Sprint("with ", n))
			}
			if got := len(set.fetchers.byKey); n > 0 && (got > n || n > 1 && got < 2) {
				t.Errorf("%d fetchers, %d wanted", got, n)
			}
		}
		for i := range topics {
			l.settled(fmt.Sprint("t", i))
		}
	}, 1, 2)
}
