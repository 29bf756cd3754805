package node

import (
	"fmt"
	"time"

	"github.com/brolga-io/brolga/internal/controller"
	"github.com/brolga-io/brolga/internal/peer"
	"github.com/brolga-io/brolga/internal/wire"
)

const (
	// heartbeatTimeout is how long a heartbeat may take, requestTimeout what else a
	// broker asks the controller, forwardTimeout a client's request.
	heartbeatTimeout = time.Second
	requestTimeout   = 5 * time.Second
	forwardTimeout   = 30 * time.Second
)

// channel is this broker's way to the active controller: a call when that is in
// this process, else a request to its controller listener.
type channel struct {
	self   int32
	local  *controller.Controller // nil if this node is no controller
	leader func() int32           // node id of the active controller, -1 if unknown
	// address is where the active controller listens, false if unknown.
	address func() (string, bool)
	// heartbeats carries registrations and heartbeats only: nothing delays them, and
	// its end tells the controller that this process may be dead.
	heartbeats, requests *peer.Conn
}

// newChannel makes the channel; nothing is dialled yet.
func (n *Node) newChannel() *channel {
	c := &channel{self: n.cfg.NodeID(), local: n.controller, leader: func() int32 {
		id, _ := n.metadataLog.Leader()
		return id
	}}
	c.address = func() (string, bool) {
		id := c.leader()
		if id < 0 {
			return "", false
		}
		return n.controllerAddress(id)
	}
	c.heartbeats = peer.NewConn(n.peerOptions("heartbeat", heartbeatTimeout), c.address)
	c.requests = peer.NewConn(n.peerOptions("controller", requestTimeout), c.address)
	return c
}

// caller is this broker when it asks the controller in its own process.
func (c *channel) caller(version int16) controller.Caller {
	return controller.Caller{Principal: "User:ANONYMOUS", Version: version, Broker: c.self, InProcess: true}
}

// newest is the version that is spoken: the nodes of a cluster are of one release.
func newest(req wire.Request) int16 {
	api, ok := wire.LookupAPI(req.APIKey())
	if !ok {
		panic(fmt.Sprintf("BUG: no API has the key %d", req.APIKey()))
	}
	return api.MaxVersion
}

// askController calls the controller here, or sends the request to where it is.
func askController[Q wire.Request, R any, PR interface {
	*R
	wire.Message
}](c *channel, conn *peer.Conn, req Q, local func(controller.Caller, Q) (PR, error)) (PR, error) {
	version := newest(req)
	if c.local != nil && c.leader() == c.self {
		return local(c.caller(version), req)
	}
	resp := PR(new(R))
	if err := conn.RoundTrip(req, version, resp); err != nil {
		return nil, err
	}
	return resp, nil
}

func (c *channel) register(req *wire.BrokerRegistrationRequest) (*wire.BrokerRegistrationResponse, error) {
	return askController(c, c.heartbeats, req, c.local.BrokerRegistration)
}

func (c *channel) heartbeat(req *wire.BrokerHeartbeatRequest) (*wire.BrokerHeartbeatResponse, error) {
	return askController(c, c.heartbeats, req, c.local.BrokerHeartbeat)
}

func (c *channel) alterPartition(req *wire.AlterPartitionRequest) (*wire.AlterPartitionResponse, error) {
	return askController(c, c.requests, req, c.local.AlterPartition)
}

func (c *channel) allocateProducerIDs(req *wire.AllocateProducerIdsRequest) (*wire.AllocateProducerIdsResponse, error) {
	return askController(c, c.requests, req, c.local.AllocateProducerIDs)
}

func (c *channel) assignDirs(req *wire.AssignReplicasToDirsRequest) (*wire.AssignReplicasToDirsResponse, error) {
	return askController(c, c.requests, req, c.local.AssignReplicasToDirs)
}

func (c *channel) alterConfigs(req *wire.IncrementalAlterConfigsRequest) (*wire.IncrementalAlterConfigsResponse, error) {
	return askController(c, c.requests, req, c.local.IncrementalAlterConfigs)
}

func (c *channel) registerController(req *wire.ControllerRegistrationRequest) (*wire.ControllerRegistrationResponse, error) {
	return askController(c, c.requests, req, c.local.ControllerRegistration)
}

// close ends requests that are under way.
func (c *channel) close() {
	_ = c.heartbeats.Close() // nothing is lost with it
	_ = c.requests.Close()
}
