package replica

import "sync/atomic"

// fetchWaiter is one fetch that waits for more bytes. It is part of a pooled
// Fetch: waiting allocates nothing.
type fetchWaiter struct {
	ch      chan struct{} // capacity 1
	missing atomic.Int64  // bytes until the fetch may be answered
}

// wake makes the fetch look again. It may look in vain.
func (w *fetchWaiter) wake() {
	select {
	case w.ch <- struct{}{}:
	default:
	}
}

// fetchWait is a fetchWaiter's place in the list of one partition.
type fetchWait struct {
	w          *fetchWaiter
	p          *Partition // nil while not in a list
	prev, next *fetchWait

	seenEnd   int64 // high watermark when the fetch last looked
	seenBytes int64 // size of the log then
}

// await puts n into the partition's list. It reports false when something
// happened since the fetch looked: then n is in no list and the fetch looks again.
func (p *Partition) await(n *fetchWait, r *FetchResult) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lead.Load() != r.lead || p.follow.Load() != r.follow || p.gone.Load() || p.watermark.Load() != n.seenEnd {
		return false
	}
	n.p, n.prev, n.next = p, nil, p.fetches
	if n.next != nil {
		n.next.prev = n
	}
	p.fetches = n
	n.seenBytes = p.log.Size()
	return true
}

// leave takes n out of its list, if it is in one.
func (n *fetchWait) leave() {
	p := n.p
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if n.next != nil {
		n.next.prev = n.prev
	}
	if n.prev != nil {
		n.prev.next = n.next
	} else {
		p.fetches = n.next
	}
	n.p, n.prev, n.next = nil, nil, nil
}

// wakeFetchesLocked wakes the waiting fetches that have enough to read now that
// the watermark moved. How many bytes became readable is estimated by the growth
// of the log; a fetch that was woken too early waits again. So does one that
// reads decided transactions only and saw an undecided one grow.
func (p *Partition) wakeFetchesLocked() {
	if p.fetches == nil {
		return
	}
	size := p.log.Size()
	end := p.watermark.Load()
	for n := p.fetches; n != nil; n = n.next {
		grown := max(size-n.seenBytes, 1)
		n.seenEnd, n.seenBytes = end, size
		if n.w.missing.Add(-grown) <= 0 {
			n.w.wake()
		}
	}
}
