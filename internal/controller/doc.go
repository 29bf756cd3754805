// Package controller decides every change of the cluster's metadata: topics and
// partitions, configs, brokers that come and go, leaders, features, blocks of
// producer ids. It runs on a shard over the metadata log. A decision looks at the
// head state and returns records and a response; the shard appends the records as
// one batch, replays them, and lets the response go when they are committed.
//
// Invariants. Only machine.Replay changes replicated state, so what the records
// say is what there is: live, after a failover and after a restart. One request
// makes one batch: of all its changes either all survive or none. Only what a
// broker leaves behind may be too much for one (work.go); then each batch leaves a
// state that is valid, and the one that fences or registers the broker comes last.
// A leader that the metadata names is registered, unfenced and not shutting down.
// Each new process of a broker gets a higher broker epoch, and each partition it
// leads a higher leader epoch, before it leads again. Whoever is in sync or
// eligible to lead has every acknowledged record.
//
// Concurrency. The methods of Controller block until the answer may leave and may
// be called from anywhere but the shard's loop; everything below them runs on the
// loop, one decision at a time. Soft state (sessions of brokers) belongs to the
// loop as well and is lost with leadership. Sessions end in a time of their own,
// which stands still while this process does (sessions.go).
//
// It reads no clock, uses only the randomness that it is given, does no I/O, does
// not know how the log is replicated, checks no permissions, and moves no data.
package controller
