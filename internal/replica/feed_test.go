package replica

import (
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/wire"
)

// TestNothingHidesAnAppend: whoever looks at the end of the log between an append and its
// advance, that append is told to the sessions of all followers. One that was not told
// would wait, and acks=all with it.
func TestNothingHidesAnAppend(t *testing.T) {
	for name, look := range map[string]func(p *Partition){
		"nobody":                   func(*Partition) {},
		"another follower's fetch": func(p *Partition) { p.followerHas(2, 0) },
		"a review of the ISR":      (*Partition).reviewISR,
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.set.o.Replication.LagTimeMax = time.Hour
			w.set.o.AlterPartition = func(*wire.AlterPartitionRequest) (*wire.AlterPartitionResponse, error) {
				t.Error("nobody lags")
				return nil, ErrNotLeader
			}
			p := w.topic("t", 1, 2, 3)
			p.followerHas(2, 0)
			p.followerHas(3, 0)
			f := newFeed(time.Hour)
			third := &watch{feed: f}
			third.listen(p)
			if !f.park(time.Hour, false) {
				t.Fatal("there is something to fetch from an empty log")
			}
			if err := p.Stage(someBatch("a"), StageOptions{NowMs: testNowMs, AllAcks: true}, &Staged{}); err != nil {
				t.Fatal(err)
			}
			if err := p.log.Commit(); err != nil {
				t.Fatal(err)
			}
			look(p)
			p.advance()
			select {
			case <-f.wake:
			default:
				t.Error("the waiting fetch was not woken")
			}
			if looks := f.take(nil); len(looks) != 1 {
				t.Errorf("%d partitions to look at", len(looks))
			}
		})
	}
}
