// Package fleet runs clusters of several brolga processes for tests: each has a
// server.properties of its own, as a person would write it, its own directory,
// and ports on loopback that the system chose.
//
// Invariants: data stays when a node stops; ports stay the same for a node's whole
// life; a failing test prints the end of each node's log.
//
// Concurrency: a Fleet belongs to one test, its methods are called by the test's
// goroutine.
//
// It deliberately knows only the command line and the Kafka protocol.
package fleet
