package node

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/brolga-io/brolga/internal/controller"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// registrar is how a broker gets into the cluster and stays there: it registers
// this process, asks to be unfenced, and sends heartbeats (KIP-631).
type registrar struct {
	log        *slog.Logger
	controller *controller.Controller
	caller     controller.Caller
	request    wire.BrokerRegistrationRequest
	image      func() *metadata.Image
	interval   time.Duration

	stop chan struct{}
	done chan struct{}
}

// unfenced tells whether the image knows this process and lets it lead.
func (r *registrar) unfenced(image *metadata.Image) bool {
	return r.registered(image) && !image.Broker(r.request.BrokerId).Fenced
}

// registered tells whether the image knows this process.
func (r *registrar) registered(image *metadata.Image) bool {
	b := image.Broker(r.request.BrokerId)
	return b != nil && b.IncarnationID == r.request.IncarnationId
}

// register asks for a broker epoch until the controller gives one. The pause
// between two attempts grows up to retry: a controller that is alone leads within
// a millisecond or so.
func (r *registrar) register(retry time.Duration) (epoch int64, err error) {
	for pause := time.Millisecond; ; pause = min(2*pause, retry) {
		resp, err := r.controller.BrokerRegistration(r.caller, &r.request)
		switch {
		case err == nil && resp.ErrorCode == wire.None:
			return resp.BrokerEpoch, nil
		case err == nil && !resp.ErrorCode.Retriable():
			return 0, fmt.Errorf("the controller refused to register broker %d: %w", r.request.BrokerId, resp.ErrorCode)
		}
		select {
		case <-r.stop:
			return 0, errStopped
		case <-time.After(pause):
		}
	}
}

// run registers and then sends heartbeats until stopped.
func (r *registrar) run(p *publisher, failed func(error)) {
	defer close(r.done)
	const retry = 20 * time.Millisecond
	epoch, err := r.register(retry)
	if err != nil {
		failed(err)
		return
	}
	r.log.Info("Registered broker", "broker", r.request.BrokerId, "epoch", epoch)
	p.Await(startTimeout, r.registered) // a heartbeat counts from its own registration on
	beat := time.NewTicker(r.interval)
	defer beat.Stop()
	fenced := true
	for {
		resp, err := r.controller.BrokerHeartbeat(r.caller, r.heartbeat(epoch))
		wait := beat.C
		switch {
		case err == nil && resp.ErrorCode == wire.StaleBrokerEpoch:
			failed(fmt.Errorf("broker %d was registered again by another process", r.request.BrokerId))
			return
		case err != nil || resp.ErrorCode != wire.None:
			r.log.Debug("A heartbeat was not answered", "err", err)
		case resp.IsFenced != fenced:
			fenced = resp.IsFenced
			r.log.Info(map[bool]string{true: "The broker is fenced", false: "The broker has been unfenced"}[fenced], "broker", r.request.BrokerId)
		}
		if fenced {
			wait = time.After(retry) // there is something to catch up with: ask again soon
		}
		select {
		case <-r.stop:
			return
		case <-wait:
		}
	}
}

func (r *registrar) heartbeat(epoch int64) *wire.BrokerHeartbeatRequest {
	hb := &wire.BrokerHeartbeatRequest{}
	hb.SetDefaults()
	hb.BrokerId, hb.BrokerEpoch = r.request.BrokerId, epoch
	hb.CurrentMetadataOffset = r.image().Offset()
	return hb
}

func (r *registrar) close() {
	close(r.stop)
	<-r.done
}
