package api

import (
	"net"
	"strconv"
	"time"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/quorum"
	"github.com/brolga-io/brolga/internal/wire"
)

// metadataTopicID is the topic id of __cluster_metadata.
var metadataTopicID = wire.UUID{15: 1}

// maxMetadataFetch bounds what one answer holds, whatever is asked for.
const maxMetadataFetch = 8 << 20

// maxMetadataWait bounds how long a fetch without news is kept: who waits longer
// does not notice that the controller it asks is dead.
const maxMetadataWait = 500 * time.Millisecond

// fetchMetadata is Fetch (key 1) on a controller listener: observers of the quorum
// fetch the committed metadata log (KIP-595). Any controller serves it, because what
// is committed is the same everywhere; controllers themselves do not use it.
func (a *API) fetchMetadata(c *Call, req *wire.FetchRequest) *wire.FetchResponse {
	resp := &wire.FetchResponse{}
	resp.SetDefaults()
	switch {
	case a.MetadataLog == nil:
		resp.ErrorCode = wire.NotLeaderOrFollower
		return resp
	case req.ClusterId != nil && *req.ClusterId != a.ClusterID:
		resp.ErrorCode = wire.InconsistentClusterId
		return resp
	case len(req.Topics) != 1 || len(req.Topics[0].Partitions) != 1 || req.Topics[0].Partitions[0].Partition != 0 || !isMetadataTopic(c, req):
		resp.ErrorCode = wire.InvalidRequest
		return resp
	}
	p := &req.Topics[0].Partitions[0]
	maxBytes := max(1, min(int(req.MaxBytes), int(p.PartitionMaxBytes), maxMetadataFetch))
	log, err := a.MetadataLog.FetchCommitted(p.FetchOffset, p.LastFetchedEpoch, maxBytes)
	if err == nil && len(log.Batches) == 0 && log.Snapshot == nil && !log.Diverged {
		wait := min(time.Duration(req.MaxWaitMs)*time.Millisecond, maxMetadataWait)
		a.MetadataLog.AwaitCommitted(p.FetchOffset, wait, c.Conn.Stopping())
		log, err = a.MetadataLog.FetchCommitted(p.FetchOffset, p.LastFetchedEpoch, maxBytes)
	}
	part := metadataPart(&log)
	if err != nil {
		a.log.Error("The metadata log cannot be read for an observer", "err", err)
		part = metadataPart(&quorum.Committed{})
		part.ErrorCode = wire.KafkaStorageError
	}
	part.CurrentLeader.LeaderId, part.CurrentLeader.LeaderEpoch = a.MetadataLog.Leader()
	resp.NodeEndpoints = a.leaderEndpoint(part.CurrentLeader.LeaderId)
	a.MetadataLog.Observed(quorum.ObserverID{NodeID: replicaID(req), DirectoryID: p.ReplicaDirectoryId}, p.FetchOffset)
	resp.Responses = []wire.FetchResponseFetchableTopicResponse{{
		Topic: metadata.ClusterMetadataTopic, TopicId: metadataTopicID, Partitions: []wire.FetchResponsePartitionData{part},
	}}
	return resp
}

func isMetadataTopic(c *Call, req *wire.FetchRequest) bool {
	if c.Version >= 13 {
		return req.Topics[0].TopicId == metadataTopicID
	}
	return req.Topics[0].Topic == metadata.ClusterMetadataTopic
}

func replicaID(req *wire.FetchRequest) int32 {
	if req.ReplicaId >= 0 {
		return req.ReplicaId
	}
	return req.ReplicaState.ReplicaId
}

func metadataPart(log *quorum.Committed) wire.FetchResponsePartitionData {
	var p wire.FetchResponsePartitionData
	p.SetDefaults()
	p.HighWatermark, p.LogStartOffset, p.Records = log.HighWatermark, log.LogStartOffset, log.Batches
	if log.Snapshot != nil {
		p.SnapshotId = wire.FetchResponseSnapshotId{EndOffset: log.Snapshot.EndOffset, Epoch: log.Snapshot.Epoch}
	}
	if log.Diverged {
		p.DivergingEpoch = wire.FetchResponseEpochEndOffset{Epoch: log.Diverging.Epoch, EndOffset: log.Diverging.EndOffset}
	}
	return p
}

// leaderEndpoint is where the active controller listens.
func (a *API) leaderEndpoint(leader int32) []wire.FetchResponseNodeEndpoint {
	if leader < 0 || a.ControllerAddress == nil {
		return nil
	}
	address, ok := a.ControllerAddress(leader)
	host, port, err := net.SplitHostPort(address)
	number, err2 := strconv.ParseUint(port, 10, 16)
	if !ok || err != nil || err2 != nil {
		return nil
	}
	return []wire.FetchResponseNodeEndpoint{{NodeId: leader, Host: host, Port: int32(number)}}
}
