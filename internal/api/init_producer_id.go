package api

// InitProducerId (key 22), versions 0–5.
//
//	v2  flexible
//	v3  the producer's present id and epoch (KIP-360)
//	v4  PRODUCER_FENCED
//	v5  TRANSACTION_ABORTABLE (KIP-890)
//
// Version 6 (two-phase commit, KIP-939) is unstable in Kafka and not served. A
// producer without a transactional id always gets a new producer id with epoch 0,
// whatever it had before. There is no coordinator for transactional ids yet.

import "github.com/brolga-io/brolga/internal/wire"

const (
	noProducerID    = -1
	noProducerEpoch = -1
)

func (a *API) initProducerID(c *Call, req *wire.InitProducerIdRequest) *wire.InitProducerIdResponse {
	resp := &wire.InitProducerIdResponse{}
	resp.SetDefaults()
	resp.ProducerEpoch = noProducerEpoch
	switch {
	case (req.ProducerId == noProducerID) != (req.ProducerEpoch == noProducerEpoch):
		resp.ErrorCode = wire.InvalidRequest
	case req.TransactionalId != nil && *req.TransactionalId == "":
		resp.ErrorCode = wire.InvalidRequest
	case req.TransactionalId != nil:
		resp.ErrorCode = wire.CoordinatorNotAvailable
	default:
		id, err := a.ProducerIDs.Next()
		if err != nil {
			a.log.Warn("No producer ids", "err", err)
			resp.ErrorCode = wire.CoordinatorLoadInProgress // clients try again
			break
		}
		resp.ProducerId, resp.ProducerEpoch = id, 0
	}
	return resp
}
