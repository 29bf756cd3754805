package controller

import (
	"errors"
	"testing"

	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/wire"
)

func oneTopic(name string) *wire.CreateTopicsRequest {
	return &wire.CreateTopicsRequest{Topics: []newTopic{{Name: name, NumPartitions: 1, ReplicationFactor: 1}}}
}

func TestNotTheController(t *testing.T) {
	f := newFixture(t)
	f.start(1)
	f.c.Resign()
	_, err := f.c.CreateTopics(Caller{}, oneTopic("t"))
	if !errors.Is(err, wire.NotController) || !errors.Is(err, shard.ErrNotLeader) {
		t.Fatalf("err = %v", err)
	}
}

// TestRefusedAppend: nothing happened, and the client asks again elsewhere.
func TestRefusedAppend(t *testing.T) {
	f := newFixture(t)
	f.start(1)
	for refusal, want := range map[error]wire.ErrorCode{
		shard.ErrNotLeader: wire.NotController, shard.ErrStaleEpoch: wire.NotController, shard.ErrStorage: wire.KafkaStorageError,
	} {
		f.log.FailAppends(refusal)
		if _, err := f.c.CreateTopics(Caller{}, oneTopic("t")); !errors.Is(err, want) {
			t.Errorf("%v: err = %v, want %v", refusal, err, want.Name())
		}
		f.log.FailAppends(nil)
		if f.image().TopicByName("t") != nil {
			t.Fatal("the topic is there")
		}
	}
	f.check()
}

// TestUnknownOutcome: leadership was lost before the commit. The topic may be there
// or not, which the code must not hide.
func TestUnknownOutcome(t *testing.T) {
	f := newFixture(t)
	f.start(1)
	f.log.Hold()
	answer := make(chan error, 1)
	go func() {
		_, err := f.c.CreateTopics(Caller{}, oneTopic("t"))
		answer <- err
	}()
	for end := f.log.End(); f.log.End() == end; {
		// The append comes; nothing else is under way.
	}
	select {
	case err := <-answer:
		t.Fatalf("answered before the commit: %v", err)
	default:
	}
	f.c.Resign()
	if err := <-answer; !errors.Is(err, wire.RequestTimedOut) || !errors.Is(err, shard.ErrUnknownOutcome) {
		t.Fatalf("err = %v", err)
	}
}

// TestAnswerWaitsForWhatItSaw: the second of two requests sees the topic of the
// first, so it is not answered before the first is committed.
func TestAnswerWaitsForWhatItSaw(t *testing.T) {
	f := newFixture(t)
	f.start(1)
	f.log.Hold()
	first, second := make(chan string, 1), make(chan string, 1)
	ask := func(to chan string) {
		resp, err := f.c.CreateTopics(Caller{}, oneTopic("t"))
		if err != nil {
			to <- err.Error()
			return
		}
		to <- resp.Topics[0].ErrorCode.Name()
	}
	end := f.log.End()
	go ask(first)
	for f.log.End() == end {
		// The append comes; nothing else is under way.
	}
	go ask(second)
	select {
	case got := <-second:
		t.Fatalf("answered %s before the commit", got)
	default:
	}
	f.log.Release()
	if a, b := <-first, <-second; a != "NONE" || b != "TOPIC_ALREADY_EXISTS" {
		t.Fatalf("%s and %s", a, b)
	}
}

// TestDamagedLog: the controller does not become active on a log it cannot read.
func TestDamagedLog(t *testing.T) {
	f := newFixture(t)
	f.start(1)
	f.c.Resign()
	damage := errors.New("bad sector")
	f.log.HookReads(func(offset int64) error {
		if offset == 3 {
			return damage
		}
		return nil
	})
	f.c.Lead(2)
	for {
		_, err := f.c.CreateTopics(Caller{}, oneTopic("t"))
		if errors.Is(err, shard.ErrLoading) {
			continue
		}
		if !errors.Is(err, wire.NotController) || !errors.Is(err, damage) {
			t.Fatalf("err = %v", err)
		}
		return
	}
}
