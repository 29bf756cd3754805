package shard

import "errors"

// What an answer may be told instead of nil. All but ErrUnknownOutcome are definite:
// nothing of the decision will ever be seen.
var (
	// ErrNotLeader means that this node does not lead the shard's log.
	ErrNotLeader = errors.New("not the leader of this shard")
	// ErrStaleEpoch means that the log has moved on to a newer leader epoch.
	ErrStaleEpoch = errors.New("stale leader epoch")
	// ErrLoading means that the shard still replays its log.
	ErrLoading = errors.New("the shard is loading")
	// ErrStorage means that the log failed and takes no more records.
	ErrStorage = errors.New("the log's storage failed")
	// ErrOverloaded means that too many records wait for their commit.
	ErrOverloaded = errors.New("too many records wait for their commit")
	// ErrTooLarge means that the records of one decision do not fit into a batch.
	ErrTooLarge = errors.New("the records of one decision are too large for a batch")
	// ErrUnknownOutcome means that the records were appended, and leadership was
	// lost before they were known to be committed: they may survive or not.
	ErrUnknownOutcome = errors.New("appended, but leadership was lost before the commit")
	// ErrLoadFailed means that the log could not be read or replayed.
	ErrLoadFailed = errors.New("the shard could not be loaded")
	// ErrClosed means that the shard was closed.
	ErrClosed = errors.New("the shard is closed")
)

// Record is one record of a shard's log. Coordinator logs use key and value
// (a nil value is a tombstone); the metadata log leaves the key nil.
type Record struct {
	Key, Value []byte
}

// Log is what a shard needs of its log. The quorum implements it for the
// metadata log, replica for a partition of an internal topic.
type Log interface {
	// Append appends the records as one atomic batch if epoch is still the
	// leader's epoch and returns the exclusive end offset. After an error
	// nothing was appended: ErrNotLeader, ErrStaleEpoch, ErrStorage, ErrOverloaded
	// or ErrTooLarge. The
	// slices belong to the log from then on.
	Append(epoch int32, recs []Record) (endOffset int64, err error)

	// Committed returns the exclusive offset up to which everything is committed
	// as the leader of epoch knows it. When that leadership has ended the value
	// stays what it last was: it never covers an offset which another leader may
	// have filled with something else.
	Committed(epoch int32) int64

	// OnCommit registers fn, which the log calls, holding no lock, after
	// Committed moved. fn is cheap, never blocks and may be called from Append.
	OnCommit(fn func())

	// Read calls fn for each record from offset from, or from the log's start if
	// that is later, up to the log's end, and returns the log's end. A log with a
	// snapshot gives the snapshot's records first, all with the offset of the last
	// record which the snapshot covers. Control records are left out. The slices
	// are valid during the call only. An error of fn ends Read and is returned.
	Read(from int64, fn func(offset int64, r Record) error) (next int64, err error)
}

// Confirmer is implemented by a log whose leader can be deposed without
// noticing it at once (the quorum). Answers that made no records then wait for
// a confirmation begun after their decision.
type Confirmer interface {
	// Confirm calls done once: with nil when this node was still the leader of
	// epoch at some moment after the call began, else with ErrNotLeader. It never
	// blocks and may call done before it returns.
	Confirm(epoch int32, done func(err error))
}
