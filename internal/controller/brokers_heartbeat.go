package controller

import (
	"errors"
	"slices"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// BrokerHeartbeat keeps a broker's session alive and moves the broker between its
// states as it asks: fenced, unfenced, shutting down (KIP-631).
func (c *Controller) BrokerHeartbeat(caller Caller, req *wire.BrokerHeartbeatRequest) (*wire.BrokerHeartbeatResponse, error) {
	resp, err := decide(c, func(d *decision) (*wire.BrokerHeartbeatResponse, error) {
		b, f := d.brokerOf(req.BrokerId, req.BrokerEpoch)
		if f != nil {
			return &wire.BrokerHeartbeatResponse{ErrorCode: f.code, IsFenced: true}, nil
		}
		d.session(b).local = caller.InProcess
		return d.heartbeat(b, req), nil
	})
	if errors.Is(err, wire.RequestTimedOut) && c.machine != nil {
		c.machine.Metrics.TimedOutHeartbeats.Inc()
	}
	return resp, err
}

// brokerOf returns the broker if that epoch is its registered one: a process that
// another has replaced must not speak for it.
func (d *decision) brokerOf(id int32, epoch int64) (*metadata.Broker, *fault) {
	b := d.image.Broker(id)
	if b == nil {
		return nil, refuse(wire.StaleBrokerEpoch, "No broker registration found for broker id %d", id)
	}
	if b.Epoch != epoch {
		return nil, refuse(wire.StaleBrokerEpoch, "Expected broker epoch %d, but got broker epoch %d", b.Epoch, epoch)
	}
	return b, nil
}

// brokerState is where a broker stands.
type brokerState int8

const (
	fenced brokerState = iota
	unfenced
	shuttingDown
	// gone is fenced for good: the process may end.
	gone
)

func stateOf(b *metadata.Broker) brokerState {
	switch {
	case b.Fenced:
		return fenced
	case b.InControlledShutdown:
		return shuttingDown
	}
	return unfenced
}

func (d *decision) heartbeat(b *metadata.Broker, req *wire.BrokerHeartbeatRequest) *wire.BrokerHeartbeatResponse {
	s := d.session(b)
	s.metadataOffset = req.CurrentMetadataOffset
	next := d.nextState(b, s, req)
	d.heard(b.ID, s)
	switch {
	case next != stateOf(b):
		next = d.enter(b, s, next)
	case d.directories():
		// Not together with a change of state, which is about the same partitions.
		// Each heartbeat tells of the directories again.
		d.loseDirectories(b, req.OfflineLogDirs)
	}
	if metadata.CordonedDirsSupported(d.image.Feature(metadata.MetadataVersion)) {
		d.cordon(b, req.CordonedLogDirs)
	}
	return &wire.BrokerHeartbeatResponse{
		IsCaughtUp:     d.caughtUp(b, req),
		IsFenced:       next == fenced || next == gone,
		ShouldShutDown: next == gone,
	}
}

// caughtUp tells whether the broker has seen the record that left it fenced. Before
// that it could take what it led in an earlier life for current.
func (d *decision) caughtUp(b *metadata.Broker, req *wire.BrokerHeartbeatRequest) bool {
	return req.CurrentMetadataOffset >= d.fencedAt[b.ID]
}

// nextState says where the broker goes with this heartbeat.
func (d *decision) nextState(b *metadata.Broker, s *session, req *wire.BrokerHeartbeatRequest) brokerState {
	switch state := stateOf(b); state {
	case fenced:
		switch {
		case req.WantShutDown:
			return gone
		// A process that was on its way out does not come back: a new one registers.
		case !req.WantFence && !b.InControlledShutdown && d.caughtUp(b, req):
			return unfenced
		}
		return fenced
	case unfenced:
		switch {
		case req.WantFence && req.WantShutDown:
			return gone
		case req.WantFence:
			return fenced
		case req.WantShutDown && d.leads(b.ID):
			return shuttingDown
		case req.WantShutDown:
			return gone
		}
		return unfenced
	default:
		if d.leads(b.ID) {
			return shuttingDown
		}
		if s.shutdownOffset < 0 {
			s.shutdownOffset = d.end - 1
		}
		// Everybody who may lead has seen that this broker does not any more.
		if s.shutdownOffset <= d.lowestActiveOffset() {
			return gone
		}
		return shuttingDown
	}
}

// enter adds what changes when the broker enters the state, and returns the state
// in which it is then: one with very many partitions is fenced by later batches.
func (d *decision) enter(b *metadata.Broker, s *session, next brokerState) brokerState {
	switch next {
	case unfenced:
		d.add(&wire.BrokerRegistrationChangeRecord{BrokerId: b.ID, BrokerEpoch: b.Epoch, Fenced: -1})
		if d.lead(b.ID) {
			d.goOnLeading(b.ID, b.Epoch)
		}
	case shuttingDown:
		d.add(&wire.BrokerRegistrationChangeRecord{BrokerId: b.ID, BrokerEpoch: b.Epoch, InControlledShutdown: 1})
		s.shutdownOffset = -1
		if d.leave(b.ID, true, everyPartition) {
			d.goOnLeaving(b.ID, b.Epoch)
		} else {
			s.shutdownOffset = d.end + int64(len(d.records)) - 1
		}
	case gone, fenced:
		if !b.Fenced && d.fence(b) {
			d.goOnFencing(b.ID, b.Epoch)
			return stateOf(b)
		}
		if next == gone {
			s.deadlineMs = 0
		}
	}
	d.Log.Info("A broker changes its state", "broker", b.ID, "epoch", b.Epoch,
		"fenced", next == fenced || next == gone, "shuttingDown", next == shuttingDown || next == gone,
		"records", len(d.records))
	return next
}

// loseDirectories handles directories of the broker that have failed (KIP-858).
func (d *decision) loseDirectories(b *metadata.Broker, offline []wire.UUID) {
	left := slices.DeleteFunc(slices.Clone(b.LogDirs), func(dir wire.UUID) bool { return slices.Contains(offline, dir) })
	if len(left) == len(b.LogDirs) {
		return
	}
	more := d.leave(b.ID, true, func(p *metadata.Partition) bool {
		dir := p.Directory(b.ID)
		return slices.Contains(b.LogDirs, dir) && !slices.Contains(left, dir)
	})
	if more {
		return // the next heartbeat goes on with it
	}
	// An empty list would mean no change; a broker without any directory ends itself.
	if len(left) > 0 {
		d.add(&wire.BrokerRegistrationChangeRecord{BrokerId: b.ID, BrokerEpoch: b.Epoch, LogDirs: left})
	}
	d.Log.Warn("Log directories of a broker have failed", "broker", b.ID, "epoch", b.Epoch, "left", len(left))
}

// cordon notes which directories take no new replicas. A broker that has not seen
// its own configuration yet sends null.
func (d *decision) cordon(b *metadata.Broker, cordoned []wire.UUID) {
	if cordoned == nil || slices.Equal(cordoned, b.CordonedLogDirs) {
		return
	}
	d.add(&wire.BrokerRegistrationChangeRecord{
		BrokerId: b.ID, BrokerEpoch: b.Epoch, CordonedLogDirs: slices.Clone(cordoned),
	})
}
