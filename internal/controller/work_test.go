package controller

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/wire"
)

// crowd is a cluster of three brokers with more partitions than fit into a batch.
func newCrowd(t *testing.T, batchRecords int) *life {
	l := newLife(t, []int32{1, 2, 3}, "min.insync.replicas", "2")
	l.create("many", 40, 3)
	l.limitBatches(batchRecords)
	return l
}

// limitBatches makes the batches of longer work small.
func (f *fixture) limitBatches(records int) {
	f.t.Helper()
	_, err := decide(f.c, func(d *decision) (int, error) {
		d.batchRecords = records
		return 0, nil
	})
	if err != nil {
		f.t.Fatal(err)
	}
}

// states shows all partitions.
func (f *fixture) states() string {
	var all []string
	for t := range f.image().Topics() {
		for id, p := range t.Partitions() {
			all = append(all, fmt.Sprintf("%s-%d %v %s", t.Name, id, p.Replicas, partitionState(p)))
		}
	}
	return strings.Join(all, "\n")
}

// TestLargeWork: what is done batch by batch ends where it would if one batch had
// room for all of it.
func TestLargeWork(t *testing.T) {
	const small, large = 4, 10_000
	stop := func(r *wire.BrokerHeartbeatRequest) { r.WantShutDown = true }
	for name, do := range map[string]func(l *life){
		"silent":           func(l *life) { time.Sleep(5 * time.Second) },
		"wants its fence":  func(l *life) { l.fence(1) },
		"shuts down":       func(l *life) { l.beat(1, l.epochs[1], stop) },
		"restarts intact":  func(l *life) { l.restart(1, true) },
		"restarts and not": func(l *life) { l.restart(1, false) },
		"is unregistered":  func(l *life) { l.unregister(1) },
		"all silent, one back": func(l *life) {
			time.Sleep(5 * time.Second)
			for _, id := range []int32{3, 1} {
				l.beat(id, l.epochs[id])
				synctest.Wait()
			}
		},
		"loses its directory": func(l *life) {
			for range 12 {
				l.beat(1, l.epochs[1], func(r *wire.BrokerHeartbeatRequest) { r.OfflineLogDirs = []wire.UUID{{2, 1}} })
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			var ends [2]string
			for i, limit := range []int{small, large} {
				synctest.Test(t, func(t *testing.T) {
					l := newCrowd(t, limit)
					before := len(l.log.Batches())
					do(l)
					synctest.Wait()
					ends[i] = l.states()
					batches := l.log.Batches()[before:]
					for _, b := range batches {
						if len(b) > limit+1 { // and the record of the broker itself
							t.Errorf("a batch of %d records, at most %d", len(b), limit)
						}
					}
					if limit == small && len(batches) < 3 {
						t.Errorf("only %d batches", len(batches))
					}
					l.check()
				})
			}
			if ends[0] != ends[1] {
				t.Errorf("in small batches:\n%s\nin one batch:\n%s", ends[0], ends[1])
			}
		})
	}
}

// TestLargeShutdown: a broker with many leaderships may go when all are moved.
func TestLargeShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newCrowd(t, 4)
		stop := func(r *wire.BrokerHeartbeatRequest) { r.WantShutDown = true }
		if resp := l.beat(1, l.epochs[1], stop); resp.ShouldShutDown || resp.IsFenced {
			t.Fatalf("%+v", resp)
		}
		synctest.Wait()
		if resp := l.beat(1, l.epochs[1], stop); resp.ShouldShutDown {
			t.Fatalf("before the others have seen it: %+v", resp)
		}
		l.beat(2, l.epochs[2])
		l.beat(3, l.epochs[3])
		synctest.Wait()
		resp := l.beat(1, l.epochs[1], stop)
		if !resp.ShouldShutDown {
			t.Fatalf("%+v", resp)
		}
		for id := range l.image().TopicByName("many").Partitions() {
			if p := l.image().TopicByName("many").Partition(id); p.Leader == 1 || len(p.ISR) != 2 {
				t.Fatalf("partition %d: %s", id, partitionState(p))
			}
		}
	})
}

// TestWorkIsTakenOver: a controller that takes over in the middle of another's work
// ends it.
func TestWorkIsTakenOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newCrowd(t, 4)
		time.Sleep(4 * time.Second) // all are silent
		synctest.Wait()
		l.log.Hold()
		go func() {
			req := &wire.BrokerHeartbeatRequest{BrokerId: 3, BrokerEpoch: l.epochs[3], CurrentMetadataOffset: l.log.End()}
			_, _ = l.c.BrokerHeartbeat(Caller{}, req)
		}()
		synctest.Wait() // its first batch waits for its commit
		l.c.Resign()
		l.log.Release()
		l.c.Lead(2)
		<-l.active
		synctest.Wait()
		// The last that was fenced is the only one that all partitions can be led by.
		for id, p := range l.image().TopicByName("many").Partitions() {
			if p.Leader != 3 {
				t.Errorf("partition %d: %s", id, partitionState(p))
			}
		}
	})
}

// TestNoRoomInTheLog: what the log has no room for now is tried again.
func TestNoRoomInTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newCrowd(t, 4)
		l.log.FailAppends(shard.ErrOverloaded)
		time.Sleep(4 * time.Second)
		if got := l.state(); !strings.HasPrefix(got, "leader 1 epoch 0") {
			t.Fatal(got)
		}
		l.log.FailAppends(nil)
		time.Sleep(time.Second)
		synctest.Wait()
		for b := range l.image().Brokers() {
			if !b.Fenced {
				t.Errorf("broker %d is not fenced", b.ID)
			}
		}
	})
}
