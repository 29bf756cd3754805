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
	return d.changePartitions(func(p *metadata.Partition) bool {
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

// lead gives the broker, which is unfenced with this decision or was before, the
// partitions that have no leader and that it may lead. It tells whether there are
// more of them than fit into the batch.
func (d *decision) lead(broker int32) (more bool) {
	return d.changePartitions(func(p *metadata.Partition) bool {
		return p.Leader == metadata.NoLeader && slices.Contains(p.Replicas, broker)
	}, func(c *change) { c.come = broker })
}

// changePartitions adds a record for each partition that match finds and that is
// different after prepare, until the batch is full; then it returns true. It looks
// at all partitions: brokers come and go rarely, and no index has to be kept for
// them.
func (d *decision) changePartitions(match func(p *metadata.Partition) bool, prepare func(c *change)) (more bool) {
	var c change // used again for each partition
	for t := range d.image.Topics() {
		for id, p := range t.Partitions() {
			if !match(p) {
				continue
			}
			settings := d.topicSettings(t.Name)
			c.begin(d, settings, t.ID, id, p)
			c.unclean = settings.UncleanLeaderElection
			prepare(&c)
			r := c.record()
			switch {
			case r == nil:
				continue
			case d.full():
				return true
			}
			d.add(r)
		}
	}
	return false
}

// leads tells whether the broker leads a partition.
func (d *decision) leads(broker int32) bool {
	for t := range d.image.Topics() {
		for _, p := range t.Partitions() {
			if p.Leader == broker {
				return true
			}
		}
	}
	return false
}

func everyPartition(*metadata.Partition) bool { return true }
