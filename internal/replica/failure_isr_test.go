package replica

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/vfs"
	"github.com/brolga-io/brolga/internal/wire"
)

// KIP-966, the last replica standing: below min.insync.replicas nothing is
// committed, so the power failure of the last member of the ISR takes nothing that
// anybody saw.
func TestKIP966LastReplicaStanding(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.topic("t", 1, 2, 3)
		two := "2"
		l.apply(&wire.ConfigRecord{ResourceType: 2, ResourceName: "t", Name: "min.insync.replicas", Value: &two})
		l.mustProduce(1, "t", "a")
		time.Sleep(time.Second)
		l.kill(2)
		l.kill(3)
		if _, err := l.produce(1, "t", "b"); err != ErrNotEnoughReplicas {
			t.Errorf("acks=all: %v", err)
		}
		l.stageOnly(1, "t", "c")
		time.Sleep(time.Minute)
		if hw := l.part(1, "t").HighWatermark(); hw != 1 {
			t.Errorf("watermark %d", hw)
		}
		if c := l.consume(1, "t", 12, "", -1, 0, 0); len(c.values) != 1 {
			t.Errorf("consumers see %v", c.values)
		}
	}, 1, 2, 3)
}

// KAFKA-7128: right after an election the watermark may be old; who has no more than
// that does not join the ISR.
func TestKAFKA7128JoiningAfterAnElection(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.topic("t", 1, 2, 3, 4)
		for _, leader := range []int32{1, 2} {
			l.disconnect(3, leader)
			l.disconnect(4, leader)
		}
		l.disconnect(2, 1)
		time.Sleep(time.Second)
		l.onAlter(func(*wire.AlterPartitionRequest) error { return errNoConnection }) // or 3 joins again
		l.change("t", keepLeader, 1, 2, 4)
		for i := range 8 {
			l.stageOnly(1, "t", fmt.Sprint(i))
		}
		l.mu.Lock()
		for _, b := range l.brokers {
			b.set.o.Replication.FetchMaxBytes = 1 // one batch at a time
		}
		delete(l.cut, [2]int32{2, 1})
		l.mu.Unlock()
		for l.part(2, "t").log.EndOffset() < 8 {
			time.Sleep(time.Millisecond)
		}
		joins := 0
		l.onAlter(func(req *wire.AlterPartitionRequest) error {
			for _, s := range req.Topics[0].Partitions[0].NewIsrWithEpochs {
				if s.BrokerId == 3 {
					joins++
					if end := l.brokers[3].logs.open[commitlog.TopicPartition{Topic: "t"}].EndOffset(); end < 8 {
						t.Errorf("3 is to join with %d records of 8", end)
					}
				}
			}
			return nil
		})
		l.kill(1)
		l.mu.Lock()
		delete(l.cut, [2]int32{3, 2})
		l.mu.Unlock()
		time.Sleep(10 * time.Second)
		if hw := l.part(2, "t").HighWatermark(); hw != 0 {
			t.Errorf("watermark %d, 4 has nothing", hw)
		}
		if joins == 0 || len(l.values(3, "t")) != 8 {
			t.Errorf("%d joins, 3 has %v", joins, l.values(3, "t"))
		}
	}, 1, 2, 3, 4)
}

// KIP-903: a broker that comes back with an empty disk while its joining is asked for
// does not get in on what its process before had.
func TestKIP903EmptyDiskDuringAlterPartition(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.topic("t", 1, 2)
		for i := range 10 {
			l.mustProduce(1, "t", fmt.Sprint(i))
		}
		l.kill(2)
		asked := make(chan struct{}, 100)
		l.onAlter(func(*wire.AlterPartitionRequest) error {
			asked <- struct{}{}
			return errors.New("the controller is slow")
		})
		l.restart(2, false)
		<-asked
		l.kill(2)
		l.onAlter(func(req *wire.AlterPartitionRequest) error {
			if log := l.brokers[2].logs.open[commitlog.TopicPartition{Topic: "t"}]; log.EndOffset() < 10 {
				for _, s := range req.Topics[0].Partitions[0].NewIsrWithEpochs {
					if s.BrokerId == 2 && s.BrokerEpoch == l.brokers[2].epoch {
						t.Errorf("the new process of 2 is to join with %d records", log.EndOffset())
					}
				}
			}
			return nil
		})
		l.brokers[2].starts = nil
		l.brokers[2].start(vfs.NewMem(), nil)
		l.settled("t")
	}, 1, 2)
}

