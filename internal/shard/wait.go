package shard

// answer is a Done that waits for a commit.
type answer struct {
	end   int64  // everything below it must be committed
	round uint64 // for a read, the confirmation that must have ended
	read  bool
	done  func(err error)
}

// answers is a queue; end never falls from front to back.
type answers struct {
	items []answer
	first int
}

func (q *answers) len() int { return len(q.items) - q.first }

func (q *answers) push(a answer) { q.items = append(q.items, a) }

func (q *answers) pop() answer {
	a := q.items[q.first]
	q.items[q.first] = answer{}
	q.first++
	switch {
	case q.first == len(q.items) && cap(q.items) > keptQueue:
		*q = answers{}
	case q.first == len(q.items):
		q.items, q.first = q.items[:0], 0
	case q.first > keptQueue && q.first > len(q.items)/2:
		n := copy(q.items, q.items[q.first:])
		clear(q.items[n:])
		q.items, q.first = q.items[:n], 0
	}
	return a
}

// confirmation is the result of the last round that ended.
type confirmation struct {
	round uint64
	err   error
}

// confirmState numbers the rounds of the log's Confirm: one is under way at most,
// and all reads decided meanwhile share the next.
type confirmState struct {
	begun    uint64
	underWay bool
}

// awaitRead answers a decision without records when everything it saw is
// committed and, where the log asks for that, leadership was confirmed since.
func (s *Shard) awaitRead(done func(err error)) {
	if done == nil {
		return
	}
	a := answer{end: s.head, read: true, done: done}
	if s.confirmer != nil {
		a.round = s.confirm.begun + 1
	}
	s.waiting.push(a)
	s.settle()
}

// awaitWrite answers a decision whose records end at that offset.
func (s *Shard) awaitWrite(end int64, done func(err error)) {
	if done != nil {
		s.waiting.push(answer{end: end, done: done})
	}
	s.settle()
}

// settle lets every answer go that waits for nothing any more, in order.
func (s *Shard) settle() {
	for s.leading && s.waiting.len() > 0 {
		committed := s.log.Committed(s.epoch)
		a := s.waiting.items[s.waiting.first]
		if a.end > committed {
			return
		}
		var err error
		// A commit past what a read saw proves leadership after that read.
		if a.round > 0 && committed == a.end {
			c := s.confirmation(a.round)
			if c.round < a.round {
				return
			}
			err = c.err
		}
		s.waiting.pop()
		a.done(err)
	}
}

// confirmation returns the last round that ended. If the wanted one has not even
// begun it begins it, unless an earlier one is still under way.
func (s *Shard) confirmation(wanted uint64) confirmation {
	c := s.lastConfirmed()
	if c.round >= s.confirm.begun {
		s.confirm.underWay = false
	}
	if c.round >= wanted || s.confirm.underWay {
		return c
	}
	s.confirm.begun++
	s.confirm.underWay = true
	round := s.confirm.begun
	s.confirmer.Confirm(s.epoch, func(err error) { s.roundEnded(round, err) })
	return s.lastConfirmed()
}

func (s *Shard) lastConfirmed() confirmation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.confirmed
}

// roundEnded may be called from anywhere, on the loop too.
func (s *Shard) roundEnded(round uint64, err error) {
	s.mu.Lock()
	if round > s.confirmed.round {
		s.confirmed = confirmation{round, err}
	}
	s.moved = true
	s.startLocked()
	s.mu.Unlock()
}
