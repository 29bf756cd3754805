package metrics

// Group has the metrics of the group coordinator.
type Group struct {
	Rebalances    Counter // completed
	OffsetCommits Counter // partitions
	ExpiredGroups Counter
	Counts        Source[GroupCounts]
}

// GroupCounts are the numbers of groups whose coordinator this broker is.
type GroupCounts struct {
	Groups, Offsets                                              int
	Empty, PreparingRebalance, CompletingRebalance, Stable, Dead int // of Groups, by state
	Members                                                      int
}

func (g *Group) collect(out *emitter) {
	const coordinator = "kafka_server_group_coordinator_metrics_"
	out.plainCounter(coordinator+"group_completed_rebalance_count", "Rebalances completed.", &g.Rebalances)
	out.plainCounter(coordinator+"offset_commit_count", "Offsets committed.", &g.OffsetCommits)
	out.plainCounter(coordinator+"offset_expiration_count", "Groups and offsets that expired.", &g.ExpiredGroups)
	c, ok := g.Counts.read()
	if !ok {
		return
	}
	const manager = "kafka_coordinator_group_groupmetadatamanager_"
	out.gauge(manager+"numgroups", "Groups of this coordinator.", c.Groups)
	out.gauge(manager+"numoffsets", "Committed offsets of this coordinator.", c.Offsets)
	out.gauge(manager+"numgroupsempty", "Groups without members.", c.Empty)
	out.gauge(manager+"numgroupspreparingrebalance", "Groups waiting for members to join.", c.PreparingRebalance)
	out.gauge(manager+"numgroupscompletingrebalance", "Groups waiting for the leader's assignment.", c.CompletingRebalance)
	out.gauge(manager+"numgroupsstable", "Groups at rest.", c.Stable)
	out.gauge(manager+"numgroupsdead", "Groups being removed.", c.Dead)
	out.gauge("brolga_group_members", "Members of all groups of this coordinator.", c.Members)
}
