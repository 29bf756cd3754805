package controller

import (
	"slices"

	"github.com/brolga-io/brolga/internal/metadata"
)

// leave takes the broker out of the in-sync sets and leaderships of the partitions
// that match says, because its process or its directory is gone. An intact replica
// stays eligible to lead; one that is not may lack what it had acknowledged.
func (d *decision) leave(broker int32, intact bool, match func(p *metadata.Partition) bool) {
	d.changePartitions(func(p *metadata.Partition) bool {
		return match(p) && (p.Leader == broker || slices.Contains(p.ISR, broker) || !intact && slices.Contains(p.ELR, broker))
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

// lead gives the broker, which is unfenced with this decision, the partitions that
// have no leader and that it may lead.
func (d *decision) lead(broker int32) {
	d.changePartitions(func(p *metadata.Partition) bool {
		return p.Leader == metadata.NoLeader && slices.Contains(p.Replicas, broker)
	}, func(c *change) { c.come = broker })
}

// changePartitions adds a record for each partition that match finds and that is
// different after prepare. It looks at all partitions: brokers come and go rarely,
// and no index has to be kept for them.
func (d *decision) changePartitions(match func(p *metadata.Partition) bool, prepare func(c *change)) {
	var c change // used again for each partition
	for t := range d.image.Topics() {
		var minISR int
		var unclean, resolved bool
		for id, p := range t.Partitions() {
			if !match(p) {
				continue
			}
			if !resolved {
				settings := d.topicSettings(t.Name)
				minISR, unclean, resolved = int(settings.MinInsyncReplicas), settings.UncleanLeaderElection, true
			}
			c = change{
				image: d.image, topic: t.ID, partition: id, from: p, isr: p.ISR,
				lost: metadata.NoLeader, gone: metadata.NoLeader, come: metadata.NoLeader,
				minISR: min(minISR, len(p.Replicas)), elr: d.image.ELREnabled(), unclean: unclean,
			}
			prepare(&c)
			if r := c.record(); r != nil {
				d.add(r)
			}
		}
	}
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
