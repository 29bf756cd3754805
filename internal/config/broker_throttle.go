package config

// throttleKeys: replication throttles (KIP-73). They exist as dynamic keys only;
// in a file they mean nothing, and a description shows them when they are set.
// Sorted by name.
var throttleKeys = []Def{
	{Name: "follower.replication.throttled.rate", Type: Long, Default: "9223372036854775807", Rule: Rule{Kind: AtLeast, Min: 0}, Importance: Medium, Update: ClusterWide, DynamicOnly: true,
		Doc: "Most bytes per second that throttled replicas on this broker fetch; partition moves set it."},
	{Name: "leader.replication.throttled.rate", Type: Long, Default: "9223372036854775807", Rule: Rule{Kind: AtLeast, Min: 0}, Importance: Medium, Update: ClusterWide, DynamicOnly: true,
		Doc: "Most bytes per second that this broker serves to throttled replicas; partition moves set it."},
	{Name: "replica.alter.log.dirs.io.max.bytes.per.second", Type: Long, Default: "9223372036854775807", Rule: Rule{Kind: AtLeast, Min: 0}, Importance: Medium, Update: ClusterWide, DynamicOnly: true,
		Doc: "Most bytes per second copied between this broker's log directories."},
}
