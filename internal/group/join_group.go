package group

import "github.com/brolga-io/brolga/internal/wire"

// JoinGroup lets a member into a group and returns when the group's members have
// gathered (versions 0–9; 4: KIP-394 two-step join, 5: static members, 7: protocol
// type in the response, 9: KIP-814).
//
// Unlike Kafka it refuses metadata that could never be stored with INVALID_REQUEST,
// before the group is touched, and a negative rebalance time-out likewise.
func (c *Coordinator) JoinGroup(client Client, version int16, req *wire.JoinGroupRequest) *wire.JoinGroupResponse {
	if version == 0 {
		req.RebalanceTimeoutMs = req.SessionTimeoutMs
	}
	if code := c.checkJoin(req); code != wire.None {
		return joinError(req.MemberId, code)
	}
	req.Protocols = uniqueProtocols(req.Protocols)
	resp, code := start(c, req.GroupId, func(m *machine, t *turn, r *reply[*wire.JoinGroupResponse]) {
		m.join(t, &joinRequest{JoinGroupRequest: req, client: client, version: version, reply: r})
	}).wait()
	if code != wire.None {
		return joinError(req.MemberId, code)
	}
	return resp
}

// checkJoin refuses what needs no look at the group.
func (c *Coordinator) checkJoin(req *wire.JoinGroupRequest) wire.ErrorCode {
	switch {
	case req.GroupId == "":
		return wire.InvalidGroupId
	case req.SessionTimeoutMs < c.opts.Config.MinSessionTimeoutMs, req.SessionTimeoutMs > c.opts.Config.MaxSessionTimeoutMs:
		return wire.InvalidSessionTimeout
	case req.RebalanceTimeoutMs < 0:
		return wire.InvalidRequest
	case len(req.Protocols) > maxProtocols:
		return wire.InconsistentGroupProtocol
	}
	bytes, most := 0, c.opts.MaxMessageBytes()
	for i := range req.Protocols {
		if bytes += len(req.Protocols[i].Metadata); bytes > most {
			return wire.InvalidRequest
		}
	}
	return wire.None
}
