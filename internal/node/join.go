package node

import (
	"errors"
	"fmt"
	"time"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

const (
	// defaultHeartbeatMs and defaultSessionMs are used unless the file says
	// otherwise; Kafka's defaults of 2 and 9 seconds let a dead broker count as
	// alive for three times as long.
	defaultHeartbeatMs = 500
	defaultSessionMs   = 3000
)

// startTimeout bounds how long a broker waits to get into its cluster; it covers
// the replay of a long metadata log.
const startTimeout = 60 * time.Second

// errStopped ends a start that was given up.
var errStopped = errors.New("stopped before the broker was registered")

// join starts the quorum, registers this broker, and waits until its own image
// says that it is unfenced. Everything that leads is ready then.
func (n *Node) join() error {
	n.publisher.ready = func(*metadata.Image) bool { return true }
	n.trimmer = newTrimmer()
	n.publisher.steps = []func(*metadata.Image, *metadata.Delta){n.reconfigure, n.countElections, n.snapshots.step, n.trimmer.step}
	if n.isBroker() {
		if err := n.prepareRegistration(); err != nil {
			return err
		}
		n.publisher.ready = n.registrar.registered
		n.assigner = &assigner{
			log: n.log, broker: n.cfg.NodeID(), dirs: n.dirs, epoch: n.brokerEpoch, send: n.channel.assignDirs,
			wake: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{}), pending: make(map[assignment]wire.UUID),
		}
		n.publisher.steps = []func(*metadata.Image, *metadata.Delta){
			n.reconfigure, (&strays{n: n}).step, n.replicas.Apply, n.coordinate, n.countElections, n.snapshots.step, n.trimmer.step, n.reportLeaving,
			n.assigner.step,
		}
	}
	switch {
	case !n.isController() || n.cfg.Alone() || len(n.cfg.Voters()) > 0:
	case n.quorum == nil:
		n.publisher.seen = n.joinQuorum
	default:
		n.publisher.seen = n.leaveQuorum
	}
	for _, l := range n.controllerListeners {
		n.controllerServer.Serve(l.Name, l.socket)
	}
	n.metadataLog.Start()
	if len(n.controllerListeners) > 0 {
		r, err := n.newControllerRegistrar()
		if err != nil {
			return err
		}
		n.controllerRegistrar = r
		go r.run()
		if n.voter = n.newVoter(r.request.Listeners); n.voter != nil {
			go n.voter.run()
		}
	}
	n.unobserve = n.metadataLog.Observe(0, n.publisher)
	if !n.isBroker() {
		return nil
	}
	if err := n.awaitUnfenced(); err != nil {
		return err
	}
	if !n.cfg.Alone() {
		n.dirs.Scrub(n.logDamaged)
	}
	return nil
}

// prepareRegistration makes the registrar, which does not run yet.
func (n *Node) prepareRegistration() error {
	n.registrar = &registrar{
		log: n.log, channel: n.channel, image: n.publisher.Image, request: n.registration(), offlineDirs: n.offlineDirs,
		cordonedDirs: n.cordonedDirs,
		hurry:        n.hurry, registeredAs: n.noteRegistration,
		interval: n.durationOr("broker.heartbeat.interval.ms", defaultHeartbeatMs),
		session:  n.durationOr("broker.session.timeout.ms", defaultSessionMs),
		begin:    time.Now(), leaving: make(chan struct{}), left: make(chan struct{}),
		stop: make(chan struct{}), done: make(chan struct{}),
	}
	n.registrar.aliveNs.Store(-1)
	n.registrar.epoch.Store(-1)
	endpoints, err := advertise(n.cfg.AdvertisedListeners(), n.listeners)
	if err != nil {
		return err
	}
	for _, e := range endpoints {
		n.registrar.request.Listeners = append(n.registrar.request.Listeners, wire.BrokerRegistrationRequestListener{
			Name: e.Name, Host: e.Host, Port: e.Port, SecurityProtocol: e.Protocol,
		})
	}
	return nil
}

// awaitUnfenced lets the broker register and waits until it may lead.
func (n *Node) awaitUnfenced() error {
	go n.registrar.run(n.publisher, n.fail)
	go n.assigner.run()
	go n.runRecordDurability()
	late := time.NewTimer(startTimeout)
	defer late.Stop()
	for {
		changed := n.publisher.nextChange()
		image := n.publisher.told.Load()
		if n.registrar.unfenced(image) {
			return nil
		}
		select {
		case <-changed:
		case err := <-n.failed:
			return err
		case <-n.o.Stop:
			return errStopped
		case <-late.C:
			return fmt.Errorf("The broker could not join its cluster within %s", startTimeout)
		}
	}
}

// durationOr is a configured number of milliseconds, or our own default.
func (n *Node) durationOr(key string, otherwiseMs int64) time.Duration {
	ms := otherwiseMs
	if n.cfg.IsSet(key) {
		ms = n.cfg.Long(key)
	}
	return time.Duration(ms) * time.Millisecond
}

// registration is what this process says of itself.
func (n *Node) registration() wire.BrokerRegistrationRequest {
	req := wire.BrokerRegistrationRequest{
		BrokerId: n.cfg.NodeID(), ClusterId: n.clusterID, PreviousBrokerEpoch: n.dirs.PreviousBrokerEpoch(), IncarnationId: n.incarnation(),
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
