// Package replica is the partitions of this broker: which of them it leads, up
// to where their records are committed, and who waits for that to move. Clients'
// reads and writes of partition data go through here.
//
// Invariants. The high watermark of a leader never moves back within one leader
// epoch and never passes what every in-sync replica has; consumers and waiting
// produces see nothing beyond it. An append reaches a log only under the leader
// epoch that the metadata gave this broker. What waits is told exactly once:
// when its offset is committed, when leadership ends, or when it gives up.
// Whatever can make a waiting fetch answerable wakes it; nothing polls.
//
// Concurrency. Everything here is called by connection goroutines at the same
// time, and by the one goroutine that publishes metadata (Set.Apply). Each
// partition has a mutex over its role, its watermark and its waiters; neither
// I/O nor calls into other rooms happen under it, except reading counters of the
// log. The log itself refuses appends of a stale epoch, so no lock is held
// across an append.
//
// It deliberately knows nothing of groups, transactions, principals or the wire
// format of requests beyond the types of package wire, and it decides nothing
// about leadership: that comes out of the metadata image.
package replica
