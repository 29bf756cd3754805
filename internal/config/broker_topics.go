package config

// topicsKeys: defaults of new topics and rules of leadership. Sorted by name.
var topicsKeys = []Def{
	{Name: "auto.create.topics.enable", Type: Boolean, Default: "true", Importance: High,
		Doc: "Whether a topic is created when a client first asks for it."},
	{Name: "auto.leader.rebalance.enable", Type: Boolean, Default: "true", Importance: High,
		Doc: "Whether leadership returns to the preferred replica by itself."},
	{Name: "default.replication.factor", Type: Int, Default: "1", Importance: Medium,
		Doc: "Replicas of a topic created without a factor."},
	{Name: "delete.topic.enable", Type: Boolean, Default: "true", Importance: High,
		Doc: "Whether topics may be deleted."},
	{Name: "leader.imbalance.check.interval.seconds", Type: Long, Default: "300", Rule: Rule{Kind: AtLeast, Min: 1}, Importance: High,
		Doc: "Seconds between two checks for leaders that are not the preferred replica."},
	{Name: "min.insync.replicas", Type: Int, Default: "1", Rule: Rule{Kind: AtLeast, Min: 1}, Importance: High, Update: ClusterWide,
		Doc: "Replicas that must be in sync for a write with acks=all to be accepted."},
	{Name: "num.partitions", Type: Int, Default: "1", Rule: Rule{Kind: AtLeast, Min: 1}, Importance: Medium,
		Doc: "Partitions of a topic created without a count."},
	{Name: "unclean.leader.election.enable", Type: Boolean, Default: "false", Importance: High, Update: ClusterWide,
		Doc: "Whether a replica outside the ISR may lead when nothing else is left, losing data."},
	{Name: "unclean.leader.election.interval.ms", Type: Long, Default: "300000", Rule: Rule{Kind: AtLeast, Min: 1}, Importance: Medium, Internal: true,
		Doc: "Milliseconds between the controller's searches for partitions that need an unclean election."},
}
