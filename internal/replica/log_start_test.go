package replica

import (
	"fmt"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/wire"
)

// TestFollowersHearOfRetention: followers begin where their leader's log does also when
// retention shortens it and nothing is written any more. One of them may lead next.
func TestFollowersHearOfRetention(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.topic("t", 1, 2)
		for i := range 4 {
			l.mustProduce(1, "t", fmt.Sprint(i))
		}
		l.settled("t")
		if err := l.part(1, "t").log.AdvanceStartOffset(2); err != nil { // as retention does
			t.Fatal(err)
		}
		l.brokers[1].set.LogShortened(commitlog.TopicPartition{Topic: "t"})
		time.Sleep(time.Second)
		if start := l.part(2, "t").log.StartOffset(); start != 2 {
			t.Errorf("the follower begins at %d", start)
		}
		l.brokers[1].set.LogShortened(commitlog.TopicPartition{Topic: "unknown"})
		l.brokers[1].set.LogShortened(commitlog.TopicPartition{Topic: "t", Partition: 7})
	}, 1, 2)
}

// TestLeaderHearsOfItsFollowersRetention: also when the follower's was faster, so that
// nothing is left to do when it hears of the leader's. Until then it could not join the ISR.
func TestLeaderHearsOfItsFollowersRetention(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.topic("t", 1, 2)
		for i := range 4 {
			l.mustProduce(1, "t", fmt.Sprint(i))
		}
		l.settled("t")
		for _, id := range []int32{2, 1} {
			if err := l.part(id, "t").log.AdvanceStartOffset(2); err != nil {
				t.Fatal(err)
			}
			l.brokers[id].set.LogShortened(commitlog.TopicPartition{Topic: "t"})
			time.Sleep(time.Second)
		}
		if low, err := l.part(1, "t").AwaitLowWatermark(2, time.Now().Add(time.Second), nil); low != 2 || err != nil {
			t.Errorf("low watermark %d, %v", low, err)
		}
	}, 1, 2)
}

// TestFollowerSavesItsStart: when the leader knows that every replica begins later, a kill
// of both does not bring the records back, whoever leads then.
func TestFollowerSavesItsStart(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.topic("t", 1, 2)
		for i := range 4 {
			l.mustProduce(1, "t", fmt.Sprint(i))
		}
		l.settled("t")
		p := l.part(1, "t")
		start, err := p.DeleteRecords(3)
		if err == nil {
			err = l.brokers[1].set.SaveStarts([]*Partition{p})
		}
		if err != nil {
			t.Fatal(err)
		}
		if low, err := p.AwaitLowWatermark(start, time.Now().Add(10*time.Second), nil); low != 3 || err != nil {
			t.Fatalf("low watermark %d, %v", low, err)
		}
		l.kill(1)
		l.kill(2)
		l.restart(2, false)
		l.restart(1, false)
		l.settled("t")
		for _, id := range []int32{1, 2} {
			if start := l.part(id, "t").log.StartOffset(); start != 3 {
				t.Errorf("after the kill broker %d begins at %d", id, start)
			}
		}
	}, 1, 2)
}

// TestDeletionAwaitsLiveReplicas: the answer to DeleteRecords waits for a replica that is
// alive and hears nothing, not for one whose broker is fenced.
func TestDeletionAwaitsLiveReplicas(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.topic("t", 1, 2)
		l.mustProduce(1, "t", "a")
		l.mustProduce(1, "t", "b")
		l.settled("t")
		l.disconnect(2, 1)
		time.Sleep(time.Second)
		p := l.part(1, "t")
		if _, err := p.DeleteRecords(1); err != nil {
			t.Fatal(err)
		}
		if low, err := p.AwaitLowWatermark(1, time.Now().Add(10*time.Second), nil); err != wire.RequestTimedOut {
			t.Errorf("low watermark %d, %v", low, err)
		}
		l.fence(2)
		if low, err := p.AwaitLowWatermark(1, time.Now().Add(10*time.Second), nil); low != 1 || err != nil {
			t.Errorf("low watermark %d, %v", low, err)
		}
	}, 1, 2)
}

// TestJoinerBeginsWhereItsLeaderDoes: a replica that was away while records were deleted
// does not join the ISR before it has heard of that: it may lead next.
func TestJoinerBeginsWhereItsLeaderDoes(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.topic("t", 1, 2)
		for i := range 4 {
			l.mustProduce(1, "t", fmt.Sprint(i))
		}
		l.settled("t")
		l.kill(2)
		if _, err := l.part(1, "t").DeleteRecords(3); err != nil {
			t.Fatal(err)
		}
		joined := false
		l.onAlter(func(req *wire.AlterPartitionRequest) error {
			for _, s := range req.Topics[0].Partitions[0].NewIsrWithEpochs {
				if s.BrokerId == 2 {
					joined = true
					if start := l.brokers[2].logs.open[commitlog.TopicPartition{Topic: "t"}].StartOffset(); start != 3 {
						t.Errorf("it joins with a log that begins at %d", start)
					}
				}
			}
			return nil
		})
		l.restart(2, false)
		l.settled("t")
		if !joined {
			t.Error("it did not join")
		}
	}, 1, 2)
}
