package shard_test

import (
	"errors"
	"testing"

	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/shard/shardtest"
)

func TestAnswersWaitForTheCommit(t *testing.T) {
	f := newFixture(t)
	f.log.Hold()
	first, second := f.write("a", 1), f.write("a", 2)
	value, seen := f.read("a")
	f.flush()
	if *value != 3 {
		t.Fatalf("the head is at %d, want 3: records are replayed at once", *value)
	}
	unanswered(t, first)
	f.log.CommitTo(1)
	answered(t, first, nil)
	f.flush()
	unanswered(t, second)
	unanswered(t, seen)
	f.log.CommitTo(2)
	answered(t, second, nil)
	answered(t, seen, nil)
}

func TestOneDecisionIsOneBatch(t *testing.T) {
	f := newFixture(t)
	_, err := shard.Call(f.shard, func(int64) ([]shard.Record, int, error) {
		return append(add("a", 1), add("b", 2)...), 0, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	answered(t, f.write("a", 3), nil)
	got := f.log.Batches()
	if len(got) != 2 || len(got[0]) != 2 || len(got[1]) != 1 {
		t.Fatalf("batches %v, want one of two records and one of one", got)
	}
	shardtest.CheckReplay(t, f.shard, f.log, f.machine, newTally())
}

func TestRefusedAppendChangesNothing(t *testing.T) {
	for _, failure := range []error{shard.ErrNotLeader, shard.ErrStaleEpoch, shard.ErrStorage} {
		f := newFixture(t)
		answered(t, f.write("a", 1), nil)
		f.log.FailAppends(failure)
		answered(t, f.write("a", 10), failure)
		f.log.FailAppends(nil)
		if value, fate := f.read("a"); <-fate != nil || *value != 1 {
			t.Fatalf("%v: the head is at %d, want 1", failure, *value)
		}
		shardtest.CheckReplay(t, f.shard, f.log, f.machine, newTally())
	}
}

func TestCallReturnsTheDecisionsErrorAtCommit(t *testing.T) {
	f := newFixture(t)
	f.log.Hold()
	f.write("a", 1)
	refusal := errors.New("no")
	back := make(chan error, 1)
	go func() {
		_, err := shard.Call(f.shard, func(int64) ([]shard.Record, int, error) {
			return add("a", 99), 7, refusal
		})
		back <- err
	}()
	f.flush()
	unanswered(t, back)
	f.log.Release()
	answered(t, back, refusal)
	if value, fate := f.read("a"); <-fate != nil || *value != 1 {
		t.Fatalf("a refused decision appended its records: sum %d, want 1", *value)
	}
}

func TestLostLeadership(t *testing.T) {
	f := newFixture(t)
	f.log.Hold()
	committed, appended := f.write("a", 1), f.write("a", 2)
	_, seen := f.read("a")
	f.flush()
	f.log.CommitTo(1)
	f.log.Depose()
	f.shard.Resign()
	answered(t, committed, nil)
	answered(t, appended, shard.ErrUnknownOutcome)
	answered(t, seen, shard.ErrNotLeader)
	answered(t, f.write("a", 3), shard.ErrNotLeader)
	f.log.TruncateTo(1)
	f.log.Release()
	f.lead(2)
	if value, fate := f.read("a"); <-fate != nil || *value != 1 {
		t.Fatalf("the head is at %d after reload, want 1", *value)
	}
	shardtest.CheckReplay(t, f.shard, f.log, f.machine, newTally())
}

// A record at the same offset, committed by another leader, is no answer to the
// decision whose record it replaced.
func TestAnotherLeadersCommitAnswersNothing(t *testing.T) {
	f := newFixture(t)
	f.log.Hold()
	lost := f.write("a", 1)
	f.flush()
	f.log.Elect(2)
	f.log.TruncateTo(0)
	if _, err := f.log.Append(2, add("b", 5)); err != nil {
		t.Fatal(err)
	}
	f.log.Release()
	f.flush()
	unanswered(t, lost)
	f.shard.Resign()
	answered(t, lost, shard.ErrUnknownOutcome)
}

func TestCloseAnswersAndRefuses(t *testing.T) {
	f := newFixture(t)
	f.log.Hold()
	waiting := f.write("a", 1)
	f.flush()
	f.shard.Close()
	answered(t, waiting, shard.ErrUnknownOutcome)
	answered(t, f.write("a", 1), shard.ErrClosed)
	f.shard.Lead(9)
	answered(t, f.write("a", 1), shard.ErrClosed)
	f.shard.Close()
	if len(f.machine.unloads) != 1 {
		t.Fatalf("unloaded %d times, want once", len(f.machine.unloads))
	}
}

// A caller that finds the loop idle runs it; but it does not run everybody's
// decisions for ever.
func TestBorrowedGoroutineIsGivenBack(t *testing.T) {
	f := newFixture(t)
	gate := make(chan struct{})
	var fates []chan error
	f.shard.Submit(func(int64) shard.Result {
		for range 500 {
			fates = append(fates, f.write("a", 1))
		}
		// Blocks the loop if the goroutine that submitted still runs it.
		f.shard.Submit(func(int64) shard.Result { <-gate; return shard.Result{} }, nil)
		return shard.Result{}
	}, nil)
	close(gate)
	for _, fate := range fates {
		answered(t, fate, nil)
	}
	shardtest.CheckReplay(t, f.shard, f.log, f.machine, newTally())
}

// Whoever recovers a panic of a decision must not leave others waiting.
func TestPanicOnTheLoopClosesTheShard(t *testing.T) {
	f := newFixture(t)
	f.log.Hold()
	waiting := f.write("a", 1)
	f.flush()
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		f.shard.Submit(func(int64) shard.Result { panic("BUG: of a test") }, nil)
	}()
	answered(t, waiting, shard.ErrUnknownOutcome)
	answered(t, f.write("a", 1), shard.ErrClosed)
}
