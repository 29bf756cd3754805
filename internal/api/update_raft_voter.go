package api

import (
	"errors"
	"slices"

	"github.com/brolga-io/brolga/internal/quorum"
	"github.com/brolga-io/brolga/internal/wire"
)

// UpdateRaftVoter (key 82), version 0 (KIP-853).
//
// A voter that has started tells the leader where it listens. It is answered when that
// is in the leader's log.
func (a *API) updateRaftVoter(c *Call, req *wire.UpdateRaftVoterRequest) *wire.UpdateRaftVoterResponse {
	resp := &wire.UpdateRaftVoterResponse{}
	resp.SetDefaults()
	err := a.updateVoter(c, req)
	var code wire.ErrorCode
	switch {
	case err == nil:
	case errors.As(err, &code):
		resp.ErrorCode = code
	case errors.Is(err, quorum.ErrUnknownMember):
		resp.ErrorCode = wire.VoterNotFound
	default: // another change is under way, or leadership was lost
		resp.ErrorCode = wire.RequestTimedOut
	}
	resp.CurrentLeader = a.currentLeader(c)
	return resp
}

// updateVoter checks in Kafka's order (KafkaRaftClient.handleUpdateVoterRequest).
func (a *API) updateVoter(c *Call, req *wire.UpdateRaftVoterRequest) error {
	if a.MetadataLog == nil {
		return wire.NotLeaderOrFollower
	}
	if req.ClusterId != nil && *req.ClusterId != a.ClusterID {
		return wire.InconsistentClusterId
	}
	leader, epoch := a.MetadataLog.Leader()
	switch {
	case req.CurrentLeaderEpoch < epoch:
		return wire.FencedLeaderEpoch
	case req.CurrentLeaderEpoch > epoch:
		return wire.UnknownLeaderEpoch
	case leader != a.BrokerID:
		return wire.NotLeaderOrFollower
	}
	supported := req.KRaftVersionFeature
	if req.VoterId < 0 || req.VoterDirectoryId.IsZero() || supported.MinSupportedVersion < 0 ||
		supported.MaxSupportedVersion < max(supported.MinSupportedVersion, 1) || supported.MinSupportedVersion > 1 {
		return wire.InvalidRequest
	}
	var endpoints []quorum.Endpoint
	for _, l := range req.Listeners {
		endpoints = append(endpoints, quorum.Endpoint{Name: l.Name, Host: l.Host, Port: l.Port})
	}
	if !slices.ContainsFunc(endpoints, func(e quorum.Endpoint) bool { return e.Name == c.Conn.Listener() }) {
		return wire.InvalidRequest // the others would not reach it
	}
	asks := func(r quorum.ReplicaStatus) bool {
		return r.NodeID == req.VoterId && r.DirectoryID == req.VoterDirectoryId
	}
	status := a.MetadataLog.Status()
	if i := slices.IndexFunc(status.Voters, asks); i >= 0 {
		return await(func(done func(error)) { a.MetadataLog.Update(status.Voters[i].RaftID, endpoints, done) })
	}
	if slices.ContainsFunc(status.Learners, asks) {
		return wire.RequestTimedOut // it gets its vote when it has caught up
	}
	return wire.VoterNotFound
}

// currentLeader says who leads the quorum, and where it is reached on the listener that
// was asked.
func (a *API) currentLeader(c *Call) wire.UpdateRaftVoterResponseCurrentLeader {
	leader := wire.UpdateRaftVoterResponseCurrentLeader{LeaderId: -1, LeaderEpoch: -1}
	if a.MetadataLog == nil {
		return leader
	}
	leader.LeaderId, leader.LeaderEpoch = a.MetadataLog.Leader()
	for _, m := range a.MetadataLog.Members() {
		for _, e := range m.Endpoints {
			if m.NodeID == leader.LeaderId && e.Name == c.Conn.Listener() {
				leader.Host, leader.Port = e.Host, int32(e.Port)
			}
		}
	}
	return leader
}
