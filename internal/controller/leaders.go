package controller

import (
	"slices"

	"github.com/brolga-io/brolga/internal/metadata"
)

// leave takes the broker out of the in-sync sets and leaderships of the partitions
// that match says, because its process or its directory is gone. An intact replica
// stays eligible to lead; one that is not may lack what it had acknowledged. It
// tells whether there are more of them than fit into the batch.
func (d *decision) leave(broker int32, intact bool, match func(p *metadata.Partition) bool) (more bool) {
	return d.changePartitionsOf(broker, func(p *metadata.Partition) bool {
		has := p.Leader == broker || slices.Contains(p.ISR, broker) || !intact && slices.Contains(p.ELR, broker)
		return has && match(p)
	}, func(c *change) {
		c.gone = broker
		if c.sole() {
			return
		}
		c.isr = without(c.isr, broker)
		if !intact {
			c.lost = broker
		}
	})
}

// leaveEmpty is leave for partitions whose replica went with its directory. It has
// nothing any more, and is not even remembered as the last leader: elected, it would
// have the others delete what they have.
func (d *decision) leaveEmpty(broker int32, match func(p *metadata.Partition) bool) (more bool) {
	return d.changePartitionsOf(broker, func(p *metadata.Partition) bool {
		has := p.Leader == broker || slices.Contains(p.ISR, broker) || slices.Contains(p.ELR, broker) || slices.Contains(p.LastKnownELR, broker)
		return has && match(p)
	}, func(c *change) {
		c.gone = broker
		if c.sole() {
			return
		}
		c.isr = without(c.isr, broker)
		c.lost, c.emptied = broker, broker
	})
}

// lead gives the broker, which is unfenced with this decision or was before, the
// partitions that have no leader and that it may lead. It tells whether there are
// more of them than fit into the batch.
func (d *decision) lead(broker int32) (more bool) {
	return d.changePartitionsOf(broker, func(p *metadata.Partition) bool {
		return p.Leader == metadata.NoLeader
	}, func(c *change) { c.come = broker })
}

// changePartitions adds a record for each partition that match finds and that is
// different after prepare, until the batch is full; then it returns true. It looks
// at all partitions, which only what is done from time to time may.
func (d *decision) changePartitions(match func(p *metadata.Partition) bool, prepare func(c *change)) (more bool) {
	for t := range d.image.Topics() {
		for id, p := range t.Partitions() {
			if match(p) && !d.changePartition(t, id, p, prepare) {
				return true
			}
		}
	}
	return false
}

// changePartitionsOf is changePartitions among the replicas of a broker.
func (d *decision) changePartitionsOf(broker int32, match func(p *metadata.Partition) bool, prepare func(c *change)) (more bool) {
	d.partitionsOf(broker, func(t *metadata.Topic, id int32, p *metadata.Partition) bool {
		more = match(p) && !d.changePartition(t, id, p, prepare)
		return !more
	})
	return more
}

// changePartition adds the record of one change, if it is one, and returns false if
// the batch has no room for it.
func (d *decision) changePartition(t *metadata.Topic, id int32, p *metadata.Partition, prepare func(c *change)) bool {
	settings := d.electionSettings(t.Name)
	c := &d.changing
	c.begin(d, settings, t.ID, id, p)
	c.unclean = settings.unclean
	prepare(c)
	r := c.record()
	if r == nil {
		return true
	}
	if d.full() {
		return false
	}
	d.add(r)
	return true
}

// leads tells whether the broker leads a partition.
func (d *decision) leads(broker int32) (found bool) {
	d.partitionsOf(broker, func(_ *metadata.Topic, _ int32, p *metadata.Partition) bool {
		found = p.Leader == broker
		return !found
	})
	return found
}

func everyPartition(*metadata.Partition) bool { return true }
