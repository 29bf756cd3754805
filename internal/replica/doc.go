// Package replica is the partitions of this broker: which of them it leads and which
// it copies from other brokers, up to where their records are committed, and who waits
// for that to move. Clients' and followers' reads and writes of partition data go
// through here, and so do changes of ISRs.
//
// Invariants. The high watermark never moves back within one leader epoch and, on a
// leader, never passes what every replica has that is in the ISR, may be in it already
// or is about to join; consumers and waiting produces see nothing beyond it. With
// log.durability=fsync only what a disk has counts as had. An append reaches a log only
// under the leader epoch that the metadata gave this broker, and so does what a leader
// sent: cut first, then append, then move the watermark. What waits is told exactly
// once: when its offset is committed, when leadership ends, or when it gives up.
// Whatever can make a waiting fetch answerable wakes it; nothing polls.
//
// Concurrency. Everything here is called by connection goroutines at the same time,
// and by the one goroutine that publishes metadata (Set.Apply). A goroutine for each
// leader broker and fetcher copies partitions, one more asks the controller for
// changes of ISRs. Each partition has a mutex over its role, its watermark and its
// waiters; each follower's fetch session has one over the list of partitions with
// news, which is taken after it. Neither I/O nor calls into other rooms happen under
// them, except reading counters of the log. The log itself refuses what belongs to a
// stale epoch, so no lock is held across an append.
//
// It deliberately knows nothing of groups, transactions, principals or the wire format
// of requests beyond the types of package wire, and it decides nothing about
// leadership: that comes out of the metadata image. An ISR changes when the image says
// so, whatever was asked for.
package replica
