// Package cluster tests clusters of several brolga processes: that they form, stay
// together and lose nothing while nodes are stopped, killed and frozen.
//
// Invariants: every wait has a bound that is generous for a busy machine; what is
// measured is logged, and compared with a bound only where the bound is a promise.
//
// Concurrency: the tests of this package run one after the other.
//
// It deliberately uses the built binary and a client that brolga does not share
// code with.
package cluster
