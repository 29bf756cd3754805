package api

import (
	"errors"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/replica"
	"github.com/brolga-io/brolga/internal/wire"
)

// errorCode turns an error of another room into the code that clients see. Rooms
// return either a wire.ErrorCode or one of their own sentinels; an error that is
// neither means that the world failed (a disk, a peer), which the room has logged
// or will see again: the client is told to try again elsewhere.
func errorCode(err error) wire.ErrorCode {
	if err == nil {
		return wire.None
	}
	var code wire.ErrorCode
	if errors.As(err, &code) {
		return code
	}
	var refused *batch.Error
	if errors.As(err, &refused) {
		return batchErrorCode(refused.Kind)
	}
	for _, e := range logErrors {
		if errors.Is(err, e.err) {
			return e.code
		}
	}
	return wire.KafkaStorageError
}

// logErrors are the errors of a partition's log.
var logErrors = []struct {
	err  error
	code wire.ErrorCode
}{
	{replica.ErrOffsetOutOfRange, wire.OffsetOutOfRange},
	{replica.ErrStaleEpoch, wire.NotLeaderOrFollower},
	{replica.ErrMessageTooLarge, wire.MessageTooLarge},
	{replica.ErrRecordListTooLarge, wire.RecordListTooLarge},
	{replica.ErrInvalidProducerEpoch, wire.InvalidProducerEpoch},
	{replica.ErrOutOfOrderSequence, wire.OutOfOrderSequenceNumber},
	{replica.ErrInvalidTxnState, wire.InvalidTxnState},
	{replica.ErrStorage, wire.KafkaStorageError},
	{replica.ErrClosed, wire.NotLeaderOrFollower}, // it is being deleted, or the broker stops
}

func batchErrorCode(kind batch.ErrorKind) wire.ErrorCode {
	switch kind {
	case batch.Corrupt:
		return wire.CorruptMessage
	case batch.InvalidRecord:
		return wire.InvalidRecord
	case batch.InvalidTimestamp:
		return wire.InvalidTimestamp
	case batch.UnsupportedCompression:
		return wire.UnsupportedCompressionType
	case batch.TooLarge:
		return wire.MessageTooLarge
	}
	return wire.InvalidRecord
}
