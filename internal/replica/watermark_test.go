package replica

import (
	"testing"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/wire"
	"pgregory.net/rapid"
)

// followerHas says that a replica has the log up to endOffset, exclusive.
func (p *Partition) followerHas(id int32, endOffset int64) {
	p.noteFetch(p.lead.Load(), &fetchNote{replica: id, endOffset: endOffset})
}

func TestWatermarkOfTheOnlyReplicaIsTheEnd(t *testing.T) {
	w := newWorld(t)
	p := w.topic("t", 1)
	if hw := p.HighWatermark(); hw != 0 {
		t.Errorf("of an empty log: %d", hw)
	}
	w.append(p, "a", "b")
	if hw := p.HighWatermark(); hw != 2 {
		t.Errorf("after two records: %d", hw)
	}
	w.restart()
	if hw, known := w.set.HighWatermarkOf(commitlog.TopicPartition{Topic: "t"}); known {
		t.Errorf("known as %d before anybody asked: the log was loaded", hw)
	}
	if hw := w.partition("t").HighWatermark(); hw != 2 {
		t.Errorf("after a restart: %d", hw)
	}
}

func TestWatermarkIsTheLeastOfTheISR(t *testing.T) {
	w := newWorld(t)
	p := w.topic("t", 1, 2, 3)
	w.append(p, "a", "b", "c", "d")
	expect := func(what string, want int64) {
		t.Helper()
		if hw := p.HighWatermark(); hw != want {
			t.Errorf("%s: watermark %d, want %d", what, hw, want)
		}
	}
	expect("nobody has fetched", 0)
	p.followerHas(2, 3)
	expect("one has not fetched", 0)
	p.followerHas(3, 1)
	expect("both have fetched", 1)
	p.followerHas(9, 0)
	expect("a stranger has fetched", 1)
	p.followerHas(3, 0)
	expect("one went back", 1)
	w.change("t", keepLeader, 1, 2)
	expect("the slow one left the ISR", 3)
	w.change("t", keepLeader, 1, 2, 3)
	expect("it came back too early: no step back", 3)
	w.append(p, "e")
	p.followerHas(2, 5)
	expect("it holds the watermark again", 3)
	p.followerHas(3, 5)
	expect("all have everything", 5)
}

func TestWatermarkStandsStillBelowMinISR(t *testing.T) {
	w := newWorld(t)
	p := w.topic("t", 1, 2)
	w.config("t", "min.insync.replicas", "2")
	w.append(p, "a")
	p.followerHas(2, 1)
	w.change("t", keepLeader, 1)
	w.append(p, "b") // acks=1 goes on
	if hw := p.HighWatermark(); hw != 1 {
		t.Errorf("watermark %d below min.insync.replicas, want 1", hw)
	}
	if err := p.Stage(someBatch("c"), StageOptions{AllAcks: true}, &Staged{}); err != ErrNotEnoughReplicas {
		t.Errorf("acks=all: %v", err)
	}
	w.config("t", "min.insync.replicas", "1")
	if hw := p.HighWatermark(); hw != 2 {
		t.Errorf("watermark %d after min.insync.replicas was lowered, want 2", hw)
	}
	w.config("t", "min.insync.replicas", "5") // more than there are replicas
	w.change("t", keepLeader, 1, 2)
	p.followerHas(2, 2)
	w.append(p, "d")
	p.followerHas(2, 3)
	if hw := p.HighWatermark(); hw != 3 {
		t.Errorf("watermark %d, want 3: min.insync.replicas cannot exceed the replicas", hw)
	}
}

func TestWatermarkAfterARestartIsTheCheckpoint(t *testing.T) {
	for checkpoint, want := range map[int64]int64{2: 2, 9: 3, -5: 0} {
		w := newWorld(t)
		w.append(w.topic("t", 1, 2), "a", "b", "c")
		w.logs.watermarks[commitlog.TopicPartition{Topic: "t"}] = checkpoint
		w.restart()
		if hw := w.partition("t").HighWatermark(); hw != want {
			t.Errorf("checkpoint %d: watermark %d, want %d", checkpoint, hw, want)
		}
	}
}

// TestWatermarkNeverPassesAnISRMember runs random appends, fetches and changes
// of the ISR.
func TestWatermarkNeverPassesAnISRMember(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t)
		p := w.topic("t", 1, 2, 3)
		has := map[int32]int64{}
		isr := []int32{1, 2, 3}
		end, last := int64(0), int64(0)
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			switch rapid.IntRange(0, 2).Draw(rt, "step") {
			case 0:
				w.append(p, "x")
				end++
			case 1:
				follower := rapid.Int32Range(2, 3).Draw(rt, "follower")
				has[follower] = rapid.Int64Range(has[follower], end).Draw(rt, "offset")
				p.followerHas(follower, has[follower])
			case 2:
				isr = []int32{1}
				for _, follower := range []int32{2, 3} {
					// A replica joins only at the watermark or beyond.
					if has[follower] >= last && rapid.Bool().Draw(rt, "in") {
						isr = append(isr, follower)
					}
				}
				w.change("t", keepLeader, isr...)
			}
			hw := p.HighWatermark()
			if hw < last || hw > end {
				rt.Fatalf("watermark %d after %d, log end %d", hw, last, end)
			}
			last = hw
			for _, r := range isr[1:] {
				if hw > has[r] {
					rt.Fatalf("watermark %d, but replica %d of the ISR has only %d", hw, r, has[r])
				}
			}
		}
	})
}

// TestWatermarkIsToldToANewRole: a follower that hears of a new leader epoch while an
// answer is on its way does not take it, and is told again what it said.
func TestWatermarkIsToldToANewRole(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.topic("t", 1, 2)
		changed := false
		l.fetched = func(resp *wire.FetchResponse) {
			for _, r := range resp.Responses {
				if !changed && r.Partitions[0].HighWatermark == 1 {
					changed = true
					l.change("t", 1) // elected again
				}
			}
		}
		l.mustProduce(1, "t", "a")
		l.settled("t")
		if !changed {
			t.Error("nothing was told")
		}
	}, 1, 2)
}

func TestErrorsAreCodes(t *testing.T) {
	var err error = ErrNotLeader
	if err != wire.NotLeaderOrFollower {
		t.Error("the constant is not its code")
	}
}
