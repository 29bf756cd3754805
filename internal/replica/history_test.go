package replica

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
	"pgregory.net/rapid"
)

// step is one thing that happens to a cluster.
type step struct {
	what  string
	a, b  int32
	delay time.Duration
}

func (s step) String() string { return fmt.Sprintf("%s(%d,%d)+%v", s.what, s.a, s.b, s.delay) }

func steps(fsync bool) *rapid.Generator[step] {
	whats := []string{"produce", "produce", "produce", "produce", "weak", "weak", "kill", "restart", "restart",
		"cut", "cut", "mend", "freeze", "thaw", "thaw", "lead", "lead"}
	if fsync {
		whats = append(whats, "power", "power")
	}
	return rapid.Custom(func(t *rapid.T) step {
		return step{
			what: rapid.SampledFrom(whats).Draw(t, "what"),
			a:    rapid.Int32Range(1, 3).Draw(t, "a"), b: rapid.Int32Range(1, 3).Draw(t, "b"),
			delay: time.Duration(rapid.SampledFrom([]int{0, 0, 1, 5, 12, 100, 700, 40_000}).Draw(t, "delay")) * time.Millisecond,
		}
	})
}

// history runs steps and checks what must hold after each and at the end.
type history struct {
	l         *lab
	lost      map[int32]bool // the machine is without power, not just the process dead
	committed []string       // what some broker showed as committed, by offset
	marks     map[markKey]int64
	n         int

	mu    sync.Mutex
	acked []string
	fault string
}

// markKey is where a watermark must not go back: within a leader epoch on a broker's
// process.
type markKey struct {
	set   *Set
	epoch int32
}

func (h *history) failf(format string, args ...any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.fault == "" {
		h.fault = fmt.Sprintf(format, args...)
	}
}

func (h *history) do(s step) {
	l := h.l
	a := l.brokers[s.a]
	switch s.what {
	case "produce", "weak":
		h.n++
		h.produce(s, fmt.Sprint("r", h.n))
	case "kill", "power":
		if a.alive {
			l.thawed(s.a)
			l.kill(s.a)
			h.lost[s.a] = s.what == "power"
		}
	case "restart":
		if !a.alive {
			l.restart(s.a, h.lost[s.a])
		}
	case "cut":
		l.disconnect(s.a, s.b)
	case "mend":
		l.reconnect()
	case "freeze":
		if a.alive && !a.frozen {
			l.freeze(s.a)
			l.fence(s.a)
		}
	case "thaw":
		l.thawed(s.a)
	case "lead":
		if p := l.state("t"); p.Leader != metadata.NoLeader && slices.Contains(p.ISR, s.a) && l.ready(s.a) {
			l.change("t", s.a)
		}
	}
	time.Sleep(s.delay)
	synctest.Wait()
	h.check()
}

// thawed lets a frozen broker hear the controller again, which unfences it.
func (l *lab) thawed(broker int32) {
	b := l.brokers[broker]
	if !b.alive || !b.frozen {
		return
	}
	l.thaw(broker)
	r := &wire.BrokerRegistrationChangeRecord{}
	r.SetDefaults()
	r.BrokerId, r.BrokerEpoch, r.Fenced = broker, b.epoch, -1
	l.apply(r)
	l.electIfNone()
}

// produce sends a record to whoever believes to lead: with acks=all in its own
// goroutine, or with acks=1.
func (h *history) produce(s step, value string) {
	b := h.l.brokers[s.a]
	if !b.alive {
		return
	}
	p, err := b.set.Find(b.set.image.Load(), "t", 0)
	if err != nil {
		return
	}
	var at Staged
	if p.stage(someBatch(value), StageOptions{NowMs: testNowMs}, &at) != nil || p.Commit() != nil || s.what == "weak" {
		return
	}
	p.Await(at.Required(), at.Epoch, completeFunc(func(code int16) {
		if code == 0 {
			h.mu.Lock()
			h.acked = append(h.acked, value)
			h.mu.Unlock()
		}
	}), 1, testNowMs, testNowMs+1_000_000)
}

