package node

import (
	"fmt"
	"math/rand/v2"
	"net"
	"path/filepath"
	"strconv"
	"time"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/controller"
	"github.com/brolga-io/brolga/internal/peer"
	"github.com/brolga-io/brolga/internal/quorum"
)

// metadataLog is the committed metadata as this node gets it: from its own part in
// the quorum, or as an observer from those who have one.
type metadataLog interface {
	Start()
	Members() []quorum.Member
	// TakenIn tells an observer that it is one of them, by the log up to an offset.
	TakenIn(endOffset int64) bool
	// Observe feeds an observer from an offset on.
	Observe(from int64, o quorum.Observer) (stop func())
	HighWatermark() int64
	LogBytesSinceSnapshot() int64
	WriteSnapshot(endOffset int64, epoch int32, write func(add func(value []byte) error) error) error
	Status() quorum.Status
	// Leader is the node id of the active controller, -1 if unknown, and its epoch.
	Leader() (nodeID, epoch int32)
	Close() error
}

// role passes the quorum's word on to the controller, which is made after it.
type role struct {
	controller *controller.Controller
}

// Lead implements quorum.Role.
func (r *role) Lead(epoch int32) { r.controller.Lead(epoch) }

// Resign implements quorum.Role.
func (r *role) Resign() { r.controller.Resign() }

// openController opens this node's part in the quorum and the controller on it.
func (n *Node) openController(raftID uint64, voters []quorum.Member) (err error) {
	relay := &role{}
	o := quorum.Options{
		FS: n.o.FS, Dir: filepath.Join(n.metadata.path, metadataLogName),
		NodeID: n.cfg.NodeID(), DirectoryID: n.metadata.id, RaftID: raftID, Voters: voters,
		Role: relay, Failed: n.fail, Clock: n.o.Clock, Logger: n.logger(loggerQuorum), Metrics: &n.metrics.Quorum,
	}
	if !n.cfg.Alone() {
		n.network = n.newNetwork()
		o.Transport = n.network
	}
	if n.quorum, err = quorum.Open(o); err != nil {
		return err
	}
	n.metadataLog = n.quorum
	first, err := bootstrapRecords(n.o.FS, n.metadata.path)
	if err != nil {
		return err
	}
	n.controller = controller.New(controller.Options{
		Runtime: n.runtime, MetadataLog: n.quorum, NodeID: n.cfg.NodeID(), ClusterID: n.clusterID, Static: n.cfg,
		Rand: rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64())), NewUUID: newUUID, Bootstrap: first,
		Probe: n.probes.begin, Active: n.probeBrokers, Metrics: &n.metrics.Controller, Log: n.logger(loggerController),
	})
	relay.controller = n.controller
	return nil
}

// initialVoters is controller.quorum.voters as the quorum's first configuration,
// the same on every controller.
func initialVoters(cfg *config.Static) []quorum.Member {
	var voters []quorum.Member
	for _, v := range cfg.Voters() {
		voters = append(voters, quorum.Member{
			RaftID: quorum.InitialRaftID(v.ID), NodeID: v.ID,
			Endpoints: []quorum.Endpoint{{Name: cfg.ControllerListenerNames()[0], Host: v.Host, Port: uint16(v.Port)}},
		})
	}
	return voters
}

// openObserver opens this node's copy of the log that the controllers keep.
func (n *Node) openObserver() error {
	n.source = quorum.NewNetworkSource(quorum.NetworkSourceOptions{
		Peer: n.peerOptions("observer", 0), ClusterID: n.clusterID, NodeID: n.cfg.NodeID(), DirectoryID: n.metadata.id,
		Candidates: n.controllerCandidates, AddressOf: n.controllerAddress,
	})
	observer, err := quorum.Open(quorum.Options{
		FS: n.o.FS, Dir: filepath.Join(n.metadata.path, metadataLogName),
		NodeID: n.cfg.NodeID(), DirectoryID: n.metadata.id, RaftID: quorum.JoinedRaftID(n.metadata.id),
		Voters: initialVoters(n.cfg), Source: n.source, Disposable: !n.isController(),
		Failed: n.fail, Clock: n.o.Clock, Logger: n.log, Metrics: &n.metrics.Quorum,
	})
	if err != nil {
		return err
	}
	n.metadataLog = observer
	return nil
}

// controllerCandidates are the addresses at which a controller may be found.
func (n *Node) controllerCandidates() []string {
	var all []string
	for _, v := range n.cfg.Voters() {
		all = append(all, net.JoinHostPort(v.Host, strconv.Itoa(v.Port)))
	}
	for _, b := range n.cfg.BootstrapControllers() {
		all = append(all, net.JoinHostPort(b.Host, strconv.Itoa(b.Port)))
	}
	for _, m := range n.metadataLog.Status().Voters {
		if len(m.Endpoints) > 0 {
			all = append(all, endpointAddress(m.Endpoints[0]))
		}
	}
	return all
}

// newNetwork joins this controller with the others.
func (n *Node) newNetwork() *quorum.Network {
	return quorum.NewNetwork(quorum.NetworkOptions{
		Peer: n.peerOptions("raft", 2*time.Second), ClusterID: n.clusterID, NodeID: n.cfg.NodeID(), DirectoryID: n.metadata.id,
		Address:     n.raftAddress,
		Dead:        func(raftID uint64) { n.quorum.LeaderDead(raftID) },
		Unreachable: func(raftID uint64) { n.quorum.Unreachable(raftID) },
		Logger:      n.log,
	})
}

// peerOptions are those of connections to other nodes.
func (n *Node) peerOptions(purpose string, requestTimeout time.Duration) peer.Options {
	const connect = time.Second // nodes of a cluster are near
	return peer.Options{
		ClientID: fmt.Sprintf("node-%d-%s", n.cfg.NodeID(), purpose), Dial: n.o.Dial,
		ConnectTimeout: connect, RequestTimeout: requestTimeout,
	}
}

// raftAddress is where a controller of the quorum listens. What the configuration
// says wins: it is how a controller that has moved is found.
func (n *Node) raftAddress(raftID uint64) (string, bool) {
	for _, v := range n.cfg.Voters() {
		if quorum.InitialRaftID(v.ID) == raftID {
			return net.JoinHostPort(v.Host, strconv.Itoa(v.Port)), true
		}
	}
	for _, m := range n.quorum.Members() {
		if m.RaftID == raftID && len(m.Endpoints) > 0 {
			return endpointAddress(m.Endpoints[0]), true
		}
	}
	return "", false
}

func endpointAddress(e quorum.Endpoint) string {
	return net.JoinHostPort(e.Host, strconv.Itoa(int(e.Port)))
}

// controllerAddress is where a controller with that node id listens.
func (n *Node) controllerAddress(nodeID int32) (string, bool) {
	for _, v := range n.cfg.Voters() {
		if v.ID == nodeID {
			return net.JoinHostPort(v.Host, strconv.Itoa(v.Port)), true
		}
	}
	for _, m := range n.metadataLog.Status().Voters {
		if m.NodeID == nodeID && len(m.Endpoints) > 0 {
			return endpointAddress(m.Endpoints[0]), true
		}
	}
	if n.source != nil {
		return n.source.Endpoint(nodeID)
	}
	return "", false
}