// KAFKA-13091: produces that wait for a replica which leaves the ISR are completed by
// its leaving.
func TestKAFKA13091ShrinkWhileProducesWait(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.topic("t", 1, 2)
		l.mustProduce(1, "t", "a")
		l.disconnect(2, 1)
		time.Sleep(time.Second)
		p := l.part(1, "t")
		var at Staged
		if err := p.Stage(someBatch("b"), StageOptions{NowMs: testNowMs, AllAcks: true}, &at); err != nil || p.Commit() != nil {
			t.Fatal(err)
		}
		done := make(chan int16, 1)
		begin := time.Now()
		p.Await(at.Required(), at.Epoch, completeFunc(func(code int16) { done <- code }), 1, testNowMs, testNowMs+1)
		if code := <-done; code != 0 {
			t.Errorf("told %d", code)
		}
		if d := time.Since(begin); d > 46*time.Second {
			t.Errorf("after %v", d)
		}
	}, 1, 2)
}

// KAFKA-13254: who is told that its record is committed, or that it never will be, may
// use the partition at once, however that came: by a follower's fetch, by the ISR, by the
// end of leadership. In Kafka some of these held a lock that the others wanted.
func TestKAFKA13254CompletionsUseThePartition(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.topic("t", 1, 2)
		p := l.part(1, "t")
		told := 0
		await := func() {
			var at Staged
			if err := p.Stage(someBatch("x"), StageOptions{NowMs: testNowMs, AllAcks: true}, &at); err != nil || p.Commit() != nil {
				t.Fatal(err)
			}
			p.Await(at.Required(), at.Epoch, completeFunc(func(code int16) {
				told++
				p.HighWatermark()
				p.reviewISR()
				var next Staged
				if p.Stage(someBatch("y"), StageOptions{NowMs: testNowMs, AllAcks: true}, &next) == nil && p.Commit() == nil {
					p.Await(next.Required(), next.Epoch, completeFunc(func(int16) {}), 1, testNowMs, testNowMs+1)
				}
			}), 1, testNowMs, testNowMs+1)
		}
		await() // committed by a fetch
		time.Sleep(time.Second)
		l.disconnect(2, 1)
		await() // by the shrunken ISR
		time.Sleep(2 * time.Minute)
		l.reconnect()
		await() // while it grows
		time.Sleep(time.Minute)
		l.disconnect(2, 1)
		await()
		l.change("t", 2) // never
		time.Sleep(time.Second)
		if told != 4 {
			t.Errorf("%d of 4 were told", told)
		}
		l.reconnect()
		l.settled("t")
	}, 1, 2)
}

// KAFKA-12686: while it is not known whether a replica was let into the ISR, the
// watermark waits for it, however long ago it was heard of.
func TestKAFKA12686OutcomeOfJoiningUnknown(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.topic("t", 1, 2)
		l.mustProduce(1, "t", "a")
		asked := make(chan struct{}, 10_000)
		l.onAlter(func(*wire.AlterPartitionRequest) error {
			asked <- struct{}{}
			return errors.New("no answer")
		})
		l.change("t", keepLeader, 1) // 2 is there, and joins again if it may
		l.stageOnly(1, "t", "b")
		<-asked
		time.Sleep(time.Second)
		l.disconnect(2, 1)
		time.Sleep(2 * time.Minute)
		l.stageOnly(1, "t", "c")
		time.Sleep(time.Second)
		if hw := l.part(1, "t").HighWatermark(); hw > 2 {
			t.Errorf("watermark %d", hw)
		}
		l.onAlter(nil)
		time.Sleep(2 * time.Minute) // it joins, lags, and leaves
		if hw := l.part(1, "t").HighWatermark(); hw != 3 {
			t.Errorf("then watermark %d", hw)
		}
		l.reconnect()
		l.settled("t")
	}, 1, 2)
}

