package controller

import (
	"slices"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// fenceSilent fences a broker's process whose session has ended, unless a heartbeat
// that has come in the meantime makes it last longer.
func (m *machine) fenceSilent(id int32, s *session) {
	if s.fencing {
		return // the work looks at the session again
	}
	s.fencing = true
	m.begin(func(d *decision) bool {
		s.fencing = d.sessions[id] == s && d.fenceEnded(id, s)
		return s.fencing
	})
}

// fenceEnded adds the next batch of fencing the broker, if its session has ended.
func (d *decision) fenceEnded(id int32, s *session) (more bool) {
	b := d.image.Broker(id)
	switch {
	case s.alive(d.sessionNow()):
		return false
	case b == nil || b.Epoch != s.epoch || b.Fenced:
		s.deadlineMs = 0
		return false
	}
	if d.fence(b) {
		return true
	}
	d.Log.Warn("Fencing a broker whose session has ended", "broker", id, "epoch", s.epoch)
	return false
}

// fence takes the broker's leaderships and memberships in in-sync sets away and then
// fences it. Fencing comes last: if the work is cut off, whoever goes on with it
// sees by the missing fence that there is something left.
func (d *decision) fence(b *metadata.Broker) (more bool) {
	if d.leave(b.ID, true, everyPartition) {
		return true
	}
	d.add(&wire.BrokerRegistrationChangeRecord{BrokerId: b.ID, BrokerEpoch: b.Epoch, Fenced: 1})
	return false
}

// goOnFencing is for a broker that asked for its fence and has too many partitions
// for one batch.
func (m *machine) goOnFencing(id int32, epoch int64) {
	m.begin(func(d *decision) bool {
		b := d.image.Broker(id)
		return b != nil && b.Epoch == epoch && !b.Fenced && d.fence(b)
	})
}

// goOnLeaving moves the rest of the leaderships of a broker that shuts down.
func (m *machine) goOnLeaving(id int32, epoch int64) {
	m.begin(func(d *decision) bool {
		b := d.image.Broker(id)
		return b != nil && b.Epoch == epoch && !b.Active() && d.leave(id, true, everyPartition)
	})
}

// goOnLeading gives an unfenced broker the rest of the partitions that it may lead.
func (m *machine) goOnLeading(id int32, epoch int64) {
	m.begin(func(d *decision) bool {
		b := d.image.Broker(id)
		return b != nil && b.Epoch == epoch && b.Active() && d.lead(id)
	})
}

// electLeaderless finds leaders for partitions that have none and need not: a
// controller before this one may have been cut off while it was about to, or a
// topic has come to allow a leader that may lack records.
func (d *decision) electLeaderless() (more bool) {
	return d.changePartitions(func(p *metadata.Partition) bool {
		return p.Leader == metadata.NoLeader && slices.ContainsFunc(p.Replicas, d.active)
	}, func(*change) {})
}

// active tells whether the broker may lead.
func (d *decision) active(id int32) bool {
	b := d.image.Broker(id)
	return b != nil && b.Active()
}
