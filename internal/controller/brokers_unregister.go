package controller

import (
	"github.com/brolga-io/brolga/internal/wire"
)

// UnregisterBroker forgets a broker that will not come back (KIP-631). It leaves
// the in-sync sets and leaderships of its partitions, whose replicas still name it.
// If it comes back nevertheless it counts as one that lost everything.
func (c *Controller) UnregisterBroker(_ Caller, req *wire.UnregisterBrokerRequest) (*wire.UnregisterBrokerResponse, error) {
	for {
		more := false
		resp, err := decide(c, func(d *decision) (*wire.UnregisterBrokerResponse, error) {
			resp := &wire.UnregisterBrokerResponse{}
			b := d.image.Broker(req.BrokerId)
			if b == nil {
				resp.ErrorCode, resp.ErrorMessage = refuse(wire.BrokerIdNotRegistered,
					"Broker ID %d is not currently registered", req.BrokerId).parts()
				return resp, nil
			}
			if more = d.leave(b.ID, true, everyPartition); !more {
				d.add(&wire.UnregisterBrokerRecord{BrokerId: b.ID, BrokerEpoch: b.Epoch})
				d.Log.Info("Unregistering a broker", "broker", b.ID, "epoch", b.Epoch)
			}
			return resp, nil
		})
		if err != nil || !more {
			return resp, err
		}
	}
}
