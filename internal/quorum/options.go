package quorum

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/metrics"
	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/vfs"
	"github.com/brolga-io/brolga/internal/wire"
	"go.etcd.io/raft/v3/raftpb"
)

// Defaults of the raft clock.
const (
	DefaultTickMs         = 50
	DefaultHeartbeatTicks = 2
	DefaultElectionTicks  = 14
)

// Role is told of this node's leadership. Neither method may block or call back
// into the quorum; *shard.Shard is a Role.
type Role interface {
	// Lead says that this node is the active controller in that epoch, and that
	// everything older is committed and readable.
	Lead(epoch int32)
	// Resign says that it no longer is.
	Resign()
}

// Transport carries raft's messages to the other controllers.
type Transport interface {
	// Send hands over messages, each with its To. It must not block; messages may
	// be lost, repeated and reordered. The messages must not be changed.
	Send(msgs []*raftpb.Message)
	// FetchSnapshot reads a part of a snapshot that the given member holds, from a
	// position in the file, and tells the file's size. It may block; Close ends it
	// by way of the transport.
	FetchSnapshot(from uint64, id SnapshotID, position int64, maxBytes int) (part []byte, size int64, err error)
}

// Options configure a Quorum. FS, Dir, NodeID, DirectoryID and Role are required.
type Options struct {
	FS  vfs.FS
	Dir string // of the metadata log, …/__cluster_metadata-0; made if missing

	NodeID      int32
	DirectoryID wire.UUID
	// RaftID is this node's identity; 0 stands for InitialRaftID(NodeID).
	RaftID uint64
	// Voters is the initial configuration, the same on every controller. It counts
	// only while the log and the snapshots hold none. Nil means that this node is
	// alone.
	Voters []Member

	// Source makes this node an observer: it takes no part in the quorum and fetches
	// the committed log from there. Voters may be empty then, Role and Transport nil.
	Source Source
	// Disposable lets an observer that cannot use its copy of the log delete it. It
	// must not be set on a node whose log a quorum may have counted.
	Disposable bool

	// Transport may be nil if this node is alone.
	Transport Transport
	Role      Role
	// Failed, if not nil, is told once why this node gave up its part in the
	// quorum: a failed write, a lost disk, a bug. It must not block.
	Failed func(err error)

	// Metrics count what happens; nil for nobody to see.
	Metrics *metrics.Quorum

	Clock  shard.Clock // nil: the real one
	Logger *slog.Logger
	// Log holds the settings of the metadata log; nil: defaults. Retention is by
	// snapshot only, whatever it says.
	Log *commitlog.Config

	TickMs         int64 // 0: default
	HeartbeatTicks int
	ElectionTicks  int
}

// withDefaults checks the options and fills in what was left out.
func (o Options) withDefaults() (Options, error) {
	if o.RaftID == 0 {
		o.RaftID = InitialRaftID(o.NodeID)
	}
	if o.Voters == nil && o.Source == nil {
		o.Voters = []Member{{RaftID: o.RaftID, NodeID: o.NodeID, DirectoryID: o.DirectoryID}}
	}
	o.Voters = slices.Clone(o.Voters)
	slices.SortFunc(o.Voters, func(a, b Member) int { return cmp.Compare(a.RaftID, b.RaftID) })
	if o.Clock == nil {
		o.Clock = shard.SystemClock{}
	}
	if o.Metrics == nil {
		o.Metrics = new(metrics.Quorum)
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.TickMs == 0 {
		o.TickMs = DefaultTickMs
	}
	if o.HeartbeatTicks == 0 {
		o.HeartbeatTicks = DefaultHeartbeatTicks
	}
	if o.ElectionTicks == 0 {
		o.ElectionTicks = DefaultElectionTicks
	}
	return o, o.check()
}

func (o *Options) check() error {
	if err := members(o.Voters).check(); err != nil && o.Source == nil {
		return fmt.Errorf("the initial voters: %w", err)
	}
	switch {
	case o.NodeID < 0 || o.RaftID >= 1<<63:
		return fmt.Errorf("node id %d, raft id %d", o.NodeID, o.RaftID)
	case o.DirectoryID.IsZero():
		return errors.New("the metadata directory has no id")
	case o.ElectionTicks <= o.HeartbeatTicks || o.TickMs <= 0:
		return fmt.Errorf("an election timeout of %d ticks with a heartbeat every %d ticks of %d ms",
			o.ElectionTicks, o.HeartbeatTicks, o.TickMs)
	case o.Source == nil && o.Transport == nil && (len(o.Voters) > 1 || o.Voters[0].RaftID != o.RaftID):
		return errors.New("a quorum of several controllers needs a transport")
	}
	return nil
}

// logConfig is the configuration of the metadata log.
func (o *Options) logConfig() *commitlog.Config {
	c := commitlog.DefaultConfig()
	if o.Log != nil {
		c = *o.Log
	}
	c.RetentionMs, c.RetentionBytes, c.FileDeleteDelayMs = -1, -1, 0
	c.Delete, c.Compact, c.LogAppendTime = true, false, false
	return &c
}

// electionTimeout is the shortest time after which a follower stands for election.
func (o *Options) electionTimeout() time.Duration {
	return time.Duration(o.TickMs) * time.Millisecond * time.Duration(o.ElectionTicks)
}
