package replica

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func inFsyncLab(t *testing.T, fn func(t *testing.T, l *lab), ids ...int32) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { fn(t, newLab(t, true, ids...)) })
}

// TestPowerFailureOfEveryBroker: with log.durability=fsync what was acknowledged is
// there again, whatever else is.
func TestPowerFailureOfEveryBroker(t *testing.T) {
	inFsyncLab(t, func(t *testing.T, l *lab) {
		l.topic("t", 1, 2, 3)
		var acked []string
		for i := range 20 {
			l.mustProduce(1, "t", fmt.Sprint(i))
			acked = append(acked, fmt.Sprint(i))
		}
		l.stageOnly(1, "t", "not acknowledged")
		for _, id := range []int32{1, 2, 3} {
			l.kill(id)
		}
		for _, id := range []int32{3, 2, 1} {
			l.restart(id, true)
		}
		l.settled("t")
		got := l.values(l.state("t").Leader, "t")
		if len(got) < len(acked) || !slices.Equal(got[:len(acked)], acked) {
			t.Errorf("after the failure there is %v", got)
		}
	}, 1, 2, 3)
}

// TestWatermarkWaitsForDisks: the leader's own disk counts too, and the disks work at
// the same time.
func TestWatermarkWaitsForDisks(t *testing.T) {
	inFsyncLab(t, func(t *testing.T, l *lab) {
		l.topic("one", 1)
		l.topic("two", 1, 2)
		time.Sleep(time.Second)
		for _, topic := range []string{"one", "two"} {
			begin := time.Now()
			l.stageOnly(1, topic, "a")
			if hw := l.part(1, topic).HighWatermark(); hw != 0 {
				t.Errorf("%s: watermark %d before the disk has it", topic, hw)
			}
			if c := l.consume(1, topic, 12, "", -1, 0, 0); c.values != nil {
				t.Errorf("%s: consumers see %v", topic, c.values)
			}
			l.mustProduce(1, topic, "b")
			if d := time.Since(begin); d < diskTime || d > 3*diskTime {
				t.Errorf("%s: acknowledged after %v", topic, d)
			}
		}
		synctest.Wait()
	}, 1, 2)
}

// TestFollowerWithoutFsync: a follower that does not tell what its disk has counts
// for nothing, so nothing is acknowledged on its word.
func TestFollowerWithoutFsync(t *testing.T) {
	inFsyncLab(t, func(t *testing.T, l *lab) {
		b := l.brokers[2]
		b.set.SetFlusher(nil)
		l.topic("t", 1, 2)
		l.stageOnly(1, "t", "a")
		time.Sleep(5 * time.Second)
		if hw := l.part(1, "t").HighWatermark(); hw != 0 {
			t.Errorf("watermark %d", hw)
		}
		if end := l.part(2, "t").log.EndOffset(); end != 1 {
			t.Errorf("the follower has %d records", end)
		}
	}, 1, 2)
}

// TestFsyncIsTurnedOnAndOff while partitions are in use: brokers learn of it one after
// the other, nothing that counted is taken back, and what is acknowledged once all know
// of it survives a power failure of every broker.
func TestFsyncIsTurnedOnAndOff(t *testing.T) {
	ids := []int32{1, 2, 3}
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, false, ids...)
		l.topic("t", 1, 2, 3)
		l.topic("idle", 1, 2, 3)
		l.mustProduce(1, "t", "a")
		l.mustProduce(1, "idle", "a")
		l.settled("t")
		hw := l.part(1, "t").HighWatermark()
		for _, order := range [][]int32{{1, 2, 3}, {3, 2, 1}} {
			for _, id := range order {
				l.brokers[id].set.SetFlusher(l.brokers[id].logs)
				if now := l.part(1, "t").HighWatermark(); now < hw {
					t.Fatalf("the watermark went back from %d to %d", hw, now)
				}
			}
			l.mustProduce(1, "t", "b") // waits for all
			l.mustProduce(1, "idle", "b")
			for _, id := range ids {
				log := l.part(id, "t").log
				if durable, want := log.RecoveryPoint(), l.part(1, "t").HighWatermark(); durable < want {
					t.Errorf("broker %d has %d on its disk, acknowledged is %d", id, durable, want)
				}
			}
			for _, id := range order {
				l.brokers[id].set.SetFlusher(nil)
			}
			l.mustProduce(1, "t", "c")
			l.settled("t")
			if now := l.part(1, "t").HighWatermark(); now <= hw {
				t.Fatalf("the watermark stands at %d", now)
			} else {
				hw = now
			}
		}
	})
}
