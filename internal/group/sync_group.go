package group

import "github.com/brolga-io/brolga/internal/wire"

// SyncGroup takes the leader's assignments and returns the member's own when the
// log has them (versions 0–5; 3: static members, 5: KIP-559 checks of protocol type
// and name).
//
// Unlike Kafka it refuses assignments that could not be stored with INVALID_REQUEST;
// the generation goes on waiting for others.
func (c *Coordinator) SyncGroup(version int16, req *wire.SyncGroupRequest) *wire.SyncGroupResponse {
	if version >= 5 && (lengthOf(req.ProtocolType) == 0 || lengthOf(req.ProtocolName) == 0) {
		return syncError(wire.InconsistentGroupProtocol)
	}
	if req.GroupId == "" {
		return syncError(wire.InvalidGroupId)
	}
	resp, code := start(c, req.GroupId, func(m *machine, t *turn, r *reply[*wire.SyncGroupResponse]) {
		m.sync(t, &syncRequest{SyncGroupRequest: req, reply: r})
	}).wait()
	if code != wire.None {
		return syncError(code)
	}
	return resp
}
