package api

import (
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// leaderError says why a client on this listener cannot reach the partition's
// leader (Kafka's KRaftMetadataCache).
func (a *API) leaderError(c *Call, p *metadata.Partition) wire.ErrorCode {
	if p.Leader < 0 {
		return wire.LeaderNotAvailable
	}
	b := c.Image.Broker(p.Leader)
	if b == nil || b.Fenced {
		return wire.LeaderNotAvailable
	}
	if _, ok := b.Endpoint(c.Conn.Listener()); !ok {
		return wire.ListenerNotFound
	}
	return wire.None
}

// offlineReplicas are the replicas on brokers that are fenced, unknown, or not
// reachable on the listener of this connection.
func (a *API) offlineReplicas(c *Call, p *metadata.Partition) []int32 {
	offline := []int32{}
	for _, id := range p.Replicas {
		if b := c.Image.Broker(id); b != nil && !b.Fenced {
			if _, ok := b.Endpoint(c.Conn.Listener()); ok {
				continue
			}
		}
		offline = append(offline, id)
	}
	return offline
}

// anyAliveBroker is this broker when it is alive, else any other, else -1.
func (a *API) anyAliveBroker(img *metadata.Image) int32 {
	if b := img.Broker(a.BrokerID); b != nil && !b.Fenced {
		return a.BrokerID
	}
	for b := range img.Brokers() {
		if !b.Fenced {
			return b.ID
		}
	}
	return -1
}
