package node

import (
	"time"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// controllerRegistrar tells the cluster where this controller is reached and what it
// supports (KIP-919). One registration is enough for the life of a process.
type controllerRegistrar struct {
	node    *Node
	request wire.ControllerRegistrationRequest

	stop chan struct{}
	done chan struct{}
}

// controllerRegistrationPause lies between two attempts.
const controllerRegistrationPause = 500 * time.Millisecond

func (n *Node) newControllerRegistrar() (*controllerRegistrar, error) {
	r := &controllerRegistrar{node: n, stop: make(chan struct{}), done: make(chan struct{})}
	r.request = wire.ControllerRegistrationRequest{ControllerId: n.cfg.NodeID(), IncarnationId: newUUID()}
	endpoints, err := advertise(n.cfg.AdvertisedControllerListeners(), n.controllerListeners)
	for _, e := range endpoints {
		r.request.Listeners = append(r.request.Listeners, wire.ControllerRegistrationRequestListener{
			Name: e.Name, Host: e.Host, Port: e.Port, SecurityProtocol: e.Protocol,
		})
	}
	for _, f := range metadata.Features() {
		r.request.Features = append(r.request.Features, wire.ControllerRegistrationRequestFeature{
			Name: f.Name, MinSupportedVersion: f.Min, MaxSupportedVersion: f.Max,
		})
	}
	return r, err
}

// run asks until an image shows the registration.
func (r *controllerRegistrar) run() {
	defer close(r.done)
	for {
		changed := r.node.publisher.nextChange()
		image := r.node.publisher.told.Load()
		if c := image.Controller(r.request.ControllerId); c != nil && c.IncarnationID == r.request.IncarnationId {
			return
		}
		var again <-chan time.Time
		if metadata.ControllersRegister(image.Feature(metadata.MetadataVersion)) {
			again = time.After(controllerRegistrationPause)
			resp, err := r.node.channel.registerController(&r.request)
			if err == nil && resp.ErrorCode != wire.None {
				err = resp.ErrorCode
			}
			if err != nil {
				r.node.log.Debug("The active controller did not register this one", "err", err)
				changed = nil // nothing that is committed meanwhile makes a difference
			}
		}
		select {
		case <-r.stop:
			return
		case <-changed:
		case <-again:
		}
	}
}

func (r *controllerRegistrar) close() {
	close(r.stop)
	<-r.done
}
