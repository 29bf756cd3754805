package controller

import (
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/shard"
)

// Keys of the configs of what is done to leaders from time to time.
const (
	uncleanKey           = "unclean.leader.election.enable"
	rebalanceKey         = "auto.leader.rebalance.enable"
	rebalanceIntervalKey = "leader.imbalance.check.interval.seconds"
	leaderlessKey        = "unclean.leader.election.interval.ms"
)

// maxElectionsPerBatch bounds the elections of one batch of the two timers, as in
// Kafka, so that clients do not all look for new leaders at once.
const maxElectionsPerBatch = 1000

// settledMs is how long no preferred replica may have come back into an in-sync set
// before leaderships go back to those that have. A broker that returns brings all
// its partitions within that time, and one that comes and goes moves nothing.
const settledMs = 5000

// Keys of timers.
type (
	rebalanceTimer  struct{}
	settledTimer    struct{}
	leaderlessTimer struct{}
)

// beginBalance sets the timers that look after leaders.
func (m *machine) beginBalance() {
	m.shard.Schedule(leaderlessTimer{}, m.Static.Long(leaderlessKey), m.lookAtLeaderless)
	if m.Static.Bool(rebalanceKey) {
		m.shard.Schedule(rebalanceTimer{}, 1000*m.Static.Long(rebalanceIntervalKey), m.rebalance)
	}
}

// preferredIsBack notes that a preferred replica is in sync again and does not lead.
// Kafka's controller would find it at its next look, up to five minutes later.
func (m *machine) preferredIsBack() {
	if !m.Static.Bool(rebalanceKey) {
		return
	}
	m.shard.Schedule(settledTimer{}, settledMs, func(int64) shard.Result {
		m.begin((*decision).preferLeaders)
		return shard.Result{}
	})
}

// rebalance gives leaderships back to preferred replicas that are in sync again.
func (m *machine) rebalance(int64) shard.Result {
	m.begin((*decision).preferLeaders)
	m.shard.Schedule(rebalanceTimer{}, 1000*m.Static.Long(rebalanceIntervalKey), m.rebalance)
	return shard.Result{}
}

func (d *decision) preferLeaders() (more bool) {
	d.batchLimit = maxElectionsPerBatch
	return d.changePartitions(func(p *metadata.Partition) bool {
		return p.Leader != p.PreferredReplica() && d.active(p.PreferredReplica())
	}, func(c *change) { c.preferred, c.unclean = true, false })
}

// lookAtLeaderless finds leaders for partitions that have none and may have any. It
// runs from time to time because a broker may have become active, or a topic's
// config changed, without a decision that looked at the partition.
func (m *machine) lookAtLeaderless(int64) shard.Result {
	m.begin((*decision).electLeaderless)
	m.shard.Schedule(leaderlessTimer{}, m.Static.Long(leaderlessKey), m.lookAtLeaderless)
	return shard.Result{}
}
