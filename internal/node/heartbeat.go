package node

import (
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// registrar is how a broker gets into the cluster and stays there: it registers
// this process, asks to be unfenced, and sends heartbeats (KIP-631).
type registrar struct {
	log     *slog.Logger
	channel *channel
	request wire.BrokerRegistrationRequest
	image   func() *metadata.Image
	// registeredAs is called with the epoch of this process, before it is unfenced.
	registeredAs func(epoch int64) error
	// offlineDirs are the data directories that have failed, cordonedDirs those that
	// take no new replicas, nil while that is not known.
	offlineDirs, cordonedDirs func() []wire.UUID
	// interval lies between two heartbeats, session is how long the controller
	// takes a silent broker for alive.
	interval, session time.Duration

	begin time.Time
	// aliveNs is when the controller last answered a heartbeat, since begin and by
	// the monotonic clock; -1 if never.
	aliveNs atomic.Int64
	fenced  atomic.Bool  // by that answer
	epoch   atomic.Int64 // of this process, -1 before it is registered

	hurry   <-chan struct{} // there is something to tell at once
	leaving chan struct{}   // closed when the broker wants to leave
	left    chan struct{}   // closed when the controller lets it go
	stop    chan struct{}
	done    chan struct{}
}

const (
	// catchUpPause lies between two heartbeats while there is something to catch up
	// with.
	catchUpPause = 20 * time.Millisecond
	// duplicatePause lies between two registrations while the controller takes an
	// earlier process of this broker for alive.
	duplicatePause = 100 * time.Millisecond
)

// unfenced tells whether the image knows this process and lets it lead.
func (r *registrar) unfenced(image *metadata.Image) bool {
	return r.registered(image) && !image.Broker(r.request.BrokerId).Fenced
}

// registered tells whether the image knows this process.
func (r *registrar) registered(image *metadata.Image) bool {
	b := image.Broker(r.request.BrokerId)
	return b != nil && b.IncarnationID == r.request.IncarnationId
}

// answered notes an answer to the heartbeat that was sent at begin.
func (r *registrar) answered(begin time.Time, fenced bool) {
	r.fenced.Store(fenced)
	r.aliveNs.Store(int64(begin.Sub(r.begin)))
}

// alive tells whether the controller has answered a heartbeat within a session, and takes
// this broker for a member. One that is not alive may have been replaced without knowing
// it: a process that stood still hears that it is fenced before it hears who leads now.
func (r *registrar) alive() bool {
	at := r.aliveNs.Load()
	return at >= 0 && !r.fenced.Load() && time.Since(r.begin)-time.Duration(at) < r.session
}

// register asks for a broker epoch until the controller gives one. The pause
// between two attempts grows: a controller that is alone leads within a millisecond
// or so.
func (r *registrar) register() (epoch int64, err error) {
	for pause := time.Millisecond; ; pause = min(2*pause, catchUpPause) {
		resp, err := r.channel.register(&r.request)
		switch {
		case err == nil && resp.ErrorCode == wire.None:
			return resp.BrokerEpoch, nil
		case err == nil && resp.ErrorCode == wire.DuplicateBrokerRegistration:
			pause = duplicatePause
		case err == nil && resp.ErrorCode == wire.InconsistentClusterId:
			return 0, fmt.Errorf("broker %d belongs to cluster %s, but the controllers are those of another cluster: "+
				"point log.dirs to the right directory, or controller.quorum.voters to the right controllers",
				r.request.BrokerId, r.request.ClusterId)
		case err == nil && !resp.ErrorCode.Retriable():
			return 0, fmt.Errorf("the controller refused to register broker %d: %w", r.request.BrokerId, resp.ErrorCode)
		case err != nil:
			r.log.Debug("The controller did not answer a registration", "err", err)
		}
		if !r.pause(pause) {
			return 0, errStopped
		}
	}
}

// pause waits and returns false when the registrar is stopped meanwhile. The wish to
// leave is told at once.
func (r *registrar) pause(d time.Duration) bool {
	leaving := r.leaving
	if d <= catchUpPause {
		leaving = nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-r.stop:
		return false
	case <-leaving:
		return true
	case <-r.hurry:
		return true
	case <-t.C:
		return true
	}
}

// run registers and then sends heartbeats until stopped.
func (r *registrar) run(p *publisher, failed func(error)) {
	defer close(r.done)
	epoch, err := r.register()
	if err != nil {
		failed(err)
		return
	}
	if err := r.registeredAs(epoch); err != nil {
		r.log.Error("The broker's epoch could not be written to every data directory", "broker", r.request.BrokerId, "err", err)
	}
	r.epoch.Store(epoch)
	r.log.Info("Registered broker", "broker", r.request.BrokerId, "epoch", epoch)
	p.Await(startTimeout, r.registered) // a heartbeat counts from its own registration on
	for wait, fenced := time.Duration(0), true; r.pause(wait); {
		begin := time.Now()
		resp, err := r.channel.heartbeat(r.heartbeat(epoch))
		wait = catchUpPause
		switch {
		case err == nil && resp.ErrorCode == wire.StaleBrokerEpoch:
			p.Await(heartbeatTimeout, func(image *metadata.Image) bool { return !r.registered(image) })
			failed(r.replaced(p.Image()))
			return
		case err != nil || resp.ErrorCode != wire.None:
			r.log.Debug("A heartbeat was not answered", "err", err)
			continue
		case resp.ShouldShutDown:
			close(r.left)
			return
		}
		r.answered(begin, resp.IsFenced)
		if resp.IsFenced != fenced {
			fenced = resp.IsFenced
			r.log.Info(map[bool]string{true: "The broker is fenced", false: "The broker has been unfenced"}[fenced], "broker", r.request.BrokerId)
		}
		if !fenced && !r.wantsToLeave() {
			wait = max(0, r.interval-time.Since(begin))
		}
	}
}

// replaced says why the controller does not know this process any more.
func (r *registrar) replaced(image *metadata.Image) error {
	if image.Broker(r.request.BrokerId) == nil {
		return fmt.Errorf("broker %d was unregistered (kafka-cluster unregister) while it ran: start it again to have it back, "+
			"or leave it stopped", r.request.BrokerId)
	}
	return fmt.Errorf("broker %d was registered again by another process: two processes have this node.id", r.request.BrokerId)
}

func (r *registrar) wantsToLeave() bool {
	select {
	case <-r.leaving:
		return true
	default:
		return false
	}
}

func (r *registrar) heartbeat(epoch int64) *wire.BrokerHeartbeatRequest {
	hb := &wire.BrokerHeartbeatRequest{}
	hb.SetDefaults()
	hb.BrokerId, hb.BrokerEpoch = r.request.BrokerId, epoch
	hb.CurrentMetadataOffset = r.image().Offset()
	hb.WantShutDown = r.wantsToLeave()
	hb.OfflineLogDirs, hb.CordonedLogDirs = r.offlineDirs(), r.cordonedDirs()
	return hb
}

func (r *registrar) close() {
	close(r.stop)
	<-r.done
}
