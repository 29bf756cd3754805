// Package group is the group coordinator: membership of classic groups (the
// JoinGroup protocol, KIP-62, 345, 394, 559 and 814) and committed offsets of
// every group. The leader of a partition of __consumer_offsets coordinates the
// groups whose ids hash to that partition; one shard runs each partition.
//
// Invariants. The log, in Kafka's own record formats, is the only source of the
// replicated state (which groups exist, their last persisted generation with its
// members and assignments, the committed offsets), and replay is the only code
// that changes it: live, on load and after a restart. Who waits for a join or a
// sync, timers, members that have not got an assignment yet are soft state: built
// when a shard is loaded, dropped when it is unloaded, never written. A group
// without soft state has no members. A refused append changes nothing for any
// member. No request is kept waiting without a limit except a join and a sync,
// which end with their group's time-outs.
//
// Concurrency. The methods of Coordinator block and may be called from any number
// of goroutines. Everything about one partition happens on the loop of its shard,
// one decision at a time, so groups have no locks. The Coordinator's mutex guards
// only the map of partitions.
//
// It does not authorise, read the clock, open files or send anything; it does not
// run assignors (the leading member of a classic group does). Groups of the
// consumer protocol (KIP-848), share and streams groups and transactional offset
// commits are not here yet: their records are skipped on load.
package group
