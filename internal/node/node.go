package node

import (
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/brolga-io/brolga/internal/api"
	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/console"
	"github.com/brolga-io/brolga/internal/controller"
	"github.com/brolga-io/brolga/internal/group"
	"github.com/brolga-io/brolga/internal/logdir"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/metrics"
	"github.com/brolga-io/brolga/internal/quorum"
	"github.com/brolga-io/brolga/internal/replica"
	"github.com/brolga-io/brolga/internal/server"
	"github.com/brolga-io/brolga/internal/shard"
)

// Node is one running process: a broker, a controller, or both.
type Node struct {
	cfg       *config.Static
	o         Options
	log       *slog.Logger
	clusterID string
	mayFormat bool       // nothing was ever kept here: empty directories take the cluster's id
	failed    chan error // capacity 1: the first reason why the node cannot go on
	effective atomic.Pointer[config.Effective]

	listeners, controllerListeners []bound

	dirs     *logdir.Dirs
	metadata metadataDir
	runtime  *shard.Runtime

	// The controller role; nil without it, network also if there is no other
	// controller.
	network    *quorum.Network
	quorum     *quorum.Quorum
	controller *controller.Controller
	probes     *probes
	// controllerRegistrar is nil without controller listeners.
	controllerRegistrar *controllerRegistrar
	voter               *voter // nil if the quorum cannot change

	source      *quorum.NetworkSource // of an observer
	metadataLog metadataLog
	publisher   *publisher
	snapshots   *snapshots
	trimmer     *trimmer
	unobserve   func()

	channel   *channel
	forwarder *forwarder // nil without other nodes
	registrar *registrar
	// hurry, of capacity 1, lets the next heartbeat leave at once.
	hurry      chan struct{}
	assigner   *assigner
	durability *durability
	replicas   *replica.Set
	// throttled is written by reconfigure, before any replica is told of an image.
	throttled throttledRates
	groups    *group.Coordinator

	api              *api.API
	server           *server.Server
	controllerServer *server.Server // nil without controller listeners
	// removed tells that the quorum has removed this controller, joined that it has taken
	// it in: the node is about to start again.
	removed, joined atomic.Bool
	// serving tells that the listeners take connections.
	serving     atomic.Bool
	metrics     *metrics.Registry
	metricsHTTP *metricsServer
	console     *console.Server
}

// Start brings a node up to where it serves, or explains in one sentence why it
// cannot.
func Start(cfg *config.Static, o Options) (n *Node, err error) {
	n = &Node{cfg: cfg, o: o.withDefaults(), log: o.Log, failed: make(chan error, 1), hurry: make(chan struct{}, 1), metrics: metrics.New(time.Now), durability: newDurability()}
	n.effective.Store(&config.Effective{Static: cfg})
	if unknown := cfg.Unknown(); len(unknown) > 0 {
		n.log.Info(fmt.Sprintf("Ignoring configuration keys that are not known: %v", unknown))
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, n.Close())
		}
	}()
	for _, step := range []func() error{n.openStorage, n.listen, n.build, n.join, n.serve, n.serveMetrics, n.serveConsole} {
		if err := step(); err != nil {
			return n, err
		}
	}
	return n, nil
}

// Failed tells why the node cannot go on, if it ever cannot.
func (n *Node) Failed() <-chan error { return n.failed }

// Image is the metadata that requests are answered from.
func (n *Node) Image() *metadata.Image { return n.publisher.Image() }

// ActiveController is the id of the node that leads the quorum as far as this one
// knows, -1 if it does not.
func (n *Node) ActiveController() int32 {
	id, _ := n.metadataLog.Leader()
	return id
}

// fail notes the first reason to stop.
func (n *Node) fail(err error) {
	select {
	case n.failed <- err:
	default:
	}
}

// isBroker tells whether this process holds partitions.
func (n *Node) isBroker() bool { return n.cfg.HasRole(config.RoleBroker) }

// isController tells whether this process has a part in the quorum.
func (n *Node) isController() bool { return n.cfg.HasRole(config.RoleController) }

// listen takes the ports, so that what is advertised is known before the broker
// registers.
func (n *Node) listen() (err error) {
	if n.listeners, err = n.bindAll(n.cfg.Listeners()); err != nil {
		return err
	}
	n.controllerListeners, err = n.bindAll(n.cfg.ControllerListeners())
	return err
}
