package controller

import (
	"math"

	"github.com/brolga-io/brolga/internal/wire"
)

// producerIDBlock is how many producer ids a broker is given at once.
const producerIDBlock = 1000

// AllocateProducerIDs gives a broker the next block of producer ids (KIP-730).
func (c *Controller) AllocateProducerIDs(_ Caller, req *wire.AllocateProducerIdsRequest) (*wire.AllocateProducerIdsResponse, error) {
	return decide(c, func(d *decision) (*wire.AllocateProducerIdsResponse, error) {
		if _, f := d.brokerOf(req.BrokerId, req.BrokerEpoch); f != nil {
			return &wire.AllocateProducerIdsResponse{ErrorCode: f.code}, nil
		}
		first := d.image.NextProducerID()
		if first > math.MaxInt64-producerIDBlock {
			return &wire.AllocateProducerIdsResponse{ErrorCode: wire.UnknownServerError}, nil
		}
		d.add(&wire.ProducerIdsRecord{
			BrokerId: req.BrokerId, BrokerEpoch: req.BrokerEpoch, NextProducerId: first + producerIDBlock,
		})
		return &wire.AllocateProducerIdsResponse{ProducerIdStart: first, ProducerIdLen: producerIDBlock}, nil
	})
}
