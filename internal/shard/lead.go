package shard

import (
	"errors"
	"fmt"
)

// errSuperseded ends a load that a newer notification has made pointless.
var errSuperseded = errors.New("superseded by a newer leadership")

// Lead says that this node leads the log in that epoch. The shard loads the log
// and then decides. While it leads or loads, an epoch that is not newer is
// ignored; a newer one drops the head and loads again.
func (s *Shard) Lead(epoch int32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dead != nil || s.target.lead && epoch <= s.target.epoch {
		return
	}
	s.target = target{gen: s.target.gen + 1, lead: true, epoch: epoch}
	s.startLocked()
}

// Resign says that this node no longer leads the log. It returns at once; the
// machine is unloaded on the loop.
func (s *Shard) Resign() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dead != nil || !s.target.lead {
		return
	}
	s.target = target{gen: s.target.gen + 1}
	s.startLocked()
}

// Leading tells whether a decision that is submitted now would be taken. It may
// change before the next one is.
func (s *Shard) Leading() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refusalLocked() == nil
}

// targetGen is the generation of what is wanted now.
func (s *Shard) targetGen() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.target.gen
}

// follow goes where the target says. A load that was superseded on its way leaves
// readyGen alone, so that the next round follows the newer target.
func (s *Shard) follow(aim target) {
	if s.leading {
		s.unload(ErrNotLeader)
	}
	s.unled = ErrNotLeader
	if aim.lead {
		err := s.load(aim)
		if errors.Is(err, errSuperseded) {
			return
		}
		if err != nil {
			s.unled = fmt.Errorf("%w: %w", ErrLoadFailed, err)
			if s.loadFailed != nil {
				s.loadFailed(aim.epoch, err)
			}
		}
	}
	s.mu.Lock()
	s.readyGen = aim.gen
	closing := s.closing
	if s.dead == nil || s.target.gen != aim.gen {
		closing = nil
	} else {
		s.unled = s.dead
	}
	s.mu.Unlock()
	if closing != nil {
		close(closing)
	}
	if s.leading {
		s.machine.Loaded(s.rt.wallMs())
	}
}

// load replays the log into the machine, which is empty.
func (s *Shard) load(aim target) error {
	next, err := s.log.Read(0, func(offset int64, r Record) error {
		if s.targetGen() != aim.gen {
			return errSuperseded
		}
		return s.machine.Replay(offset, r)
	})
	if s.targetGen() != aim.gen {
		err = errSuperseded // whatever else went wrong with it
	}
	if err != nil {
		s.cancelAll()
		s.machine.Unloaded(err)
		return err
	}
	s.leading, s.epoch, s.head = true, aim.epoch, next
	return nil
}

// unload gives up leadership: answers whose commit is known leave, the others
// learn that their fate is not.
func (s *Shard) unload(err error) {
	s.settle()
	s.leading = false
	for s.waiting.len() > 0 {
		w := s.waiting.pop()
		if w.read {
			w.done(err)
		} else {
			w.done(ErrUnknownOutcome)
		}
	}
	s.confirm = confirmState{begun: s.confirm.begun}
	s.cancelAll()
	s.machine.Unloaded(err)
}
