// Package damage spoils the files of a stopped broker, one kind of damage at a time:
// torn and overgrown tails of logs, auxiliary files and checkpoints that are gone,
// empty, zeroed or corrupt, bit flips in what was replicated, a directory that was
// wiped or put back to what it was, and the identity and the quorum's files of a node.
//
// Invariants. The same files and the same random numbers give the same damage. Every
// kind says what is promised after it (Promise) and every application what it did; one
// that finds nothing to spoil is ErrNothing, never a silent success. Nothing outside the
// directory is touched.
//
// Concurrency: none. The broker must be stopped; nobody else may use the directory.
//
// It deliberately knows the names and the batches of Kafka's directories and nothing of
// the code that reads them: what is spoilt is judged from outside.
package damage
