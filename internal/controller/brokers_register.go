package controller

import (
	"slices"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// BrokerRegistration gives a broker's process its epoch (KIP-631). The broker is
// fenced until a heartbeat asks for the opposite. A request that is repeated by
// the same process is answered with the epoch that it has.
func (c *Controller) BrokerRegistration(caller Caller, req *wire.BrokerRegistrationRequest) (*wire.BrokerRegistrationResponse, error) {
	for {
		more := false
		resp, err := decide(c, func(d *decision) (*wire.BrokerRegistrationResponse, error) {
			var epoch int64
			var f *fault
			epoch, more, f = d.register(caller, req)
			if f != nil {
				d.records = nil
				d.Log.Warn("Refused the registration of a broker", "broker", req.BrokerId, "err", *f.text)
			}
			return &wire.BrokerRegistrationResponse{ErrorCode: f.codeOf(), BrokerEpoch: epoch}, nil
		})
		if err != nil || !more {
			return resp, err
		}
	}
}

// register adds the records of a registration: of what the process before left
// behind, and of the new one. If that is too much for one batch it adds a part of
// the former only, tells so, and is to be called again.
func (d *decision) register(caller Caller, req *wire.BrokerRegistrationRequest) (epoch int64, more bool, f *fault) {
	old := d.image.Broker(req.BrokerId)
	if f := d.checkRegistration(caller, req, old); f != nil {
		return -1, false, f
	}
	r := d.registration(req)
	if old != nil && old.IncarnationID == req.IncarnationId {
		r.BrokerEpoch, r.Fenced, r.InControlledShutdown = old.Epoch, old.Fenced, old.InControlledShutdown
		d.add(r)
		return r.BrokerEpoch, false, nil
	}
	// The broker tells the epoch before only if nothing that it acknowledged then can
	// be missing now. Of a broker that was unregistered nobody knows.
	intact := old != nil && req.PreviousBrokerEpoch == old.Epoch
	lost := func(p *metadata.Partition) bool { return !d.keeps(req, p) }
	kept := func(p *metadata.Partition) bool { return d.keeps(req, p) }
	if d.leaveEmpty(req.BrokerId, lost) || d.leave(req.BrokerId, intact, kept) {
		return -1, true, nil
	}
	// The end of the log grows with each registration, so no epoch is given twice.
	r.BrokerEpoch = d.end
	d.add(r)
	d.Log.Info("Registering a broker", "broker", req.BrokerId, "epoch", r.BrokerEpoch, "intact", intact, "changedPartitions", len(d.records)-1)
	return r.BrokerEpoch, false, nil
}

// keeps tells whether the process has the directory of the broker's replica. One that
// was taken out of log.dirs has its records no more, however orderly the others ended.
func (d *decision) keeps(req *wire.BrokerRegistrationRequest, p *metadata.Partition) bool {
	dir := p.Directory(req.BrokerId)
	return !d.directories() || dir == metadata.UnassignedDir || dir == metadata.MigratingDir || slices.Contains(req.LogDirs, dir)
}

// registration is the record of a process that is fenced.
func (d *decision) registration(req *wire.BrokerRegistrationRequest) *wire.RegisterBrokerRecord {
	r := &wire.RegisterBrokerRecord{
		BrokerId: req.BrokerId, IncarnationId: req.IncarnationId, Rack: req.Rack, Fenced: true,
	}
	for _, l := range req.Listeners {
		r.EndPoints = append(r.EndPoints, wire.RegisterBrokerRecordBrokerEndpoint(l))
	}
	for _, f := range req.Features {
		r.Features = append(r.Features, wire.RegisterBrokerRecordBrokerFeature(f))
	}
	if d.directories() {
		r.LogDirs = req.LogDirs
	}
	return r
}

func (d *decision) checkRegistration(caller Caller, req *wire.BrokerRegistrationRequest, old *metadata.Broker) *fault {
	if req.ClusterId != d.ClusterID {
		return refuse(wire.InconsistentClusterId, "Expected cluster ID %s, but got cluster ID %s", d.ClusterID, req.ClusterId)
	}
	// The broker of this very process replaces nobody who is still there: they would
	// hold the same data directories.
	if old != nil && old.IncarnationID != req.IncarnationId && d.sessionAlive(old) && !caller.InProcess {
		return refuse(wire.DuplicateBrokerRegistration, "Another broker is registered with that broker id. If the broker "+
			"was recently restarted this should self-resolve once the heartbeat manager expires the broker's session.")
	}
	if req.IsMigratingZkBroker {
		return refuse(wire.BrokerIdNotRegistered, "Controller does not support registering ZK brokers.")
	}
	if d.directories() {
		if f := d.checkDirectories(req); f != nil {
			return f
		}
	}
	return d.checkFeatures(req)
}

func (d *decision) checkDirectories(req *wire.BrokerRegistrationRequest) *fault {
	if len(req.LogDirs) == 0 {
		return refuse(wire.InvalidRegistration, "No directories specified in request")
	}
	for i, dir := range req.LogDirs {
		if metadata.ReservedDir(dir) {
			return refuse(wire.InvalidRegistration, "Reserved directory ID in request")
		}
		if slices.Contains(req.LogDirs[:i], dir) {
			return refuse(wire.InvalidRegistration, "Duplicate directory ID in request")
		}
		for b := range d.image.Brokers() {
			if b.ID != req.BrokerId && slices.Contains(b.LogDirs, dir) {
				return refuse(wire.InvalidRegistration, "Broker %d is already registered with directory %s", b.ID, dir)
			}
		}
	}
	return nil
}

// checkFeatures wants the broker to support every finalised level. A feature that
// it does not name it supports at level 0 only.
func (d *decision) checkFeatures(req *wire.BrokerRegistrationRequest) *fault {
	known := make(map[string]bool, len(req.Features))
	for _, f := range req.Features {
		known[f.Name] = true
		if level := d.image.Feature(f.Name); level < f.MinSupportedVersion || level > f.MaxSupportedVersion {
			return unsupportedLevel(f.Name, level, f.MinSupportedVersion, f.MaxSupportedVersion)
		}
	}
	if !known[metadata.MetadataVersion] {
		return refuse(wire.InvalidRegistration, "Request features do not contain '%s'", metadata.MetadataVersion)
	}
	for name, level := range d.image.FinalizedFeatures() {
		if !known[name] {
			return unsupportedLevel(name, level, 0, 0)
		}
	}
	return nil
}

func unsupportedLevel(name string, level, low, high int16) *fault {
	return refuse(wire.UnsupportedVersion, "Unable to register because the broker does not support finalized version %d of %s. "+
		"The broker wants a version between %d and %d, inclusive.", level, name, low, high)
}
