package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/wire"
)

// parseRemoteLogRecord prints a record of the topic in which brokers keep what
// they moved to remote storage (KIP-405), as its Java classes print themselves.
func parseRemoteLogRecord(r *batch.Record) (recordText, error) {
	var text string
	if record, _, err := wire.DecodeRemoteLogRecord(r.Value); err != nil {
		text = fmt.Sprintf("Error at offset %d, skipping. %s", r.Offset, frameProblem(r.Value, err))
	} else {
		text = remoteLogText(record)
	}
	return recordText{value: &text}, nil
}

func remoteLogText(record wire.Record) string {
	switch m := record.(type) {
	case *wire.RemoteLogSegmentMetadataRecord:
		tp := m.RemoteLogSegmentId.TopicIdPartition
		return fmt.Sprintf("RemoteLogSegmentMetadata{remoteLogSegmentId=%s, startOffset=%d, endOffset=%d, brokerId=%d, maxTimestampMs=%d,"+
			" eventTimestampMs=%d, segmentLeaderEpochs=%s, segmentSizeInBytes=%d, customMetadata=%s, state=%s, txnIdxEmpty=%t}",
			remoteSegmentID(tp.Id, tp.Name, tp.Partition, m.RemoteLogSegmentId.Id), m.StartOffset, m.EndOffset, m.BrokerId, m.MaxTimestampMs,
			m.EventTimestampMs, leaderEpochs(m.SegmentLeaderEpochs), m.SegmentSizeInBytes, customMetadata(m.CustomMetadata),
			remoteSegmentState(m.RemoteLogSegmentState), m.TxnIndexEmpty)
	case *wire.RemoteLogSegmentMetadataUpdateRecord:
		tp := m.RemoteLogSegmentId.TopicIdPartition
		return fmt.Sprintf("RemoteLogSegmentMetadataUpdate{remoteLogSegmentId=%s, customMetadata=%s, state=%s, eventTimestampMs=%d, brokerId=%d}",
			remoteSegmentID(tp.Id, tp.Name, tp.Partition, m.RemoteLogSegmentId.Id), customMetadata(m.CustomMetadata),
			remoteSegmentState(m.RemoteLogSegmentState), m.EventTimestampMs, m.BrokerId)
	case *wire.RemotePartitionDeleteMetadataRecord:
		tp := m.TopicIdPartition
		return fmt.Sprintf("RemotePartitionDeleteMetadata{topicPartition=%s:%s-%d, state=%s, eventTimestampMs=%d, brokerId=%d}",
			tp.Id, tp.Name, tp.Partition, enumName(m.RemotePartitionDeleteState,
				"DELETE_PARTITION_MARKED", "DELETE_PARTITION_STARTED", "DELETE_PARTITION_FINISHED"), m.EventTimestampMs, m.BrokerId)
	case *wire.RemoteLogSegmentMetadataSnapshotRecord:
		return fmt.Sprintf("RemoteLogSegmentMetadataSnapshot{segmentId=%s, startOffset=%d, endOffset=%d, maxTimestampMs=%d,"+
			" segmentLeaderEpochs=%s, segmentSizeInBytes=%d, customMetadata=%s, state=%s, txnIdxEmpty=%t}",
			m.SegmentId, m.StartOffset, m.EndOffset, m.MaxTimestampMs, leaderEpochs(m.SegmentLeaderEpochs), m.SegmentSizeInBytes,
			customMetadata(m.CustomMetadata), remoteSegmentState(m.RemoteLogSegmentState), m.TxnIndexEmpty)
	}
	return fmt.Sprintf("%T", record)
}

func remoteSegmentID(topicID wire.UUID, topic string, partition int32, id wire.UUID) string {
	return fmt.Sprintf("RemoteLogSegmentId{topicIdPartition=%s:%s-%d, id=%s}", topicID, topic, partition, id)
}

func customMetadata(b []byte) string {
	if b == nil {
		return "Optional.empty"
	}
	return fmt.Sprintf("Optional[CustomMetadata{%d bytes}]", len(b))
}

func remoteSegmentState(state int8) string {
	return enumName(state, "COPY_SEGMENT_STARTED", "COPY_SEGMENT_FINISHED", "DELETE_SEGMENT_STARTED", "DELETE_SEGMENT_FINISHED")
}

func enumName(id int8, names ...string) string {
	if id < 0 || int(id) >= len(names) {
		return "null"
	}
	return names[id]
}

// leaderEpochs prints a Java map of epoch to offset.
func leaderEpochs[E wire.RemoteLogSegmentMetadataRecordSegmentLeaderEpochEntry | wire.RemoteLogSegmentMetadataSnapshotRecordSegmentLeaderEpochEntry](entries []E) string {
	type epoch = wire.RemoteLogSegmentMetadataRecordSegmentLeaderEpochEntry
	epochs := make([]epoch, len(entries))
	for i, e := range entries {
		epochs[i] = epoch(e)
	}
	slices.SortFunc(epochs, func(a, b epoch) int { return cmp.Compare(a.LeaderEpoch, b.LeaderEpoch) })
	words := make([]string, len(epochs))
	for i, e := range epochs {
		words[i] = fmt.Sprintf("%d=%d", e.LeaderEpoch, e.Offset)
	}
	return "{" + strings.Join(words, ", ") + "}"
}
