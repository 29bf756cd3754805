package replica

import (
	"slices"
	"time"

	"github.com/brolga-io/brolga/internal/wire"
)

// Stepper stands in for the goroutines of a Set, so that everything that it does can
// be driven by one goroutine, in an order which is known. A simulation that replays
// from a seed needs that; nothing else does.
type Stepper interface {
	// Follow hands over a new fetcher, which is to be stepped until it has Stopped.
	Follow(f Fetcher)
}

// Fetcher is a fetcher that is stepped: Prepare, then Answered if there was something
// to ask, and so on.
type Fetcher struct{ f *fetcher }

// Leader is the broker that the fetcher copies from.
func (f Fetcher) Leader() int32 { return f.f.key.leader }

// Stopped tells that nothing is left to copy from that broker.
func (f Fetcher) Stopped() bool {
	f.f.mu.Lock()
	defer f.f.mu.Unlock()
	return f.f.stopped
}

// Prepare returns the next request and where the answer to it goes, or nil and for how
// long there is nothing to ask unless Apply has orders before.
func (f Fetcher) Prepare() (req *wire.FetchRequest, resp *wire.FetchResponse, wait time.Duration) {
	ask, wait := f.f.prepare()
	if !ask {
		return nil, nil, wait
	}
	return &f.f.req, &f.f.resp, 0
}

// Answered takes over the answer, or the error there was instead.
func (f Fetcher) Answered(err error) { f.f.answered(err) }

// ISRRequest is the next request to the controller, nil if there is nothing to ask.
// settle takes the answer or an error, and tells whether every outcome is known; what
// is not is asked again with the next request.
func (s *Set) ISRRequest() (req *wire.AlterPartitionRequest, settle func(*wire.AlterPartitionResponse, error) (done bool)) {
	req, asked := s.isr.take()
	if len(asked) == 0 {
		return nil, nil
	}
	return req, func(resp *wire.AlterPartitionResponse, err error) bool { return s.isr.settle(asked, resp, err) }
}

// ReviewISR looks for replicas that lag, or have caught up.
func (s *Set) ReviewISR() {
	for _, p := range s.Sorted() {
		p.reviewISR()
	}
}

// Sorted returns the partitions on this broker in an order that does not depend on
// chance.
func (s *Set) Sorted() []*Partition {
	var all []*Partition
	s.All(func(p *Partition) { all = append(all, p) })
	slices.SortFunc(all, comparePartitions)
	return all
}

// Look is one round of Run for a follower's fetch, which must not be Run then: it
// returns true when Results are to be answered, else it is called again when something
// may have happened since begin, when it came. Expired says that it was held for long
// enough.
func (f *Fetch) Look(begin time.Time, expired bool) (done bool) {
	f.session.feed.heardMs.Store(begin.Sub(f.set.began).Milliseconds())
	if done, _, _ = f.look(begin, expired); done {
		f.keepLooked()
		return true
	}
	f.releaseSlices()
	return false
}
