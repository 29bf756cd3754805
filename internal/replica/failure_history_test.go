package replica

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/vfs"
	"github.com/brolga-io/brolga/internal/wire"
)

// The tests of this file are named after the fault in Kafka that made a rule
// necessary.

// isolate makes the ISR of t only its leader 1, which has two records more than 2.
func isolate(t *testing.T, l *lab) {
	t.Helper()
	l.topic("t", 1, 2)
	l.mustProduce(1, "t", "a")
	l.disconnect(2, 1)
	time.Sleep(time.Minute)
	if isr := l.state("t").ISR; !slices.Equal(isr, []int32{1}) {
		l.stageOnly(1, "t", "b")
		time.Sleep(time.Minute)
	}
	l.mustProduce(1, "t", "c")
	if isr := l.state("t").ISR; !slices.Equal(isr, []int32{1}) {
		t.Fatalf("ISR %v", isr)
	}
}

// KIP-106: nobody outside of the ISR leads unless that was asked for.
func TestKIP106NoUncleanElection(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		isolate(t, l)
		l.kill(1)
		l.reconnect()
		if leader := l.state("t").Leader; leader != metadata.NoLeader {
			t.Errorf("led by %d", leader)
		}
		if _, err := l.produce(2, "t", "x"); err != ErrNotLeader {
			t.Errorf("produce: %v", err)
		}
		l.restart(1, false)
		l.settled("t")
		if got := l.values(2, "t"); !slices.Equal(got, []string{"a", "b", "c"}) {
			t.Errorf("the log is %v", got)
		}
	}, 1, 2)
}

// KIP-704: after an unclean election the partition is marked until its leader has
// said that it goes on, and who has to give up committed records says so.
func TestKIP704UncleanElection(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.unclean = true
		isolate(t, l)
		l.kill(1)
		l.reconnect()
		l.mustProduce(2, "t", "x")
		time.Sleep(time.Second)
		p := l.state("t")
		if p.Leader != 2 || p.LeaderRecoveryState != metadata.Recovered {
			t.Errorf("led by %d, recovery state %d", p.Leader, p.LeaderRecoveryState)
		}
		l.restart(1, false)
		l.settled("t")
		if got := l.values(1, "t"); !slices.Equal(got, []string{"a", "x"}) {
			t.Errorf("the log is %v", got)
		}
		if n := l.brokers[1].metrics.CommittedTruncations.Value(); n != 1 {
			t.Errorf("%d truncations of committed records were told", n)
		}
	}, 1, 2)
}

// KIP-101: a follower that restarts between an append and the watermark that covers
// it keeps its log, so it can lead without loss.
func TestKIP101RestartBeforeTheWatermark(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.topic("t", 1, 2)
		l.mustProduce(1, "t", "a")
		l.mustProduce(1, "t", "b")
		p := l.part(2, "t")
		if hw := p.HighWatermark(); hw == 2 {
			t.Fatal("the watermark was faster than the test")
		}
		l.kill(2)
		l.restart(2, false)
		time.Sleep(20 * time.Millisecond) // back in the ISR, without more than that
		l.change("t", keepLeader, 1, 2)
		l.kill(1)
		if got := l.values(2, "t"); !slices.Equal(got, []string{"a", "b"}) {
			t.Errorf("the log is %v", got)
		}
		l.restart(1, false)
		l.settled("t")
	}, 1, 2)
}

// KIP-279: after fast changes of the leader every replica has a tail of its own, of
// epochs the others do not know.
func TestKIP279FastFailovers(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.topic("t", 1, 2, 3)
		l.mustProduce(1, "t", "a")
		time.Sleep(time.Second)
		for from := range int32(3) {
			for to := range int32(3) {
				l.disconnect(from+1, to+1)
			}
		}
		time.Sleep(time.Second) // what was held at a leader comes back
		for i, leader := range []int32{1, 2, 3, 2, 1, 3, 1, 2} {
			l.change("t", leader)
			for n := range i%3 + 1 {
				l.stageOnly(leader, "t", fmt.Sprintf("of %d in %d: %d", leader, i, n))
			}
		}
		l.reconnect()
		l.settled("t")
		for _, id := range []int32{1, 3} {
			if !bytes.Equal(l.bytes(id, "t"), l.bytes(2, "t")) {
				t.Errorf("the logs of %d and 2 are not the same bytes", id)
			}
			if got, want := l.part(id, "t").log.Epochs(), l.part(2, "t").log.Epochs(); !slices.Equal(got, want) {
				t.Errorf("epochs of %d: %v, of 2: %v", id, got, want)
			}
		}
	}, 1, 2, 3)
}

