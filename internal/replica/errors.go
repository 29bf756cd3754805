package replica

import (
	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/wire"
)

// The state of a partition or a mistake of the client, as the error codes that
// say so.
const (
	// ErrUnknownPartition: the metadata has no such topic or partition.
	ErrUnknownPartition = wire.UnknownTopicOrPartition
	// ErrUnknownTopicID: the metadata has no topic of this id.
	ErrUnknownTopicID = wire.UnknownTopicId
	// ErrNotLeader: another broker leads the partition, or nobody.
	ErrNotLeader = wire.NotLeaderOrFollower
	// ErrFencedEpoch: the client knows an older leader epoch than this broker.
	ErrFencedEpoch = wire.FencedLeaderEpoch
	// ErrUnknownEpoch: the client knows a newer leader epoch than this broker.
	ErrUnknownEpoch = wire.UnknownLeaderEpoch
	// ErrOffsetNotAvailable: the watermark of a new leader epoch has not caught
	// up with its start, so the end of the log is not known yet (KIP-207).
	ErrOffsetNotAvailable = wire.OffsetNotAvailable
	// ErrNotEnoughReplicas: fewer in-sync replicas than min.insync.replicas;
	// nothing was appended.
	ErrNotEnoughReplicas = wire.NotEnoughReplicas
	// ErrNotEnoughReplicasAfterAppend: as before, but noticed when the records
	// were in the log already.
	ErrNotEnoughReplicasAfterAppend = wire.NotEnoughReplicasAfterAppend
	// ErrCompactedOnly: records of the topic must not be deleted by offset.
	ErrCompactedOnly = wire.PolicyViolation
)

// Errors of the log that callers meet, so that they need not import it.
var (
	ErrOffsetOutOfRange     = commitlog.ErrOffsetOutOfRange
	ErrStaleEpoch           = commitlog.ErrStaleEpoch
	ErrMessageTooLarge      = commitlog.ErrMessageTooLarge
	ErrRecordListTooLarge   = commitlog.ErrRecordListTooLarge
	ErrInvalidProducerEpoch = commitlog.ErrInvalidProducerEpoch
	ErrOutOfOrderSequence   = commitlog.ErrOutOfOrderSequence
	ErrInvalidTxnState      = commitlog.ErrInvalidTxnState
	ErrStorage              = commitlog.ErrStorage
	ErrClosed               = commitlog.ErrClosed
)
