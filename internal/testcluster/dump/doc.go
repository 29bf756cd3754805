// Package dump reads what nodes that do not run left in their files: the logs of
// replicas, and what their metadata logs say. Nobody has to be asked about it.
//
// Invariants: a log is read up to where it is torn, and what is read has a good CRC.
// A missing file means what it means to a broker.
//
// Concurrency: none; the files belong to the caller as long as a function runs.
//
// It deliberately has readers of its own for checkpoints, and judges nothing. Only Recover
// runs what a broker runs, and changes files.
package dump
