package replica

import (
	"sync"
	"sync/atomic"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/wire"
)

// unknownOffset stands for an offset that is not known.
const unknownOffset int64 = -1

// Partition is this broker's replica of one partition.
type Partition struct {
	topic  *Topic
	number int32
	log    *commitlog.Log // nil if it could not be opened; then nothing leads

	// At most one of lead and follow is not nil.
	lead   atomic.Pointer[leadership]   // nil while another broker leads
	follow atomic.Pointer[followership] // nil while this broker leads
	// watermark is the exclusive offset up to which records are committed. It is
	// unknownOffset until somebody asks for it.
	watermark atomic.Int64
	throttled atomic.Uint32
	gone      atomic.Bool // deleted or moved away: look it up again
	refused   refused

	mu       sync.Mutex
	remotes  []remoteReplica // of the leader: what the others have
	seenEnd  int64           // of the leader: end of the log when remotes were last compared with it
	pending  *isrChange      // of the leader: asked of the controller, not yet in the metadata
	fetches  *fetchWait      // waiting fetches of consumers
	watches  *watch          // fetch sessions of followers
	produces produceWaits    // waiting produces
	// startMoved is closed when a replica's log starts later; nil while nobody waits.
	startMoved chan struct{}
	onCommit   func() // told, without mu, when the watermark moved
}

// leadership is the leader role of one epoch. It never changes; a change of the
// ISR makes a new one.
type leadership struct {
	epoch          int32
	partitionEpoch int32
	isr            []int32      // as the metadata has it
	minISR         int          // effective min.insync.replicas (KIP-966)
	compression    *compression // nil for the producer's
	alone          bool         // there is no other replica
	// epochStart is the end of the log when the epoch began. Only known, and
	// only needed, when there are other replicas.
	epochStart int64
}

// followership is the follower role of one epoch. It never changes.
type followership struct {
	epoch  int32
	leader int32 // metadata.NoLeader while nobody leads
}

// id is how the data directories know the partition.
func (p *Partition) id() commitlog.TopicPartition {
	return commitlog.TopicPartition{Topic: p.topic.Name, Partition: p.number}
}

// report tells the data directories of an error of the log: a failed disk takes
// more with it than this partition.
func (p *Partition) report(err error) error {
	if err != nil {
		p.topic.set.o.Logs.Report(p.log, err)
	}
	return err
}

// Topic returns the name of the partition's topic.
func (p *Partition) Topic() string { return p.topic.Name }

// TopicID returns the id of the partition's topic.
func (p *Partition) TopicID() wire.UUID { return p.topic.ID }

// Number is the partition's number within its topic.
func (p *Partition) Number() int32 { return p.number }

// Log is the partition's log.
func (p *Partition) Log() *commitlog.Log { return p.log }

// Leads tells whether this broker is the partition's leader, and in which epoch.
func (p *Partition) Leads() (epoch int32, ok bool) {
	if l := p.lead.Load(); l != nil {
		return l.epoch, true
	}
	return -1, false
}

// Gone tells that the partition is not on this broker any more.
func (p *Partition) Gone() bool { return p.gone.Load() }

// leaderFor returns the leader role if the client's idea of the leader epoch is
// the same; -1 stands for a client that has none.
func (p *Partition) leaderFor(clientEpoch int32) (*leadership, error) {
	l := p.lead.Load()
	switch {
	case l == nil && p.gone.Load():
		return nil, ErrUnknownPartition
	case p.log == nil:
		return nil, ErrStorage
	case l == nil:
		return nil, ErrNotLeader
	}
	return l, checkEpoch(clientEpoch, l.epoch)
}

// followerFor is leaderFor for those who may be served by a follower.
func (p *Partition) followerFor(clientEpoch int32) (*followership, error) {
	f := p.follow.Load()
	switch {
	case f == nil && p.gone.Load():
		return nil, ErrUnknownPartition
	case p.log == nil:
		return nil, ErrStorage
	case f == nil:
		return nil, ErrNotLeader
	}
	return f, checkEpoch(clientEpoch, f.epoch)
}

// checkEpoch compares a client's idea of the leader epoch with this broker's
// (KIP-320).
func checkEpoch(client, mine int32) error {
	switch {
	case client == -1 || client == mine:
		return nil
	case client < mine:
		return ErrFencedEpoch
	default:
		return ErrUnknownEpoch
	}
}
