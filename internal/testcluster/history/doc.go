// Package history is what everybody saw of a cluster in a run, and the checkers that
// judge it: each takes a whole History and returns a sentence for each contradiction.
//
// Invariants. An operation without an answer is unknown, never failed: it may have
// happened and may happen later. A checker never asks for more than Kafka promises
// for the faults of the run.
//
// Concurrency. Recording is safe for everybody; a checker is called when nobody
// records any more.
//
// It deliberately knows no node and no client: tests of the checkers make histories by
// hand, each with one fault that must be found.
package history
