package api

import (
	"errors"
	"fmt"
	"time"

	"github.com/brolga-io/brolga/internal/quorum"
	"github.com/brolga-io/brolga/internal/wire"
)

// promotePause lies between two looks whether a new controller has caught up.
const promotePause = 20 * time.Millisecond

// AddRaftVoter (key 80), versions 0–1 (KIP-853).
//
//	v1: the answer may come before the new voter set is committed
//
// The controller first gets the log without a vote, and votes when it has caught up.
// Adding a controller that is catching up already waits with it. With AckWhenCommitted
// false the answer comes when its vote is in the leader's log: by then it has caught up.
func (a *API) addRaftVoter(c *Call, req *wire.AddRaftVoterRequest) *wire.AddRaftVoterResponse {
	err := a.checkVoterRequest(req.ClusterId)
	if err == nil {
		err = a.addVoter(c, req)
	}
	resp := &wire.AddRaftVoterResponse{}
	resp.ErrorCode, resp.ErrorMessage = a.voterError(err)
	return resp
}

// RemoveRaftVoter (key 81), version 0 (KIP-853).
func (a *API) removeRaftVoter(_ *Call, req *wire.RemoveRaftVoterRequest) *wire.RemoveRaftVoterResponse {
	err := a.checkVoterRequest(req.ClusterId)
	if err == nil {
		err = a.removeVoter(req.VoterId, req.VoterDirectoryId)
	}
	resp := &wire.RemoveRaftVoterResponse{}
	resp.ErrorCode, resp.ErrorMessage = a.voterError(err)
	return resp
}

// checkVoterRequest refuses what only the active controller of that cluster answers.
func (a *API) checkVoterRequest(clusterID *string) error {
	if a.MetadataLog == nil {
		return wire.NotLeaderOrFollower
	}
	if leader, _ := a.MetadataLog.Leader(); leader != a.BrokerID {
		return wire.NotLeaderOrFollower
	}
	if clusterID != nil && *clusterID != a.ClusterID {
		return wire.InconsistentClusterId
	}
	return nil
}

func (a *API) addVoter(c *Call, req *wire.AddRaftVoterRequest) error {
	if req.VoterId < 0 || req.VoterDirectoryId.IsZero() || len(req.Listeners) == 0 {
		return refuse(wire.InvalidRequest, "Add voter request didn't include a voter id, a directory id and a listener")
	}
	m := quorum.Member{RaftID: quorum.JoinedRaftID(req.VoterDirectoryId), NodeID: req.VoterId, DirectoryID: req.VoterDirectoryId}
	for _, l := range req.Listeners {
		m.Endpoints = append(m.Endpoints, quorum.Endpoint{Name: l.Name, Host: l.Host, Port: l.Port})
	}
	for _, other := range a.MetadataLog.Members() {
		if other.NodeID == m.NodeID && (other.DirectoryID != m.DirectoryID || !other.Learner) {
			return refuse(wire.DuplicateVoter, fmt.Sprintf("The voter id for %d is already part of the set of voters", m.NodeID))
		}
	}
	late := time.NewTimer(time.Duration(req.TimeoutMs) * time.Millisecond)
	defer late.Stop()
	err := await(func(done func(error)) { a.MetadataLog.AddLearner(m, done) })
	for err == nil || errors.Is(err, quorum.ErrMemberExists) || errors.Is(err, quorum.ErrNotCaughtUp) {
		err = a.promote(m.RaftID, req.AckWhenCommitted)
		if !errors.Is(err, quorum.ErrNotCaughtUp) && !errors.Is(err, quorum.ErrChangePending) {
			return err
		}
		err = quorum.ErrNotCaughtUp
		select {
		case <-time.After(promotePause):
		case <-c.Conn.Stopping():
			return wire.RequestTimedOut
		case <-late.C:
			removed := await(func(done func(error)) { a.MetadataLog.Remove(m.RaftID, done) })
			if removed != nil {
				a.log.Warn("A controller that did not catch up stays without a vote", "controller", m.NodeID, "err", removed)
			}
			return refuse(wire.RequestTimedOut, fmt.Sprintf("Controller %d did not catch up with the metadata log in time", m.NodeID))
		}
	}
	return err
}

// promote gives a controller that has caught up its vote.
func (a *API) promote(raftID uint64, ackWhenCommitted bool) error {
	end := make(chan error, 1)
	a.MetadataLog.Promote(raftID, func(err error) { end <- err })
	if ackWhenCommitted {
		return <-end
	}
	select {
	case err := <-end: // nothing was appended, or it is committed already
		return err
	default:
		return nil
	}
}

func (a *API) removeVoter(id int32, dir wire.UUID) error {
	for _, m := range a.MetadataLog.Status().Voters {
		if m.NodeID == id && m.DirectoryID == dir {
			return await(func(done func(error)) { a.MetadataLog.Remove(m.RaftID, done) })
		}
	}
	return refuse(wire.VoterNotFound, fmt.Sprintf("Cannot remove voter %d with directory id %s: it is not in the set of voters", id, dir))
}

// await waits for the end of a change of the quorum.
func await(change func(done func(error))) error {
	end := make(chan error, 1)
	change(func(err error) { end <- err })
	return <-end
}

// voterError is the code and message of a change of the quorum.
func (a *API) voterError(err error) (wire.ErrorCode, *string) {
	var code wire.ErrorCode
	switch {
	case err == nil:
		return wire.None, nil
	case errors.As(err, &code):
	case errors.Is(err, quorum.ErrLastVoter):
		code = wire.InvalidRequest
	case errors.Is(err, quorum.ErrUnknownMember):
		code = wire.VoterNotFound
	case errors.Is(err, quorum.ErrMemberExists):
		code = wire.DuplicateVoter
	case a.checkVoterRequest(nil) != nil:
		code = wire.NotLeaderOrFollower
	default: // another change is under way, or nobody knows what became of this one
		code = wire.RequestTimedOut
	}
	message := err.Error()
	return code, &message
}
