package floor

import "sync"

// waiting are the answers of a connection that wait for followers, in order.
type waiting struct {
	mu   sync.Mutex
	out  []byte
	each []held
}

// held is an answer that may go when the watermark of its partition is at need.
type held struct {
	p    *partition
	need int64
	size int
}

// hold has a connection told when the watermark moves.
func (p *partition) hold(k *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, other := range p.held {
		if other == k {
			return
		}
	}
	p.held = append(p.held, k)
}

// hold keeps the answers of what was staged. Followers may have it by now, so it
// looks once more when it is in the lists.
func (k *conn) hold() {
	w := &k.waiting
	w.mu.Lock()
	for i := range k.staged {
		s := &k.staged[i]
		w.each = append(w.each, held{s.p, int64(be.Uint64(k.out[s.offsetAt:])) + s.count, s.size})
	}
	w.out = append(w.out, k.out...)
	k.out = k.out[:0]
	w.mu.Unlock()
	for i := range k.staged {
		if i == 0 || k.staged[i].p != k.staged[i-1].p {
			k.staged[i].p.hold(k)
		}
	}
	k.release()
}

// release sends the answers that need not wait any longer. It tells whether some
// are left.
func (k *conn) release() (left bool) {
	w := &k.waiting
	w.mu.Lock()
	defer w.mu.Unlock()
	n, bytes := 0, 0
	for n < len(w.each) && w.each[n].need <= w.each[n].p.committed() {
		bytes += w.each[n].size
		n++
	}
	if n > 0 {
		_, _ = k.c.Write(w.out[:bytes]) // the next read fails as well
		w.out = append(w.out[:0], w.out[bytes:]...)
		w.each = append(w.each[:0], w.each[n:]...)
	}
	return len(w.each) > 0
}

func (p *partition) committed() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.watermark
}

// followed notes that a follower, 1 or more, has everything before offset.
func (p *partition) followed(follower int, offset int64) {
	p.mu.Lock()
	p.followers[follower-1] = offset
	least := p.next
	for _, has := range p.followers {
		least = min(least, has)
	}
	var tell []*conn
	if least > p.watermark {
		p.watermark = least
		tell, p.held = p.held, nil
	}
	p.mu.Unlock()
	for _, k := range tell {
		if k.release() {
			p.hold(k)
			k.release() // the watermark may have moved in between
		}
	}
}
