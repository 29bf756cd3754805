// Package simulator runs a whole cluster's state machines in one goroutine: logs and
// their recovery, data directories, replication, controller, shards and groups are the
// real ones, and so is raft's core; files, network, clock and clients are simulated. The
// seed decides everything that happens, so a run that fails can be told again.
//
// Invariants. The same seed and the same code give the same run, event by event: a hash
// over all events proves it. Nothing reads a clock, a random number or a map's order that
// the seed does not determine. What a run claims to have found is judged by package
// history, from what clients saw and what lies in the logs.
//
// Concurrency. There is none. A call that blocks in the product (a request to the
// controller or to a group) runs as a coroutine which is resumed when its answer is there;
// only one of them runs at any time. Time is a bubble's of testing/synctest and passes
// only between events.
//
// go test runs a few hundred seeds; BROLGA_SIM_SEEDS and BROLGA_SIM_FIRST_SEED run
// others, and make simulate many. It deliberately does not find races, deadlocks or
// wrong time-outs of sockets: packages testcluster and test/cluster run the real thing.
// The api room, connections, and the files under raft's core are not in it.
package simulator
