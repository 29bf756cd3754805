// Package commitlog is the log of one partition in Kafka's own on-disk
// format: segments with offset, time and transaction index, the
// leader-epoch checkpoint, producer state and its snapshots, recovery,
// truncation, retention and compaction. A directory written by Kafka opens here and the
// other way round.
//
// Invariants: offsets only grow; a record is visible to readers only after
// its bytes were handed to the file; what lies below the recovery point was
// fsynced and is never silently dropped; auxiliary files (indexes, snapshots,
// epoch checkpoint) are rebuilt from the batches whenever they are missing or
// wrong, and never trusted over them; after a failed write or fsync the log
// refuses every further change.
//
// A Log is safe for concurrent use. Appends and changes of structure take one
// mutex; reads take none for longer than a few instructions and do their I/O
// outside. There are no goroutines here: flushing, retention, compaction and
// the delayed removal of files happen when the owner (room logdir, quorum)
// calls. A compaction holds no lock but while it exchanges segments, which
// appends do not wait for.
//
// It deliberately knows nothing of replicas, high watermarks or error codes,
// uses no mmap, and never decompresses or re-encodes what it stores, except for
// batches that compaction takes records out of.
package commitlog
