package node

import (
	"net"
	"strconv"
	"time"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/peer"
	"github.com/brolga-io/brolga/internal/replica"
	"github.com/brolga-io/brolga/internal/wire"
)

// leaderConn is a fetcher's connection to a leader broker.
type leaderConn struct {
	*peer.Conn
}

// Fetch implements replica.Leader.
func (l leaderConn) Fetch(req *wire.FetchRequest, resp *wire.FetchResponse) error {
	return l.RoundTrip(req, newest(req), resp)
}

// OffsetForLeaderEpoch implements replica.Leader.
func (l leaderConn) OffsetForLeaderEpoch(req *wire.OffsetForLeaderEpochRequest, resp *wire.OffsetForLeaderEpochResponse) error {
	return l.RoundTrip(req, newest(req), resp)
}

// connectLeader is replica.Options.Connect: the address is looked up in the newest
// image each time it is needed.
func (n *Node) connectLeader(brokerID int32) replica.Leader {
	o := n.peerOptions("fetcher", time.Duration(n.cfg.Long("replica.socket.timeout.ms"))*time.Millisecond)
	o.MaxAnswerBytes = n.cfg.Int("socket.request.max.bytes")
	o.Repeatable = true
	return leaderConn{peer.NewConn(o, func() (string, bool) { return n.brokerAddress(brokerID) })}
}

// brokerAddress is where other brokers reach a broker.
func (n *Node) brokerAddress(id int32) (string, bool) {
	b := n.publisher.Image().Broker(id)
	if b == nil {
		return "", false
	}
	e, ok := b.Endpoint(n.cfg.InterBrokerListener())
	return net.JoinHostPort(e.Host, strconv.Itoa(int(e.Port))), ok
}

// brokerEpoch is that of this process' registration, -1 before it. The metadata may tell
// it before the answer to the registration does.
func (n *Node) brokerEpoch() int64 {
	if n.registrar == nil {
		return -1
	}
	epoch := n.registrar.epoch.Load()
	if image := n.publisher.Image(); epoch < 0 && n.registrar.registered(image) {
		return image.Broker(n.cfg.NodeID()).Epoch
	}
	return epoch
}

// alive tells whether the controller was heard of within a session.
func (n *Node) alive() bool { return n.registrar != nil && n.registrar.alive() }

// replicationConfig is the replicas' part of the configuration.
func replicationConfig(cfg *config.Static) replica.ReplicationConfig {
	ms := func(key string) time.Duration { return time.Duration(cfg.Long(key)) * time.Millisecond }
	return replica.ReplicationConfig{
		Fetchers:         cfg.Int("num.replica.fetchers"),
		FetchMaxBytes:    int32(cfg.Int("replica.fetch.max.bytes")),
		FetchMinBytes:    int32(cfg.Int("replica.fetch.min.bytes")),
		ResponseMaxBytes: int32(cfg.Int("replica.fetch.response.max.bytes")),
		WaitMax:          ms("replica.fetch.wait.max.ms"),
		BackoffMax:       ms("replica.fetch.backoff.ms"),
		LagTimeMax:       ms("replica.lag.time.max.ms"),
		RackAware:        cfg.String("replica.selector.class") == rackAwareSelector,
	}
}

// rackAwareSelector is the one of Kafka's replica selectors that does something
// (KIP-392).
const rackAwareSelector = "org.apache.kafka.common.replica.RackAwareReplicaSelector"
