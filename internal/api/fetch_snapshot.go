package api

import (
	"errors"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/quorum"
	"github.com/brolga-io/brolga/internal/wire"
)

// FetchSnapshot (key 59), versions 0–1 (KIP-630).
//
//	v1: directory id of the one who asks, endpoints of the leader (KIP-853)
//
// Snapshots are the same on every controller that has them, so any of them serves
// one, not the leader only.
func (a *API) fetchSnapshot(_ *Call, req *wire.FetchSnapshotRequest) *wire.FetchSnapshotResponse {
	resp := &wire.FetchSnapshotResponse{}
	if req.ClusterId != nil && *req.ClusterId != a.ClusterID {
		resp.ErrorCode = wire.InconsistentClusterId
		return resp
	}
	left := int(req.MaxBytes)
	for i := range req.Topics {
		t := &req.Topics[i]
		out := wire.FetchSnapshotResponseTopicSnapshot{Name: t.Name}
		for j := range t.Partitions {
			p := a.snapshotPart(t.Name, &t.Partitions[j], left)
			left -= len(p.UnalignedRecords)
			out.Partitions = append(out.Partitions, p)
		}
		resp.Topics = append(resp.Topics, out)
	}
	return resp
}

// maxSnapshotPart bounds what one answer holds, whatever is asked for.
const maxSnapshotPart = 8 << 20

func (a *API) snapshotPart(topic string, req *wire.FetchSnapshotRequestPartitionSnapshot, maxBytes int) wire.FetchSnapshotResponsePartitionSnapshot {
	var p wire.FetchSnapshotResponsePartitionSnapshot
	p.SetDefaults()
	p.Index, p.Position = req.Partition, req.Position
	p.SnapshotId = wire.FetchSnapshotResponseSnapshotId{EndOffset: req.SnapshotId.EndOffset, Epoch: req.SnapshotId.Epoch}
	if topic != metadata.ClusterMetadataTopic || req.Partition != 0 || a.MetadataLog == nil {
		p.ErrorCode = wire.UnknownTopicOrPartition
		return p
	}
	p.CurrentLeader.LeaderId, p.CurrentLeader.LeaderEpoch = a.MetadataLog.Leader()
	id := quorum.SnapshotID{EndOffset: req.SnapshotId.EndOffset, Epoch: req.SnapshotId.Epoch}
	part, size, err := a.MetadataLog.ReadSnapshot(id, req.Position, min(max(maxBytes, 0), maxSnapshotPart))
	switch {
	case errors.Is(err, quorum.ErrSnapshotNotFound):
		p.ErrorCode = wire.SnapshotNotFound
	case err != nil:
		a.log.Error("A metadata snapshot cannot be read", "snapshot", id.String(), "err", err)
		p.ErrorCode = wire.UnknownServerError
	case req.Position < 0 || req.Position >= size:
		p.ErrorCode = wire.PositionOutOfRange
	default:
		p.Size, p.UnalignedRecords = size, part
	}
	return p
}
