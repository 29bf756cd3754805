package commitlog

import (
	"errors"
	"fmt"
)

// The state of the log or a mistake of the caller. None of them changes the
// log.
var (
	// ErrOffsetOutOfRange: the offset is below the start or above the end.
	ErrOffsetOutOfRange = errors.New("offset out of range")
	// ErrStaleEpoch: the leader epoch of an append is older than one the log
	// has seen.
	ErrStaleEpoch = errors.New("stale leader epoch")
	// ErrMessageTooLarge: a batch is larger than max.message.bytes.
	ErrMessageTooLarge = errors.New("batch larger than max.message.bytes")
	// ErrRecordListTooLarge: a batch is larger than segment.bytes.
	ErrRecordListTooLarge = errors.New("batch larger than segment.bytes")
	// ErrInvalidProducerEpoch: a newer producer with the same id has appended.
	ErrInvalidProducerEpoch = errors.New("producer epoch is older than the last seen")
	// ErrOutOfOrderSequence: the sequence number does not follow the last one.
	ErrOutOfOrderSequence = errors.New("out of order sequence number")
	// ErrInvalidTxnState: a batch without the transactional flag inside the
	// producer's open transaction.
	ErrInvalidTxnState = errors.New("expected a transactional batch")
	// ErrCoordinatorFenced: a marker of a transaction coordinator that a
	// newer one replaced.
	ErrCoordinatorFenced = errors.New("transaction coordinator epoch is older than the last seen")
	// ErrUnexpectedOffset: a follower was given batches that do not follow
	// the end of its log.
	ErrUnexpectedOffset = errors.New("append offset below the log end")
	// ErrInvalidBatch: a batch that a follower fetched or a caller staged is
	// malformed or fails its CRC. The cause is a *batch.Error.
	ErrInvalidBatch = errors.New("invalid batch")
	// ErrClosed: the log was closed or deleted.
	ErrClosed = errors.New("log is closed")
)

// ErrStorage marks failures of the disk below the log. A log that returned it
// from a change refuses all further changes with it.
var ErrStorage = errors.New("storage error")

// ErrCorrupt marks bytes on disk that were flushed once and are wrong now.
// The error is a *CorruptError.
var ErrCorrupt = errors.New("log is corrupt")

// CorruptError says where flushed data is damaged.
type CorruptError struct {
	File     string
	Position int64 // byte in File from which nothing can be read
	Offset   int64 // first offset that is lost
	Reason   string
}

func (e *CorruptError) Error() string {
	return fmt.Sprintf("log is corrupt: %s at position %d (offset %d): %s", e.File, e.Position, e.Offset, e.Reason)
}

// Is makes errors.Is(err, ErrCorrupt) hold.
func (e *CorruptError) Is(target error) bool { return target == ErrCorrupt }

// storageError is a failed file operation of a log.
type storageError struct {
	dir string
	op  string
	err error
}

func (e *storageError) Error() string {
	return fmt.Sprintf("storage error: %s %s: %v", e.op, e.dir, e.err)
}
func (e *storageError) Unwrap() error        { return e.err }
func (e *storageError) Is(target error) bool { return target == ErrStorage }

// storage wraps the error of a file operation once.
func (l *Log) storage(op string, err error) error {
	if err == nil || errors.Is(err, ErrStorage) || errors.Is(err, ErrCorrupt) {
		return err
	}
	return &storageError{dir: l.Dir(), op: op, err: err}
}
