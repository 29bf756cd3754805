package api

import (
	"log/slog"
	"sync"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/controller"
	"github.com/brolga-io/brolga/internal/group"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/metrics"
	"github.com/brolga-io/brolga/internal/quorum"
	"github.com/brolga-io/brolga/internal/replica"
	"github.com/brolga-io/brolga/internal/txn"
	"github.com/brolga-io/brolga/internal/wire"
)

// Options is what an API needs of the rest of the process. All fields without
// another remark are required.
type Options struct {
	BrokerID int32
	// ClusterID is the one that this node's directories belong to.
	ClusterID string
	// Image returns the newest metadata image. It is called once per request.
	Image func() *metadata.Image
	// Replicas are the partitions on this broker.
	Replicas *replica.Set
	// Config is the configuration in force on this broker.
	Config func() config.Effective
	// Controller is the one of this process, nil if it has none.
	Controller *controller.Controller
	// Forward sends an envelope to the active controller of the cluster and returns
	// what is answered: wire.NotController, or an error that wraps it, if there is none
	// that is known, any other error if the fate of the request is not known. Nil if
	// there are no other nodes.
	Forward func(*wire.EnvelopeRequest) (*wire.EnvelopeResponse, error)
	Groups  *group.Coordinator
	// ProducerIDs are the ids of idempotent producers.
	ProducerIDs *txn.ProducerIDs
	// LogDirs describes the data directories of this broker with those replicas
	// that are wanted.
	LogDirs func(wanted func(topic string, partition int32) bool) []LogDir
	// MoveReplica has a replica of this broker moved to another data directory. Its
	// errors are wire.ErrorCode; wire.ReplicaNotAvailable for one that is not here.
	MoveReplica func(topic string, partition int32, dir string) error
	// MetadataLog is this node's part in the quorum, nil if it is no controller.
	MetadataLog *quorum.Quorum
	// ControllerAddress is where a controller listens, false if that is not known.
	ControllerAddress func(nodeID int32) (string, bool)
	// Quorum is the state of the metadata quorum as this node sees it.
	Quorum func() quorum.Status
	// Settle waits, for a moment at most, until every room of this broker has been
	// told of all metadata that is committed. What changed the metadata calls it
	// before it answers, so that the client can use what it made.
	Settle func()
	// Await is Settle for what another node has committed: all metadata below the
	// offset. Nil if there are no other nodes.
	Await func(endOffset int64)
	// ControllerListeners names the listeners that serve the controller's APIs
	// instead of the broker's (controller.listener.names).
	ControllerListeners []string
	// Loggers are the loggers of this process; nil for none.
	Loggers Loggers
	// Metrics count and time requests; nil for nobody to see.
	Metrics *metrics.Requests

	Log *slog.Logger
}

// API implements server.Handler.
type API struct {
	Options
	rows       map[int16]*served
	produceRow *served // of rows; looked at for each request
	// metadataFetchRow stands for Fetch on controller listeners.
	metadataFetchRow *served
	features         []metadata.FeatureSpec
	calls            sync.Pool // of *Call
	runs             sync.Pool // of *produceRun
	fetches          sync.Pool // of *fetchCall
	beats            heartbeatConns
	log              *slog.Logger
}

// New returns an API that serves the table.
func New(o Options) *API {
	a := &API{Options: o, rows: make(map[int16]*served), features: metadata.Features(), log: o.Log}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	if a.Controller == nil {
		a.Controller = controller.Refusing(wire.NotController)
	}
	if a.Metrics == nil {
		a.Metrics = new(metrics.Requests)
	}
	for _, r := range table() {
		if r.key < 0 || a.rows[r.key] != nil {
			panic("BUG: an API key is in the table twice")
		}
		a.rows[r.key] = &served{row: r}
	}
	a.produceRow = a.rows[wire.APIKeyProduce]
	fetchRow := a.rows[wire.APIKeyFetch].row
	fetchRow.serve = typed((*API).fetchMetadata)
	a.metadataFetchRow = &served{row: fetchRow}
	return a
}

// listenerKind tells which APIs a listener serves.
func (a *API) listenerKind(name string) wire.Listeners {
	for _, n := range a.ControllerListeners {
		if n == name {
			return wire.ControllerListener
		}
	}
	return wire.BrokerListener
}
