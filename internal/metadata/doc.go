// Package metadata is what the cluster's metadata log says: the records become
// an Image, a value that never changes, and a Delta that names the keys which
// the last batch of records touched. An Image can be written back as records,
// which is what a snapshot is.
//
// Invariants. The same records in the same order give equal images, whether they
// come one by one, in batches or by way of a snapshot in between. An Image that
// has been handed out never changes. Work and garbage are in proportion to the
// keys that a batch touches, not to the size of the cluster.
//
// Concurrency. An Image, and everything reachable from it, may be read by any
// number of goroutines. An Editor, which makes images, belongs to one goroutine.
// Nothing here locks, blocks, logs or reads a clock.
//
// It decides nothing: which leader, which replicas, whether a client may do
// something is up to the controller. It does not read or write files, and it
// does not know how records reach it.
package metadata