// KIP-320: a leader that was replaced while it was frozen acknowledges nothing and
// gives nothing away, and what it took is gone when it hears of it.
func TestKIP320ZombieLeader(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.topic("t", 1, 2, 3)
		l.mustProduce(1, "t", "a")
		l.freeze(1)
		l.fence(1)
		l.mustProduce(2, "t", "b")
		told := 0
		p := l.part(1, "t")
		var at Staged
		l.brokers[1].set.o.Alive = nil // it does not even know that it hears nothing
		if err := p.Stage(someBatch("zombie"), StageOptions{NowMs: testNowMs, AllAcks: true}, &at); err != nil {
			t.Fatal(err)
		}
		if err := p.Commit(); err != nil {
			t.Fatal(err)
		}
		p.Await(at.Required(), at.Epoch, completeFunc(func(code int16) {
			told++
			if wire.ErrorCode(code) != ErrNotLeader {
				t.Errorf("told %d", code)
			}
		}), 1, testNowMs, testNowMs+1)
		time.Sleep(time.Minute)
		if hw := p.HighWatermark(); hw != 1 {
			t.Errorf("the watermark of the zombie is %d", hw)
		}
		if c := l.consume(1, "t", 12, "", 1, 0, 0); c.err != ErrUnknownEpoch {
			t.Errorf("who knows of the new leader is told %v", c.err)
		}
		if c := l.consume(2, "t", 12, "", 0, 0, 0); c.err != ErrFencedEpoch {
			t.Errorf("who knows the old leader only is told %v", c.err)
		}
		l.thawed(1)
		l.settled("t")
		if told != 1 {
			t.Errorf("the zombie's producer was told %d times", told)
		}
		if got := l.values(1, "t"); !slices.Equal(got, []string{"a", "b"}) {
			t.Errorf("the log is %v", got)
		}
	}, 1, 2, 3)
}

// KAFKA-14704: the watermark of a follower never passes its own log.
func TestKAFKA14704WatermarkAfterTruncation(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.topic("t", 1, 2)
		l.mustProduce(1, "t", "a", "b", "c")
		p := l.part(2, "t")
		time.Sleep(time.Second)
		role := p.follow.Load()
		p.followWatermark(role, 100, p.log.EndOffset())
		if hw := p.HighWatermark(); hw != 3 {
			t.Errorf("watermark %d with 3 records", hw)
		}
		p.followWatermark(&followership{epoch: 9}, 2, 3)
		p.followWatermark(role, 1, 3)
		if hw := p.HighWatermark(); hw != 3 {
			t.Errorf("it went back to %d", hw)
		}
	}, 1, 2)
}

// KAFKA-16452: whatever the checkpoint says, the watermark lies within the log.
func TestKAFKA16452CorruptWatermarkCheckpoint(t *testing.T) {
	for _, checkpoint := range []int64{-1, 0, 3, 1 << 40} {
		inLab(t, func(t *testing.T, l *lab) {
			l.topic("t", 1, 2)
			for i := range 10 {
				l.mustProduce(1, "t", fmt.Sprint(i))
			}
			if _, err := l.part(1, "t").DeleteRecords(5); err != nil {
				t.Fatal(err)
			}
			if err := l.brokers[1].set.SaveStarts([]*Partition{l.part(1, "t")}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
			if start := l.part(2, "t").log.StartOffset(); start != 5 {
				t.Errorf("the follower's log starts at %d", start)
			}
			b := l.brokers[1]
			mem := b.logs.mem
			l.kill(1)
			b.start(mem, map[commitlog.TopicPartition]int64{{Topic: "t"}: checkpoint})
			l.change("t", keepLeader, 1, 2)
			l.change("t", 1)
			if hw := l.part(1, "t").HighWatermark(); hw < l.part(1, "t").log.StartOffset() || hw > 10 {
				t.Errorf("checkpoint %d: watermark %d", checkpoint, hw)
			}
			l.mustProduce(1, "t", "more")
			l.settled("t")
		}, 1, 2)
	}
}

// KAFKA-3978: watermarks do not go back when the leadership moves.
func TestKAFKA3978WatermarkAndLeadership(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.topic("t", 1, 2, 3)
		for i := range 30 {
			leader := int32(i%3 + 1)
			l.change("t", leader)
			before := l.part(leader, "t").HighWatermark()
			l.mustProduce(leader, "t", fmt.Sprint(i))
			if hw := l.part(leader, "t").HighWatermark(); hw < before || hw != int64(i+1) {
				t.Errorf("watermark %d after %d, %d records", hw, before, i+1)
			}
		}
		l.settled("t")
	}, 1, 2, 3)
}

