package node

import (
	"log/slog"
	"net"

	"github.com/brolga-io/brolga/internal/peer"
	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/vfs"
)

// Options are what a Node needs beside its configuration. Only Log is required:
// the rest is the real world unless a test puts another one in its place.
type Options struct {
	Log *slog.Logger

	FS     vfs.FS
	Listen func(address string) (net.Listener, error)
	Dial   peer.Dial
	Clock  shard.Clock
	// Machine is logdir.Config.Machine; nil for one that is never known, or that of
	// the real file system if FS is nil.
	Machine func(dir string) string

	// ClusterID is the cluster that this node shall belong to; "" if nobody says so.
	ClusterID string

	// Stop, if not nil, ends a start that waits for other nodes.
	Stop <-chan struct{}
}

func (o Options) withDefaults() Options {
	if o.FS == nil {
		o.FS = vfs.OS
		if o.Machine == nil {
			o.Machine = machineOf
		}
	}
	if o.Listen == nil {
		o.Listen = func(address string) (net.Listener, error) { return net.Listen("tcp", address) }
	}
	if o.Dial == nil {
		o.Dial = peer.DialTCP
	}
	if o.Clock == nil {
		o.Clock = shard.SystemClock{}
	}
	return o
}

// nowMs is the wall clock.
func (n *Node) nowMs() int64 { return shard.WallMs(n.o.Clock) }
