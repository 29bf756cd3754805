package node

import (
	"errors"
	"fmt"
	"time"

	"github.com/brolga-io/brolga/internal/controller"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// role passes the quorum's word on to the controller, which is made after it.
type role struct {
	controller *controller.Controller
}

// Lead implements quorum.Role.
func (r *role) Lead(epoch int32) { r.controller.Lead(epoch) }

// Resign implements quorum.Role.
func (r *role) Resign() { r.controller.Resign() }

// defaultHeartbeatMs is used unless the file says otherwise; Kafka's default of
// two seconds is four times as long.
const defaultHeartbeatMs = 500

// startTimeout bounds how long a broker waits to get into its cluster; it covers
// the replay of a long metadata log.
const startTimeout = 60 * time.Second

// join starts the quorum, registers this broker, and waits until its own image
// says that it is unfenced. Everything that leads is ready then.
func (n *Node) join() error {
	n.registrar = &registrar{
		log: n.log, controller: n.controller, image: n.publisher.Image, request: n.registration(),
		caller:   controller.Caller{Principal: "User:ANONYMOUS", Broker: n.cfg.NodeID(), InProcess: true},
		interval: n.heartbeatInterval(), stop: make(chan struct{}), done: make(chan struct{}),
	}
	endpoints, err := advertise(n.cfg.AdvertisedListeners(), n.listeners)
	if err != nil {
		return err
	}
	for _, e := range endpoints {
		n.registrar.request.Listeners = append(n.registrar.request.Listeners, wire.BrokerRegistrationRequestListener{
			Name: e.Name, Host: e.Host, Port: e.Port, SecurityProtocol: e.Protocol,
		})
	}
	n.publisher.ready = n.registrar.registered
	n.publisher.steps = []func(*metadata.Image, *metadata.Delta){
		n.reconfigure, n.replicas.Apply, n.coordinate, n.countElections, n.snapshots.step,
	}
	n.quorum.Start()
	n.unobserve = n.quorum.Observe(0, n.publisher)
	go n.registrar.run(n.publisher, n.fail)
	image := n.publisher.Await(startTimeout, n.registrar.unfenced)
	if !n.registrar.unfenced(image) {
		select {
		case err := <-n.failed:
			return err
		default:
			return fmt.Errorf("The broker could not join its cluster within %s", startTimeout)
		}
	}
	n.dirs.SetBrokerEpoch(image.Broker(n.cfg.NodeID()).Epoch)
	return nil
}

func (n *Node) heartbeatInterval() time.Duration {
	const key = "broker.heartbeat.interval.ms"
	if n.cfg.IsSet(key) {
		return time.Duration(n.cfg.Long(key)) * time.Millisecond
	}
	return defaultHeartbeatMs * time.Millisecond
}

// registration is what this process says of itself.
func (n *Node) registration() wire.BrokerRegistrationRequest {
	req := wire.BrokerRegistrationRequest{
		BrokerId: n.cfg.NodeID(), ClusterId: n.clusterID, IncarnationId: newUUID(),
		PreviousBrokerEpoch: n.dirs.PreviousBrokerEpoch(),
	}
	if rack := n.cfg.String("broker.rack"); rack != "" {
		req.Rack = &rack
	}
	for _, d := range n.dirs.Dirs() {
		if !d.Offline {
			req.LogDirs = append(req.LogDirs, wire.UUID(d.DirectoryID))
		}
	}
	for _, f := range metadata.Features() {
		req.Features = append(req.Features, wire.BrokerRegistrationRequestFeature{
			Name: f.Name, MinSupportedVersion: f.Min, MaxSupportedVersion: f.Max,
		})
	}
	return req
}

// errStopped ends a start that was given up.
var errStopped = errors.New("stopped before the broker was registered")
