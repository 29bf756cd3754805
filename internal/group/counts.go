package group

import (
	"github.com/brolga-io/brolga/internal/metrics"
	"github.com/brolga-io/brolga/internal/shard"
)

// Counts counts the groups coordinated here, for the metrics. It waits for no
// commit, so that a scrape works when nothing else does.
func (c *Coordinator) Counts() metrics.GroupCounts {
	var sum metrics.GroupCounts
	for _, p := range c.all() {
		done := make(chan metrics.GroupCounts, 1)
		p.shard.Submit(
			func(int64) shard.Result { done <- p.machine.counts(); return shard.Result{} },
			func(error) { done <- metrics.GroupCounts{} },
		)
		n := <-done
		sum.Groups += n.Groups
		sum.Offsets += n.Offsets
		sum.Empty += n.Empty
		sum.PreparingRebalance += n.PreparingRebalance
		sum.CompletingRebalance += n.CompletingRebalance
		sum.Stable += n.Stable
		sum.Members += n.Members
	}
	return sum
}

// counts counts the groups of the partition. Those without soft state are empty.
func (m *machine) counts() metrics.GroupCounts {
	n := metrics.GroupCounts{Offsets: m.state.offsets}
	for _, g := range m.groups {
		n.Members += g.members.len()
		n.Groups++
		switch g.state {
		case empty:
			n.Empty++
		case preparingRebalance:
			n.PreparingRebalance++
		case completingRebalance:
			n.CompletingRebalance++
		case stable:
			n.Stable++
		}
	}
	for id, gs := range m.state.groups {
		if gs.exists && m.groups[id] == nil {
			n.Groups++
			n.Empty++
		}
	}
	return n
}
