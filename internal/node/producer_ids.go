package node

import (
	"github.com/brolga-io/brolga/internal/txn"
	"github.com/brolga-io/brolga/internal/wire"
)

// allocateProducerIDs asks the controller for a block of producer ids (KIP-730).
func (n *Node) allocateProducerIDs() (txn.Block, error) {
	id := n.cfg.NodeID()
	b := n.publisher.Image().Broker(id)
	if b == nil {
		return txn.Block{}, wire.BrokerIdNotRegistered
	}
	resp, err := n.channel.allocateProducerIDs(&wire.AllocateProducerIdsRequest{BrokerId: id, BrokerEpoch: b.Epoch})
	switch {
	case err != nil:
		return txn.Block{}, err
	case resp.ErrorCode != wire.None:
		return txn.Block{}, resp.ErrorCode
	}
	return txn.Block{First: resp.ProducerIdStart, Count: resp.ProducerIdLen}, nil
}