// KIP-207: until a new leader's watermark has reached what was there before it, the
// end of the log is not known.
func TestKIP207OffsetNotAvailable(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.topic("t", 1, 2)
		l.disconnect(2, 1)
		l.disconnect(1, 2)
		time.Sleep(time.Second)
		l.stageOnly(1, "t", "a")
		l.change("t", 2)
		l.change("t", 1)
		p := l.part(1, "t")
		latest := OffsetQuery{Timestamp: LatestTimestamp, LeaderEpoch: -1}
		if _, err := p.OffsetFor(latest); err != ErrOffsetNotAvailable {
			t.Errorf("latest: %v", err)
		}
		if c := l.consume(1, "t", 12, "", -1, 1, 0); c.err != nil || c.values != nil {
			t.Errorf("between watermark and end: %+v", c)
		}
		l.reconnect()
		time.Sleep(10 * time.Second)
		if found, err := p.OffsetFor(latest); err != nil || found.Offset != 1 {
			t.Errorf("then: %+v %v", found, err)
		}
	}, 1, 2)
}

// KAFKA-10778: after one failed write nothing is appended or acknowledged any more.
func TestKAFKA10778AppendAfterAnError(t *testing.T) {
	w := newWorld(t)
	broken := false
	w.logs.env.FS = vfs.NewErrorFS(w.logs.env.FS, func(op vfs.Op, name string) error {
		if broken && op == vfs.OpWrite && strings.HasSuffix(name, ".log") {
			return errors.New("input/output error")
		}
		return nil
	})
	p := w.topic("t", 1, 2)
	w.append(p, "a")
	broken = true
	var at Staged
	if err := p.Stage(someBatch("b"), StageOptions{NowMs: testNowMs}, &at); err != nil {
		t.Fatal(err)
	}
	if err := p.Commit(); !errors.Is(err, ErrStorage) {
		t.Errorf("commit: %v", err)
	}
	broken = false
	if err := p.Stage(someBatch("c"), StageOptions{NowMs: testNowMs}, &at); !errors.Is(err, ErrStorage) {
		t.Errorf("stage: %v", err)
	}
	p.followerHas(2, 2)
	if hw := p.watermark.Load(); hw > 1 || len(w.logs.reports) == 0 {
		t.Errorf("watermark %d, %d reports", hw, len(w.logs.reports))
	}
}