// check compares every broker's committed records with what was committed before,
// and watermarks with earlier ones.
func (h *history) check() {
	for id, b := range h.l.brokers {
		if !b.alive {
			continue
		}
		p := h.l.part(id, "t")
		hw := p.watermark.Load()
		if hw == unknownOffset {
			continue // nobody has asked yet
		}
		epoch := int32(-1)
		if l := p.lead.Load(); l != nil {
			epoch = l.epoch
		} else if f := p.follow.Load(); f != nil {
			epoch = f.epoch
		}
		key := markKey{b.set, epoch}
		if hw < h.marks[key] {
			h.failf("the watermark of %d in epoch %d went from %d to %d", id, epoch, h.marks[key], hw)
		}
		h.marks[key] = hw
		if hw <= 0 {
			continue
		}
		values := h.l.values(id, "t")
		if int(hw) > len(values) {
			h.failf("the watermark of %d is %d, it has %d records", id, hw, len(values))
			continue
		}
		both := min(int(hw), len(h.committed))
		if !slices.Equal(values[:both], h.committed[:both]) {
			h.failf("%d shows %v as committed, which was %v", id, values[:both], h.committed[:both])
		}
		if int(hw) > len(h.committed) {
			h.committed = slices.Clone(values[:hw])
		}
	}
}

// finish mends everything and looks for what was acknowledged.
func (h *history) finish() {
	l := h.l
	l.reconnect()
	for id, b := range l.brokers {
		if !b.alive {
			l.restart(id, h.lost[id])
		} else {
			l.thawed(id)
		}
	}
	l.electIfNone()
	time.Sleep(2 * time.Minute)
	synctest.Wait()
	h.check()
	p := l.state("t")
	if p.Leader == metadata.NoLeader || len(p.ISR) != 3 {
		h.failf("in the end %d leads and the ISR is %v", p.Leader, p.ISR)
		return
	}
	want := l.values(p.Leader, "t")
	for id, b := range l.brokers {
		if got := l.values(id, "t"); !slices.Equal(got, want) {
			h.failf("in the end %d has %v, the leader %v", id, got, want)
		}
		if hw := l.part(id, "t").HighWatermark(); hw != int64(len(want)) {
			h.failf("in the end the watermark of %d is %d of %d", id, hw, len(want))
		}
		if n := b.metrics.CommittedTruncations.Value(); n != 0 {
			h.failf("%d had to give up committed records", id)
		}
	}
	h.mu.Lock()
	acked := h.acked
	h.mu.Unlock()
	for _, v := range acked {
		if !slices.Contains(want, v) {
			h.failf("%s was acknowledged and is gone: %v", v, want)
		}
	}
}

// runHistory returns what went wrong, "" if nothing did.
func runHistory(t *testing.T, fsync bool, script []step) (fault string) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, fsync, 1, 2, 3)
		h := &history{l: l, lost: map[int32]bool{}, marks: map[markKey]int64{}}
		two := "2"
		l.topic("t", 1, 2, 3)
		l.apply(&wire.ConfigRecord{ResourceType: 2, ResourceName: "t", Name: "min.insync.replicas", Value: &two})
		for _, s := range script {
			h.do(s)
		}
		h.finish()
		h.mu.Lock()
		fault = h.fault
		h.mu.Unlock()
	})
	return fault
}

// TestHistories: whatever is killed, cut off or frozen, and with fsync without power
// too, no acknowledged record is lost, no committed one changes, watermarks do not go
// back within an epoch, and in the end all replicas are the same.
func TestHistories(t *testing.T) {
	for _, fsync := range []bool{false, true} {
		t.Run(fmt.Sprint("fsync=", fsync), func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				script := rapid.SliceOfN(steps(fsync), 1, 40).Draw(rt, "steps")
				if fault := runHistory(t, fsync, script); fault != "" {
					var lines strings.Builder
					for _, s := range script {
						fmt.Fprintln(&lines, s)
					}
					rt.Fatalf("%s\n%s", fault, lines.String())
				}
			})
		})
	}
}
