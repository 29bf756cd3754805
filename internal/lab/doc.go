// Package lab is `brolga lab`: a cluster of several nodes on one machine, by one
// command, to learn with and to break. Each broker is a process of its own with
// a file, a data directory and a log that can be looked at.
//
// Invariants. A broker is one process at a time: it is started again only after
// the last one has ended. Only processes that this lab started are signalled.
// When the lab ends, its brokers end: in order where it was asked to, and by the
// kernel where it was killed (on Linux).
//
// Concurrency. Each broker has a mutex over its state; what is done to it is done
// by one caller at a time. One goroutine waits for each process, one copies what
// it prints, one serves each connection of the control socket.
//
// It does not know Kafka: a broker is ready when it says so in its log. The
// console is served by the lab's own process, so that it outlives every broker.
package lab
