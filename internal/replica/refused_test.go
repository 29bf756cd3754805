package replica

import (
	"errors"
	"testing"

	"github.com/brolga-io/brolga/internal/batch"
)

// numbered is a batch of an idempotent producer.
func numbered(id int64, epoch int16, sequence int32, values ...string) []byte {
	o := batch.NoProducer()
	o.ProducerID, o.ProducerEpoch, o.BaseSequence = id, epoch, sequence
	b := batch.NewBuilder(o)
	for _, v := range values {
		b.Append(testNowMs, nil, []byte(v))
	}
	return b.Build(nil)
}

func stageAll(p *Partition, b []byte) error {
	return p.Stage(b, StageOptions{NowMs: testNowMs, AllAcks: true}, &Staged{})
}

// KAFKA-14359: of a new producer's batches the first is refused and the second arrives
// when that is over. It is not accepted in the place of the first, which could never be
// written then.
func TestKAFKA14359NothingPassesARefusedBatch(t *testing.T) {
	for name, hinder := range map[string]struct {
		begin, end func(w *world)
		want       error
	}{
		"too few in sync": {
			func(w *world) { w.config("t", "min.insync.replicas", "2"); w.change("t", keepLeader, 1) },
			func(w *world) { w.change("t", keepLeader, 1, 2) }, ErrNotEnoughReplicas},
		"not the leader yet": {
			func(w *world) { w.change("t", 2, 1, 2) },
			func(w *world) { w.change("t", 1, 1, 2) }, ErrNotLeader},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			p := w.topic("t", 1, 2)
			w.append(p, "a record of somebody else")
			hinder.begin(w)
			if err := stageAll(p, numbered(7, 0, 0, "a", "b")); !errors.Is(err, hinder.want) {
				t.Fatalf("the first batch: %v", err)
			}
			hinder.end(w)
			if err := stageAll(p, numbered(7, 0, 2, "c")); !errors.Is(err, ErrOutOfOrderSequence) {
				t.Errorf("the second batch: %v", err)
			}
			if err := stageAll(p, numbered(8, 0, 5, "another producer, whose state expired")); err != nil {
				t.Error(err)
			}
			for i, b := range [][]byte{numbered(7, 0, 0, "a", "b"), numbered(7, 0, 2, "c"), numbered(7, 0, 3, "d")} {
				if err := stageAll(p, b); err != nil {
					t.Errorf("batch %d in order: %v", i, err)
				}
			}
			if p.refused.some.Load() {
				t.Error("it is remembered for good")
			}
		})
	}
}

// TestRefusedIsForgotten: what was refused says nothing about a producer that the log
// knows, that has begun a new epoch, or that comes much later.
func TestRefusedIsForgotten(t *testing.T) {
	header := func(b []byte) *batch.Header {
		h, err := batch.ParseHeader(b)
		if err != nil {
			t.Fatal(err)
		}
		return &h
	}
	second := header(numbered(7, 0, 2, "c"))
	for name, c := range map[string]struct {
		then func(r *refused)
		h    *batch.Header
		atMs int64
		want bool
	}{
		"at once":           {nil, second, testNowMs, true},
		"a later refusal":   {func(r *refused) { r.note(numbered(7, 0, 2, "c"), testNowMs, ErrNotLeader) }, second, testNowMs, true},
		"the same again":    {nil, header(numbered(7, 0, 0, "a")), testNowMs, false},
		"a new epoch":       {nil, header(numbered(7, 1, 2, "c")), testNowMs, false},
		"another producer":  {nil, header(numbered(8, 0, 2, "c")), testNowMs, false},
		"no producer":       {nil, header(someBatch("c")), testNowMs, false},
		"much later":        {nil, second, testNowMs + refusedMs, false},
		"a clock set back":  {nil, second, testNowMs - 1, false},
		"the log took some": {func(r *refused) { r.forget(second) }, second, testNowMs, false},
	} {
		r := &refused{}
		r.note(numbered(7, 0, 0, "a", "b"), testNowMs, ErrNotEnoughReplicas)
		if c.then != nil {
			c.then(r)
		}
		if got := r.before(c.h, c.atMs); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	r := &refused{}
	for _, b := range [][]byte{numbered(7, 0, 0, "a"), someBatch("a"), nil, make([]byte, 10)} {
		r.note(b, testNowMs, ErrStorage)
	}
	r.note(someBatch("a"), testNowMs, ErrNotLeader)
	r.note(nil, testNowMs, ErrNotLeader)
	if r.some.Load() {
		t.Error("remembered what nobody sends again, or what is no batch")
	}
	for id := range int64(3 * maxRefused) {
		r.note(numbered(id, 0, 0, "a"), testNowMs, ErrNotLeader)
	}
	if len(r.by) != maxRefused {
		t.Errorf("%d are remembered", len(r.by))
	}
	r.note(numbered(999, 0, 0, "a"), testNowMs+refusedMs, ErrNotLeader)
	if len(r.by) != 1 {
		t.Errorf("%d are remembered when the others are old", len(r.by))
	}
}