// Redpanda 3039: a producer that sends a batch again after its leader died is told the
// offset of the first one, by whoever leads then, also after a restart of that one.
func TestRedpanda3039DuplicatesAfterFailovers(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.topic("t", 1, 2)
		send := func(broker, seq int32) (at Staged, err error) {
			o := batch.NoProducer()
			o.ProducerID, o.ProducerEpoch, o.BaseSequence = 7, 0, seq
			b := batch.NewBuilder(o)
			b.Append(testNowMs, nil, fmt.Append(nil, seq))
			p := l.part(broker, "t")
			if err = p.Stage(b.Build(nil), StageOptions{NowMs: testNowMs, AllAcks: true}, &at); err == nil {
				err = p.Commit()
			}
			return at, err
		}
		for seq := range int32(7) {
			if at, err := send(1, seq); err != nil || at.Duplicate || at.BaseOffset != int64(seq) {
				t.Fatalf("%d: %+v %v", seq, at, err)
			}
		}
		time.Sleep(time.Second)
		l.kill(1)
		again := func(why string) {
			t.Helper()
			for seq := int32(2); seq < 7; seq++ { // the last five, as Kafka remembers
				if at, err := send(2, seq); err != nil || !at.Duplicate || at.BaseOffset != int64(seq) {
					t.Errorf("%s, %d: %+v %v", why, seq, at, err)
				}
			}
		}
		again("the follower leads")
		l.kill(2)
		l.restart(2, false)
		time.Sleep(time.Second)
		again("it died and leads again")
		if at, err := send(2, 7); err != nil || at.Duplicate || at.BaseOffset != 7 {
			t.Errorf("the next one: %+v %v", at, err)
		}
		if _, err := send(2, 9); !errors.Is(err, ErrOutOfOrderSequence) {
			t.Errorf("one that is too new: %v", err)
		}
		l.restart(1, false)
		l.settled("t")
	}, 1, 2)
}

// KAFKA-12257: a topic that was deleted and created anew has nothing of the old one,
// on no replica.
func TestKAFKA12257TopicCreatedAnew(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.topic("t", 1, 2)
		for i := range 5 {
			l.mustProduce(1, "t", fmt.Sprint("old ", i))
		}
		l.freeze(2) // it hears of both at once
		p := &wire.PartitionRecord{}
		p.SetDefaults()
		p.TopicId, p.PartitionId, p.Leader, p.LeaderEpoch, p.PartitionEpoch = id("again"), 0, 1, 0, 0
		p.Replicas, p.Isr = []int32{1, 2}, []int32{1, 2}
		l.apply(&wire.RemoveTopicRecord{TopicId: id("t")}, &wire.TopicRecord{Name: "t", TopicId: id("again")}, p)
		l.stageOnly(1, "t", "new")
		time.Sleep(time.Second)
		l.thaw(2)
		l.settled("t")
		if got := l.values(2, "t"); !slices.Equal(got, []string{"new"}) {
			t.Errorf("the log is %v", got)
		}
	}, 1, 2)
}

// A follower whose leader deleted more than it has begins where the leader's log
// does; one that has more than its leader, without knowing any epoch, is cut.
func TestOffsetsOutOfTheLeadersRange(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.topic("t", 1, 2)
		l.disconnect(2, 1)
		time.Sleep(time.Second)
		l.stageOnly(1, "t", "0")
		time.Sleep(time.Minute) // 2 leaves the ISR
		for i := range 4 {
			l.mustProduce(1, "t", fmt.Sprint(i))
		}
		if _, err := l.part(1, "t").DeleteRecords(3); err != nil {
			t.Fatal(err)
		}
		l.reconnect()
		l.settled("t")
		if log := l.part(2, "t").log; log.StartOffset() != 3 || log.EndOffset() != 5 {
			t.Errorf("the follower has %d to %d", log.StartOffset(), log.EndOffset())
		}
		l.disconnect(2, 1)
		time.Sleep(time.Second)
		if err := l.part(2, "t").log.TruncateFullyAndStartAt(50); err != nil {
			t.Fatal(err)
		}
		l.change("t", 1) // so that it looks where its log ends
		l.reconnect()
		time.Sleep(10 * time.Second)
		if log := l.part(2, "t").log; log.StartOffset() != 3 || log.EndOffset() != 5 {
			t.Errorf("after it was cut the follower has %d to %d", log.StartOffset(), log.EndOffset())
		}
	}, 1, 2)
}

// bytes is a broker's log as it is in its segments.
func (l *lab) bytes(broker int32, topic string) (all []byte) {
	l.t.Helper()
	log := l.part(broker, topic).log
	for next := log.StartOffset(); next < log.EndOffset(); {
		slice, err := log.Read(next, 1<<20, log.EndOffset(), true)
		if err != nil {
			l.t.Fatal(err)
		}
		b, err := slice.Bytes()
		if err != nil {
			l.t.Fatal(err)
		}
		next = slice.NextOffset
		slice.Release()
		all = append(all, b...)
	}
	return all
}
