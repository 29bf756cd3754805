package replica

import "github.com/brolga-io/brolga/internal/wire"

// preferredReplica picks the replica that a consumer of a rack should read from,
// from offset on: the leader if it is in that rack, else the replica there that has
// most of the log, else the leader again (Kafka's RackAwareReplicaSelector,
// KIP-392). Only members of the ISR count that have the offset. It returns
// noReplica for the leader.
func (p *Partition) preferredReplica(rack string, offset int64) int32 {
	s := p.topic.set
	if s.inRack(s.o.BrokerID, rack) {
		return noReplica
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.lead.Load()
	if l == nil {
		return noReplica
	}
	best := remoteReplica{id: noReplica}
	for _, r := range p.remotes {
		switch {
		case !contains(l.isr, r.id) || r.endOffset < offset || r.logStart > offset || !s.inRack(r.id, rack):
		case best.id == noReplica || r.endOffset > best.endOffset ||
			r.endOffset == best.endOffset && r.caughtUpMs > best.caughtUpMs:
			best = r
		}
	}
	return best.id
}

// inRack tells whether a broker is in a rack and serves clients.
func (s *Set) inRack(id int32, rack string) bool {
	img := s.image.Load()
	if img == nil {
		return false
	}
	b := img.Broker(id)
	return b != nil && !b.Fenced && b.Rack != nil && *b.Rack == rack
}

// rackOf is the rack whose replicas a consumer should be sent to, "" to serve it
// here in any case.
func (s *Set) rackOf(req *wire.FetchRequest) string {
	if !s.o.Replication.RackAware || replicaOf(req) != noReplica {
		return ""
	}
	return req.RackId
}
