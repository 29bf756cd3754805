package controller

import (
	"log/slog"
	"math/rand/v2"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/metrics"
	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/wire"
)

// Options is what a Controller is made of. All but Bootstrap, Probe, Metrics, Active and Log
// are required.
type Options struct {
	// Log of the shard is the metadata log, which the quorum keeps.
	Runtime     *shard.Runtime
	MetadataLog shard.Log

	NodeID    int32
	ClusterID string
	Static    *config.Static
	// Rand spreads replicas over brokers. It is used on the shard's loop only.
	Rand *rand.Rand
	// NewUUID makes the ids of topics.
	NewUUID func() wire.UUID

	// Bootstrap holds the first records of a new cluster, such as those that
	// `kafka-storage format` was told; without any, a cluster begins with the
	// features of this release.
	Bootstrap []wire.Record
	// Probe, if not nil, is called on the loop when the heartbeat connection of a
	// broker broke: it begins to dial the broker's endpoints, and if two dials at
	// least 100 ms apart are refused it calls BrokerProcessDead. It must not block.
	Probe func(brokerID int32, brokerEpoch int64, endpoints []metadata.Endpoint)
	// Metrics count what is decided; nil for nobody to see.
	Metrics *metrics.Controller
	// Active, if not nil, is called on the loop each time this node has become the
	// active controller: its log is loaded and holds the first records. It must not
	// block.
	Active func()

	Log *slog.Logger
}

// Controller is the active controller while its node leads the metadata quorum,
// and refuses everything with NOT_CONTROLLER while it does not.
type Controller struct {
	machine *machine
	shard   *shard.Shard // nil if refusal is set
	// refusal is what a Controller answers that is none.
	refusal error
}

// Refusing returns a Controller that refuses everything with the error: it stands
// for the controller on a node that has none, or that cannot be reached.
func Refusing(err error) *Controller { return &Controller{refusal: err} }

// IsActive tells whether this node is the active controller and takes decisions.
func (c *Controller) IsActive() bool { return c.shard != nil && c.shard.Leading() }

// New returns a Controller that is not active.
func New(o Options) *Controller {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Metrics == nil {
		o.Metrics = new(metrics.Controller)
	}
	m := newMachine(o)
	m.shard = shard.New(o.Runtime, shard.Options{
		Log: o.MetadataLog, Machine: m,
		LoadFailed: func(epoch int32, err error) {
			o.Metrics.MetadataErrors.Inc()
			o.Log.Error("The metadata log cannot be loaded; this node is no controller", "epoch", epoch, "err", err)
		},
	})
	return &Controller{machine: m, shard: m.shard}
}

// Lead says that this node leads the metadata quorum in that epoch.
func (c *Controller) Lead(epoch int32) {
	if c.shard != nil {
		c.shard.Lead(epoch)
	}
}

// Resign says that this node does not lead the metadata quorum any more.
func (c *Controller) Resign() {
	if c.shard != nil {
		c.shard.Resign()
	}
}

// Close resigns for good and waits until nothing runs any more.
func (c *Controller) Close() {
	if c.shard != nil {
		c.shard.Close()
	}
}

// Caller says who asks and through which broker.
type Caller struct {
	// Principal and ClientID are shown in the log.
	Principal, ClientID string
	// Version is the version of the request.
	Version int16
	// Broker is the broker that took the request and passed it on, or NoBroker if
	// it came to the controller directly.
	Broker int32
	// InProcess is set by the broker in the controller's own process.
	InProcess bool
}

// NoBroker is the Broker of a request that came to the controller directly.
const NoBroker int32 = -1
