package shard_test

import (
	"testing"

	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/shard/shardtest"
)

// newConfirmed returns a shard over a log that must confirm leadership.
func newConfirmed(t *testing.T) (*fixture, *shardtest.ConfirmLog) {
	log := shardtest.NewConfirmLog()
	f := newUnled(t, log.Log, log)
	f.lead(1)
	return f, log
}

func TestReadsWaitForAConfirmation(t *testing.T) {
	f, log := newConfirmed(t)
	answered(t, f.write("a", 1), nil)
	log.HoldConfirms()
	_, first := f.read("a")
	f.flush()
	_, second := f.read("a")
	_, third := f.read("a")
	f.flush()
	unanswered(t, first)
	if log.Confirms() != 1 {
		t.Fatalf("%d confirmations, want 1", log.Confirms())
	}
	log.EndConfirms(nil)
	answered(t, first, nil)
	f.flush()
	// A confirmation that began before a read proves nothing for it; one more
	// serves all that came meanwhile.
	unanswered(t, second)
	if log.Confirms() != 2 {
		t.Fatalf("%d confirmations, want 2", log.Confirms())
	}
	log.EndConfirms(nil)
	answered(t, second, nil)
	answered(t, third, nil)
}

func TestRefusedConfirmationFailsTheRead(t *testing.T) {
	f, log := newConfirmed(t)
	log.HoldConfirms()
	_, stale := f.read("a")
	f.flush()
	log.EndConfirms(shard.ErrNotLeader)
	answered(t, stale, shard.ErrNotLeader)
}

func TestLaterCommitConfirmsARead(t *testing.T) {
	f, log := newConfirmed(t)
	log.HoldConfirms()
	_, seen := f.read("a")
	answered(t, f.write("a", 1), nil)
	answered(t, seen, nil)
}

// A confirmation of an earlier leadership must not answer a read of a later one.
func TestConfirmationOfAnEarlierEpoch(t *testing.T) {
	f, log := newConfirmed(t)
	log.HoldConfirms()
	_, old := f.read("a")
	f.flush()
	f.shard.Resign()
	answered(t, old, shard.ErrNotLeader)
	f.lead(2)
	_, seen := f.read("a")
	f.flush()
	log.EndConfirms(nil) // both: the old one and the new one
	answered(t, seen, nil)

	_, seen = f.read("a")
	f.flush()
	f.shard.Resign()
	answered(t, seen, shard.ErrNotLeader)
	stale := log // its confirmation is still under way
	f.lead(3)
	stale.EndConfirms(nil)
	_, seen = f.read("a")
	f.flush()
	unanswered(t, seen)
	log.EndConfirms(nil)
	answered(t, seen, nil)
}
