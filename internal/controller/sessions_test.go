package controller

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/wire"
)

// watch is a cluster whose brokers a test lets go on or fall silent. Broker 1 is in
// the controller's process.
type watch struct {
	*fixture
	epochs []int64
	probed []int32
}

func newWatch(t *testing.T, brokers int, settings ...string) *watch {
	w := &watch{}
	w.fixture = newFixtureWith(t, func(o *Options) {
		o.Probe = func(id int32, _ int64, _ []metadata.Endpoint) { w.probed = append(w.probed, id) }
	}, settings...)
	w.epochs = w.start(brokers)
	w.local()
	return w
}

// local is a heartbeat of the broker in this process.
func (w *watch) local() {
	req := &wire.BrokerHeartbeatRequest{BrokerId: 1, BrokerEpoch: w.epochs[1], CurrentMetadataOffset: w.log.End() - 1}
	if _, err := w.c.BrokerHeartbeat(Caller{Broker: 1, InProcess: true}, req); err != nil {
		w.t.Fatal(err)
	}
}

// live lets the time pass while those brokers send heartbeats.
func (w *watch) live(d time.Duration, brokers ...int32) {
	for past := time.Duration(0); past < d; past += 100 * time.Millisecond {
		time.Sleep(100 * time.Millisecond)
		synctest.Wait()
		for _, id := range brokers {
			if !w.fenced(id) {
				w.beat(id, w.epochs[id])
			}
		}
	}
}

func (w *watch) fenced(id int32) bool { return w.image().Broker(id).Fenced }

func (w *watch) mustBe(what string, fenced ...int32) {
	w.t.Helper()
	var got []int32
	for b := range w.image().Brokers() {
		if b.Fenced {
			got = append(got, b.ID)
		}
	}
	if len(got) != len(fenced) {
		w.t.Fatalf("%s: fenced are %v, want %v", what, got, fenced)
	}
	for i := range got {
		if got[i] != fenced[i] {
			w.t.Fatalf("%s: fenced are %v, want %v", what, got, fenced)
		}
	}
}

func TestSilentBrokersAreFenced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatch(t, 3)
		topic := w.create("t", 6, 3)
		w.live(2800*time.Millisecond, 2)
		w.mustBe("before the end of the session")
		w.live(400*time.Millisecond, 2)
		w.mustBe("after the session", 3) // 1 is in this process
		for id, p := range w.image().TopicByID(topic.ID).Partitions() {
			if p.Leader == 3 || len(p.ISR) != 2 {
				t.Errorf("partition %d: %s", id, partitionState(p))
			}
		}
		w.live(10*time.Second, 2)
		w.mustBe("later", 3)
		if resp := w.beat(3, w.epochs[3]); resp.ErrorCode != wire.None || resp.IsFenced {
			t.Fatalf("a broker that is back: %+v", resp)
		}
		w.mustBe("when it is back")
		w.check()
	})
}

// TestAFencedBrokerMustHaveSeenItsFence before it leads again (R2.4 of Kafka's
// BrokerHeartbeatManager: the offset of its own record).
func TestAFencedBrokerMustHaveSeenItsFence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatch(t, 2)
		seen := w.log.End() - 1
		w.live(4 * time.Second)
		w.mustBe("silent", 2)
		old := func(r *wire.BrokerHeartbeatRequest) { r.CurrentMetadataOffset = seen }
		if resp := w.beat(2, w.epochs[2], old); !resp.IsFenced || resp.IsCaughtUp {
			t.Fatalf("%+v", resp)
		}
		if resp := w.beat(2, w.epochs[2]); resp.IsFenced {
			t.Fatalf("%+v", resp)
		}
	})
}

// TestSessionTimeouts: what is configured counts, and a longer interval of
// heartbeats makes a longer session.
func TestSessionTimeouts(t *testing.T) {
	for _, c := range []struct {
		settings []string
		session  time.Duration
		takeover time.Duration
	}{
		{nil, 3 * time.Second, 2 * time.Second},
		{[]string{"broker.session.timeout.ms=9000"}, 9 * time.Second, 9 * time.Second},
		{[]string{"broker.session.timeout.ms=1000"}, time.Second, time.Second},
		{[]string{"broker.heartbeat.interval.ms=2000"}, 6 * time.Second, 6 * time.Second},
		{[]string{"broker.heartbeat.interval.ms=100"}, 3 * time.Second, 2 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := newWatch(t, 2, c.settings...)
			w.live(c.session - 200*time.Millisecond)
			w.mustBe("before the end of the session")
			w.live(400 * time.Millisecond)
			w.mustBe("after the session", 2)
			w.beat(2, w.epochs[2])
			w.c.Resign()
			w.c.Lead(2)
			<-w.active
			w.local()
			w.live(c.takeover - 200*time.Millisecond)
			w.mustBe("before the end of the session under another controller")
			w.live(400 * time.Millisecond)
			w.mustBe("after the session under another controller", 2)
		})
	}
}

// TestStalledController: while this process stands still it hears nobody, which
// says nothing about them.
func TestStalledController(t *testing.T) {
	var c sessionClock
	for _, step := range []struct{ at, now, stalled int64 }{
		{100, 100, 0}, {350, 350, 0}, {450, 450, 0},
		{5450, 550, 4900}, // stopped for five seconds: one look
		{5800, 900, 0}, {6151, 1000, 251},
	} {
		if stalled := c.advance(step.at); stalled != step.stalled || c.nowMs != step.now {
			t.Errorf("at %d: session time %d, stalled %d; want %d, %d", step.at, c.nowMs, stalled, step.now, step.stalled)
		}
	}
}

