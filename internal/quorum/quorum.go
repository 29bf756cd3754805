package quorum

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/wire"
	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"
)

var (
	// ErrClosed means that the quorum was closed.
	ErrClosed = errors.New("the quorum is closed")
	// ErrLostEntries means that this disk once held entries, votes or terms which
	// are gone. The node must join again as a new controller, with a new directory
	// id, and its old identity must be removed from the quorum.
	ErrLostEntries = errors.New("this controller's disk has lost entries of the metadata log")
)

// Quorum is this node's part in the quorum. Open, then Start, then Close.
type Quorum struct {
	opts Options
	log  *slog.Logger
	disk *disk

	running sync.WaitGroup
	work    chan struct{} // capacity 1: the append loop has work
	stop    chan struct{} // closed when the append loop shall end

	mu      sync.Mutex
	rn      *raft.RawNode
	started bool
	closing bool  // no more decisions
	stopped bool  // no more raft
	failed  error // why raft was stopped
	ticker  shard.Timer
	ticking bool // the ticker will ring
	table   *entryTable
	members members // of the last applied configuration
	history []confAt
	hard    hardState // what raft knows; the disk may be behind
	pending []appendWork
	effects effects

	lead uint64 // raft id of the leader, 0 if unknown
	// leaderNode and leaderEpoch are what an observer was told last.
	leaderNode, leaderEpoch int32
	state                   raft.StateType
	applied                 uint64
	high                    int64 // committed and applied, exclusive offset
	led                     []leadership
	campaign                bool // a lone voter has not stood for election yet

	active     int32                      // the epoch in which the role leads, or is about to be told
	reads      map[uint64]func(err error) // confirmations under way
	readSeq    uint64
	progress   map[uint64]*followerTimes
	share      bool                // the directories that were met may have to go into the log
	confWait   *confWait           // the change of the controllers under way
	binding    map[uint64]*binding // first contacts that are being written
	listeners  []func()
	observers  []*observation
	observedBy map[ObserverID]observed
	commits    chan struct{} // closed at the next commit; nil if nobody waits
	fetching   *snapshotFetch
	snapshots  []snapshotHeader // complete ones, oldest first
	unsnapped  int64            // bytes applied since the newest snapshot
	garbage    []snapshotHeader // snapshots whose files nobody needs any more
	pins       int              // readers that need the log to stay
	handed     chan struct{}    // closed when leadership has left this node, or cannot
	handingTo  uint64           // who takes it
	measure    measure

	roleMu sync.Mutex // held while the role is told, so that it is told in order
	told   int32      // the epoch which the role was told to lead, 0 for none
}

// confAt is the configuration from an index on.
type confAt struct {
	index   uint64
	members members
}

// leadership is what this node knows of the log as the leader of one epoch.
type leadership struct {
	epoch     int32
	committed int64 // see shard.Log.Committed
	ended     bool  // another leader's entry was committed since
}

// effects are what the holder of mu does after it has given it back.
type effects struct {
	send      []*raftpb.Message
	calls     []call
	role      bool // leadership may have changed
	committed bool
	failure   error
}

// call is an answer that somebody waits for.
type call struct {
	done func(err error)
	err  error
}

// Open reads and checks what the disk holds. It talks to nobody yet.
func Open(o Options) (*Quorum, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("metadata quorum: %w", err)
	}
	q := &Quorum{
		opts: o,
		log:  o.Logger,
		work: make(chan struct{}, 1),
		stop: make(chan struct{}),

		reads:    map[uint64]func(err error){},
		progress: map[uint64]*followerTimes{},
		binding:  map[uint64]*binding{},
	}
	if err := q.open(); err != nil {
		return nil, fmt.Errorf("metadata quorum: %w", err)
	}
	return q, nil
}

// open loads the disk and builds raft's core on it.
func (q *Quorum) open() error {
	d, st, err := openDisk(&q.opts)
	if err != nil {
		return err
	}
	q.disk, q.table, q.hard, q.snapshots = d, st.table, st.hard, st.snapshots
	q.members = st.members
	q.history = []confAt{{index: st.applied, members: st.members}}
	q.applied, q.high = st.applied, q.table.endOffset(st.applied)
	if q.mirrors() {
		q.leaderNode = -1
		if err := q.adoptMirrored(); err != nil {
			d.close(false)
			return err
		}
		return nil
	}
	if err := q.newRaft(); err != nil {
		d.close(false)
		return err
	}
	return nil
}

// newRaft makes raft's core; it panics on what it does not like.
func (q *Quorum) newRaft() (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("BUG: raft refuses the state on disk: %v", r)
		}
	}()
	q.rn, err = raft.NewRawNode(&raft.Config{
		ID:                        q.opts.RaftID,
		ElectionTick:              q.opts.ElectionTicks,
		HeartbeatTick:             q.opts.HeartbeatTicks,
		Storage:                   (*storage)(q),
		Applied:                   q.applied,
		AsyncStorageWrites:        true,
		MaxSizePerMsg:             1 << 20,
		MaxCommittedSizePerReady:  4 << 20,
		MaxUncommittedEntriesSize: 64 << 20,
		MaxInflightMsgs:           64,
		MaxInflightBytes:          8 << 20,
		CheckQuorum:               true,
		PreVote:                   true,
		ReadOnlyOption:            raft.ReadOnlySafe,
		DisableProposalForwarding: true,
		StepDownOnRemoval:         true,
		Logger:                    raftLogger{q.log},
	})
	return err
}

// Start lets raft run, or an observer fetch. A lone voter stands for election at
// once.
func (q *Quorum) Start() {
	if q.mirrors() {
		q.running.Add(1)
		go q.runMirror()
		return
	}
	q.mu.Lock()
	q.started = true
	q.campaign = q.aloneLocked()
	q.running.Add(1)
	q.mu.Unlock()
	go q.runAppends()
	q.drive(func() error {
		q.campaignLocked()
		return nil
	})
	q.tick(false)
}

// aloneLocked says that this node is the only member, and a voter.
func (q *Quorum) aloneLocked() bool {
	return len(q.members) == 1 && q.members[0].RaftID == q.opts.RaftID && !q.members[0].Learner
}

// campaignLocked lets a lone voter stand for election as soon as it has applied
// what it knows to be committed: a change of the configuration may be among that.
func (q *Quorum) campaignLocked() {
	if !q.campaign || q.applied < q.hard.Commit {
		return
	}
	q.campaign = false
	if q.aloneLocked() {
		// Refused only when there is nothing to stand for.
		if err := q.rn.Campaign(); err != nil {
			q.log.Warn("cannot stand for election", "err", err)
		}
	}
}

// RaftID is this node's identity in the quorum.
func (q *Quorum) RaftID() uint64 { return q.opts.RaftID }

// DirectoryID is the metadata directory's id, which goes with every message.
func (q *Quorum) DirectoryID() wire.UUID { return q.opts.DirectoryID }
