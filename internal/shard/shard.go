package shard

import "sync"

const (
	// inlineSteps bounds how many decisions one Submit runs on its caller's
	// goroutine before the loop moves to a goroutine of the runtime.
	inlineSteps = 64
	// keptQueue is the longest queue whose memory an idle shard keeps.
	keptQueue = 16
)

// Options says what a shard is made of. Log and Machine are required.
type Options struct {
	Log     Log
	Machine Machine
	// LoadFailed, if not nil, is told on the loop why a load failed; the shard
	// refuses everything with ErrLoadFailed until the next Lead.
	LoadFailed func(epoch int32, err error)
}

// Shard is one log with one machine and one event loop.
type Shard struct {
	rt         *Runtime
	log        Log
	confirmer  Confirmer // nil if the log needs no confirmation
	machine    Machine
	loadFailed func(epoch int32, err error)

	mu      sync.Mutex
	running bool // somebody runs the loop, or is about to
	queue   []task
	due     []*timer
	moved   bool // the log told of a commit
	target  target
	// readyGen is the generation of the target which the loop has reached.
	readyGen  uint64
	confirmed confirmation
	dead      error         // set by Close and after a panic on the loop
	closing   chan struct{} // closed by the loop when a closed shard is unloaded

	// Owned by the loop.
	leading bool
	epoch   int32
	unled   error // why there is no leadership
	head    int64 // exclusive end of what the head state has replayed
	waiting answers
	confirm confirmState
	timers  map[any]*timer
	todo    []task // of the round that runs, the current one first
	spare   []task
}

// task is one queued decision.
type task struct {
	decide  Decide
	refused func(err error)
}

// target is the leadership which the owner last asked for.
type target struct {
	gen   uint64
	lead  bool
	epoch int32
}

// New returns a shard that does not lead. It registers itself with the log.
func New(rt *Runtime, o Options) *Shard {
	s := &Shard{rt: rt, log: o.Log, machine: o.Machine, loadFailed: o.LoadFailed, unled: ErrNotLeader}
	s.confirmer, _ = o.Log.(Confirmer)
	s.log.OnCommit(s.wakeCommit)
	return s
}

// Submit queues a decision. It is run once on the loop, unless the shard does not
// lead when its turn comes: then refused (may be nil) is called instead, with
// ErrNotLeader, ErrLoading, ErrLoadFailed or ErrClosed, on the loop or on the
// caller's goroutine; it must not touch the machine.
//
// Submit does not wait for an answer, but it may run this and other decisions and
// their Done on the calling goroutine. Hold no lock that any of them takes.
func (s *Shard) Submit(decide Decide, refused func(err error)) {
	s.mu.Lock()
	if err := s.refusalLocked(); err != nil {
		s.mu.Unlock()
		if refused != nil {
			refused(err)
		}
		return
	}
	s.queue = append(s.queue, task{decide, refused})
	start := !s.running
	s.running = true
	s.mu.Unlock()
	if start {
		s.runLoop(inlineSteps)
	}
}

// refusalLocked says why no decision can be taken now, or nil.
func (s *Shard) refusalLocked() error {
	switch {
	case s.dead != nil:
		return s.dead
	case !s.target.lead:
		return ErrNotLeader
	case s.readyGen != s.target.gen:
		return ErrLoading
	}
	return nil
}

// Call submits a decision and waits for its answer. With an error of fn no record
// is appended, and the error is returned once what fn saw is committed. An error
// of the shard or the log comes with the zero value. Never call it on the loop.
func Call[T any](s *Shard, fn func(nowMs int64) ([]Record, T, error)) (T, error) {
	var value T
	var failure error
	fate := make(chan error, 1)
	tell := func(err error) { fate <- err }
	s.Submit(func(nowMs int64) Result {
		var recs []Record
		recs, value, failure = fn(nowMs)
		if failure != nil {
			recs = nil
		}
		return Result{Records: recs, Done: tell}
	}, tell)
	Await(s.rt, fate)
	if err := <-fate; err != nil {
		var zero T
		return zero, err
	}
	return value, failure
}

// Close resigns, waits until the machine is unloaded and refuses everything
// afterwards. Never call it on the loop.
func (s *Shard) Close() {
	s.mu.Lock()
	if s.dead != nil {
		closing := s.closing
		s.mu.Unlock()
		if closing != nil {
			<-closing
		}
		return
	}
	s.dead = ErrClosed
	s.closing = make(chan struct{})
	s.target = target{gen: s.target.gen + 1}
	s.startLocked()
	s.mu.Unlock()
	if s.rt.stepper != nil {
		s.runLoop(unlimited)
	}
	<-s.closing
}