// TestHeartbeatsInTheQueueCount: heartbeats that wait behind a long decision are
// taken before sessions end.
func TestHeartbeatsInTheQueueCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatch(t, 2)
		w.live(2700 * time.Millisecond)
		long, answered := make(chan struct{}), make(chan struct{})
		w.c.shard.Submit(func(int64) shard.Result {
			go close(long)
			time.Sleep(300 * time.Millisecond) // the loop stands still, the process does not
			return shard.Result{}
		}, nil)
		<-long
		go func() {
			w.beat(2, w.epochs[2])
			close(answered)
		}()
		<-answered
		w.live(500 * time.Millisecond)
		w.mustBe("after the heartbeat")
	})
}

func TestLostConnections(t *testing.T) {
	lose := func(w *watch, ids ...int32) {
		for _, id := range ids {
			w.c.BrokerConnectionLost(id, w.epochs[id])
		}
	}
	for name, c := range map[string]struct {
		brokers int
		do      func(w *watch)
		alive   []int32 // send heartbeats afterwards
		wait    time.Duration
		want    []int32
	}{
		"shorter session": {3, func(w *watch) { lose(w, 3) }, []int32{2}, 1200 * time.Millisecond, []int32{3}},
		"not at once":     {3, func(w *watch) { lose(w, 3) }, []int32{2}, 800 * time.Millisecond, nil},
		"heard of again":  {3, func(w *watch) { lose(w, 3); w.beat(3, w.epochs[3]) }, []int32{2}, 2700 * time.Millisecond, nil},
		"of an old process": {3, func(w *watch) { w.c.BrokerConnectionLost(3, w.epochs[3]-1) }, []int32{2},
			2700 * time.Millisecond, nil},
		"of this process": {3, func(w *watch) { lose(w, 1) }, []int32{2, 3}, 5 * time.Second, nil},
		"of most":         {3, func(w *watch) { lose(w, 2, 3) }, nil, 2700 * time.Millisecond, nil},
		"of most, longer": {3, func(w *watch) { lose(w, 2, 3) }, nil, 3300 * time.Millisecond, []int32{2, 3}},
		"of most, but not at the same time": {3, func(w *watch) { lose(w, 2); w.live(1100*time.Millisecond, 3); lose(w, 3) }, nil,
			1200 * time.Millisecond, []int32{2, 3}},
		"the third time": {3, func(w *watch) {
			for range 3 {
				lose(w, 3)
				w.beat(3, w.epochs[3])
			}
			lose(w, 3)
		}, []int32{2}, 2700 * time.Millisecond, nil},
		"the third time, a minute later": {3, func(w *watch) {
			for range 2 {
				lose(w, 3)
				w.beat(3, w.epochs[3])
			}
			w.live(time.Minute, 2, 3)
			lose(w, 3)
		}, []int32{2}, 1200 * time.Millisecond, []int32{3}},
		"proof of death":     {3, func(w *watch) { lose(w, 3); w.c.BrokerProcessDead(3, w.epochs[3]) }, nil, 100 * time.Millisecond, []int32{3}},
		"proof without loss": {3, func(w *watch) { w.c.BrokerProcessDead(3, w.epochs[3]) }, nil, 100 * time.Millisecond, nil},
		"proof that came too late": {3, func(w *watch) {
			lose(w, 3)
			w.beat(3, w.epochs[3])
			w.c.BrokerProcessDead(3, w.epochs[3])
		}, nil, 100 * time.Millisecond, nil},
		"proof for an old process": {3, func(w *watch) { lose(w, 3); w.c.BrokerProcessDead(3, w.epochs[3]-1) }, nil, 100 * time.Millisecond, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWatch(t, c.brokers)
				c.do(w)
				w.live(c.wait, c.alive...)
				w.mustBe(name, c.want...)
			})
		})
	}
}

// TestProbe: each loss is probed, even where the session is not shortened.
func TestProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatch(t, 3)
		for _, id := range []int32{2, 3, 1} {
			w.c.BrokerConnectionLost(id, w.epochs[id])
		}
		if len(w.probed) != 2 || w.probed[0] != 2 || w.probed[1] != 3 {
			t.Fatalf("probed %v", w.probed)
		}
	})
}

// TestRegistrationAfterDeath: once it is proved that a process is dead the next one
// need not wait.
func TestRegistrationAfterDeath(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatch(t, 2)
		w.c.BrokerConnectionLost(2, w.epochs[2])
		resp, err := w.c.BrokerRegistration(Caller{Broker: 2}, registration(2, 2))
		if err != nil || resp.ErrorCode != wire.DuplicateBrokerRegistration {
			t.Fatalf("%+v, %v", resp, err)
		}
		w.c.BrokerProcessDead(2, w.epochs[2])
		resp, err = w.c.BrokerRegistration(Caller{Broker: 2}, registration(2, 2))
		if err != nil || resp.ErrorCode != wire.None {
			t.Fatalf("%+v, %v", resp, err)
		}
	})
}
