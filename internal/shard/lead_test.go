package shard_test

import (
	"errors"
	"testing"

	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/shard/shardtest"
)

// filled returns a log with n committed records for key "a".
func filled(t *testing.T, n int) *shardtest.Log {
	log := shardtest.NewLog()
	log.Elect(1)
	for range n {
		if _, err := log.Append(1, add("a", 1)); err != nil {
			t.Fatal(err)
		}
	}
	return log
}

func TestLoadReplaysTheLog(t *testing.T) {
	f := newUnled(t, filled(t, 100), nil)
	answered(t, f.write("a", 1), shard.ErrNotLeader)
	f.lead(2)
	if value, fate := f.read("a"); <-fate != nil || *value != 100 {
		t.Fatalf("loaded %d, want 100", *value)
	}
	if f.machine.loads != 1 {
		t.Fatalf("Loaded was called %d times", f.machine.loads)
	}
}

// What a load replayed counts as seen: a read waits until it is committed.
func TestReadAfterLoadWaitsForTheOldTail(t *testing.T) {
	log := filled(t, 3)
	log.Hold()
	if _, err := log.Append(1, add("a", 1)); err != nil {
		t.Fatal(err)
	}
	f := newUnled(t, log, nil)
	f.lead(2)
	value, fate := f.read("a")
	f.flush()
	if *value != 4 {
		t.Fatalf("loaded %d, want 4", *value)
	}
	unanswered(t, fate)
	log.CommitTo(4)
	answered(t, fate, nil)
}

func TestSecondLeadDuringLoadRestartsIt(t *testing.T) {
	log := filled(t, 10)
	f := newUnled(t, log, nil)
	reached, goOn := make(chan struct{}), make(chan struct{})
	first := true
	log.HookReads(func(offset int64) error {
		if first && offset == 5 {
			first = false
			close(reached)
			<-goOn
		}
		return nil
	})
	log.Elect(2)
	f.shard.Lead(2)
	<-reached
	answered(t, f.write("a", 1), shard.ErrLoading)
	log.Elect(3)
	f.shard.Lead(3)
	f.shard.Lead(2) // late, must not win
	close(goOn)
	f.settled()
	answered(t, f.write("a", 1), nil)
	if value, fate := f.read("a"); <-fate != nil || *value != 11 {
		t.Fatalf("sum %d, want 11: the first load's half must be gone", *value)
	}
	if f.machine.loads != 1 || len(f.machine.unloads) != 1 {
		t.Fatalf("%d loads and %d unloads, want 1 and 1", f.machine.loads, len(f.machine.unloads))
	}
}

func TestResignDuringLoad(t *testing.T) {
	log := filled(t, 10)
	f := newUnled(t, log, nil)
	reached, goOn := make(chan struct{}), make(chan struct{})
	log.HookReads(func(offset int64) error {
		if offset == 5 {
			close(reached)
			<-goOn
		}
		return nil
	})
	f.shard.Lead(2)
	<-reached
	f.shard.Resign()
	close(goOn)
	answered(t, f.write("a", 1), shard.ErrNotLeader)
	f.shard.Close()
	if f.machine.loads != 0 || len(f.machine.sums) != 0 {
		t.Fatalf("loads %d, sums %v: a load given up leaves nothing", f.machine.loads, f.machine.sums)
	}
}

func TestFailedLoadRefusesUntilTheNextLead(t *testing.T) {
	log := filled(t, 10)
	broken := errors.New("unreadable")
	var told error
	rt := shard.NewRuntime(nil)
	f := &fixture{t: t, rt: rt, log: log, machine: newTally()}
	f.shard = shard.New(rt, shard.Options{Log: log, Machine: f.machine,
		LoadFailed: func(_ int32, err error) { told = err }})
	defer func() { f.shard.Close(); rt.Close() }()
	f.machine.onReplay = func(offset int64) error {
		if offset == 7 {
			return broken
		}
		return nil
	}
	f.lead(2)
	answered(t, f.write("a", 1), shard.ErrLoadFailed)
	answered(t, f.write("a", 1), broken)
	if !errors.Is(told, broken) || len(f.machine.sums) != 0 {
		t.Fatalf("told %v, state %v", told, f.machine.sums)
	}
	f.machine.onReplay = nil
	f.lead(3)
	answered(t, f.write("a", 1), nil)
}

func TestLoadedMaySubmit(t *testing.T) {
	log := filled(t, 2)
	f := newUnled(t, log, nil)
	fate := make(chan error, 1)
	f.machine.onLoaded = func() {
		f.shard.Submit(func(int64) shard.Result {
			return shard.Result{Records: add("a", 5), Done: func(err error) { fate <- err }}
		}, func(err error) { fate <- err })
	}
	f.lead(2)
	answered(t, fate, nil)
	shardtest.CheckReplay(t, f.shard, log, f.machine, newTally())
}
