// Package testcluster runs several whole nodes in one process, inside a bubble of
// testing/synctest: over connections in memory that can be cut, delayed and
// stopped in one direction (network.go), and on files in memory that lose what was
// not synced (disk.go). Real clients use them while faults come and go, and what
// everybody saw is judged by package history.
//
// Invariants. Nothing sleeps in real time and no real socket or file is touched. A
// run tells its seed and what each fault did; one whose faults changed nothing is
// inconclusive and fails. What is judged comes from clients and from the files, not
// from what a node says of itself.
//
// Concurrency. A Cluster belongs to the goroutine of its test; the network, the
// disks and the recorded history are safe for everybody. All goroutines belong to
// the bubble, so time stands still until each of them waits for another or for time:
// product code that waits for a mutex held across I/O stops the clock, which is a
// fault of that code.
//
// go test tells each story with one seed. BROLGA_CLUSTER_SEEDS=20 tells it with twenty,
// BROLGA_CLUSTER_FIRST_SEED=7 begins with the seventh.
//
// It deliberately does not replay: the seed decides the faults and their times, the
// scheduler what happens between. A goroutine cannot be frozen: a paused node is one
// whose connections carry nothing and whose disk does not answer syncs, while its timers
// go on. No code but tests imports it.
package testcluster