// KAFKA-12751: an ISR change whose answer was lost is asked for again, is refused
// because it was done, and the next one works.
func TestKAFKA12751AnswerLost(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.topic("t", 1, 2)
		l.mu.Lock()
		l.lost = func(*wire.AlterPartitionResponse) error { return errors.New("connection lost") }
		l.mu.Unlock()
		for range 3 {
			l.disconnect(2, 1)
			l.stageOnly(1, "t", "x")
			time.Sleep(2 * time.Minute)
			if isr := l.state("t").ISR; len(isr) != 1 {
				t.Fatalf("ISR %v", isr)
			}
			l.reconnect()
			time.Sleep(time.Minute)
			if isr := l.state("t").ISR; len(isr) != 2 {
				t.Fatalf("ISR %v", isr)
			}
		}
		l.settled("t")
	}, 1, 2)
}

// TestManyPartitionsRestart: a broker that comes back is in every ISR again soon.
func TestManyPartitionsRestart(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		const topics = 50
		for i := range topics {
			l.topic(fmt.Sprint("t", i), int32(i%3+1), int32((i+1)%3+1), int32((i+2)%3+1))
		}
		var wg sync.WaitGroup
		for i := range topics {
			wg.Go(func() { l.mustProduce(int32(i%3+1), fmt.Sprint("t", i), "a") })
		}
		wg.Wait()
		l.kill(2)
		for i := range topics {
			l.mustProduce(l.state(fmt.Sprint("t", i)).Leader, fmt.Sprint("t", i), "b")
		}
		l.restart(2, false)
		begin := time.Now()
		time.Sleep(time.Second)
		synctest.Wait()
		for i := range topics {
			if isr := l.state(fmt.Sprint("t", i)).ISR; len(isr) != 3 {
				t.Errorf("t%d: ISR %v after %v", i, isr, time.Since(begin))
			}
		}
	}, 1, 2, 3)
}

// TestTwoJoinAtOnce: who is ready to join while another one's joining is under way
// joins right after it.
func TestTwoJoinAtOnce(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.topic("t", 1, 2, 3)
		l.mustProduce(1, "t", "a")
		l.kill(2)
		l.kill(3)
		l.mustProduce(1, "t", "b")
		l.mu.Lock()
		l.cut[[2]int32{2, 1}], l.cut[[2]int32{3, 1}] = true, true
		l.mu.Unlock()
		l.restart(2, false)
		l.restart(3, false)
		time.Sleep(20 * time.Second) // a moment after a review
		l.reconnect()
		time.Sleep(2 * time.Second)
		if isr := l.state("t").ISR; len(isr) != 3 {
			t.Errorf("ISR %v", isr)
		}
	}, 1, 2, 3)
}

// TestSilentReplicaStaysOut: below min.insync.replicas the watermark stands where a
// silent replica is; that alone does not let it in again.
func TestSilentReplicaStaysOut(t *testing.T) {
	inLab(t, func(t *testing.T, l *lab) {
		l.topic("t", 1, 2)
		two := "2"
		l.apply(&wire.ConfigRecord{ResourceType: 2, ResourceName: "t", Name: "min.insync.replicas", Value: &two})
		l.mustProduce(1, "t", "a")
		l.disconnect(2, 1)
		time.Sleep(time.Second)
		l.stageOnly(1, "t", "b")
		time.Sleep(10 * time.Minute)
		if p := l.state("t"); len(p.ISR) != 1 || p.PartitionEpoch > 1 {
			t.Errorf("ISR %v after %d changes", p.ISR, p.PartitionEpoch)
		}
		l.reconnect()
		l.settled("t")
	}, 1, 2)
}
