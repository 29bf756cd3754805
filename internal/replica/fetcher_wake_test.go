package replica

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/vfs"
)

// TestNoFollowerWakeIsLost has appends race with followers' fetches; a fetch that is
// held although there is something to tell would be for its full hour.
func TestNoFollowerWakeIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, false)
		for id := range int32(3) {
			b := &labBroker{lab: l, id: id + 1, applied: l.image, cfg: ReplicationConfig{WaitMax: time.Hour, LagTimeMax: 3 * time.Hour}}
			l.brokers[id+1] = b
			b.start(vfs.NewMem(), nil)
		}
		const topics, batches = 4, 100
		for i := range topics {
			l.topic(fmt.Sprint("t", i), 1, 2, 3)
		}
		time.Sleep(2 * time.Second) // after an election fetches are held for less
		begin := time.Now()
		var wg sync.WaitGroup
		for i := range topics {
			p := l.part(1, fmt.Sprint("t", i))
			wg.Go(func() {
				r := rand.New(rand.NewPCG(3, uint64(i)))
				for n := range batches {
					if r.IntN(3) == 0 {
						time.Sleep(time.Duration(r.IntN(5)) * time.Millisecond)
					}
					if err := p.Stage(someBatch(fmt.Sprint(n)), StageOptions{NowMs: testNowMs}, &Staged{}); err != nil || p.Commit() != nil {
						t.Errorf("append: %v", err)
					}
				}
			})
		}
		wg.Wait()
		time.Sleep(20 * time.Millisecond)
		for i := range topics {
			for _, id := range []int32{1, 2, 3} {
				if hw := l.part(id, fmt.Sprint("t", i)).HighWatermark(); hw != batches {
					t.Errorf("%v later the watermark of t%d on %d is %d of %d", time.Since(begin), i, id, hw, batches)
				}
			}
		}
	})
}
