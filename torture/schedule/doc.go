// Package schedule decides from a seed what happens to a cluster and when, makes it
// happen, takes it back, and writes down whether it bit.
//
// Invariants: every fault ends before the run does, whatever goes wrong in it. What is
// done at the same time stays within what the run promises to survive (docs/torture.md):
// faults that cost a node its unsynced or its whole data begin only when every replica
// is in sync. A fault bites when something outside of this package shows it: packets
// that were dropped, a process that stood still, a request that was answered.
//
// Concurrency: lanes run side by side, each on its own goroutine and with its own
// randomness. A node belongs to one fault at a time.
//
// It deliberately does not judge: that is done by the checkers, from the history.
package schedule
