package group

import "github.com/brolga-io/brolga/internal/wire"

// Heartbeat keeps a member's session alive and tells it of a rebalance (versions
// 0–4; 3: static members). While the groups are loaded it answers as if all were
// well, so that members do not run away from a coordinator that will know them.
func (c *Coordinator) Heartbeat(req *wire.HeartbeatRequest) *wire.HeartbeatResponse {
	if req.GroupId == "" {
		return &wire.HeartbeatResponse{ErrorCode: wire.InvalidGroupId}
	}
	answer, code := ask(c, req.GroupId, func(m *machine, _ *turn) wire.ErrorCode { return m.heartbeat(req) })
	switch code {
	case wire.None:
	case wire.CoordinatorLoadInProgress:
		answer = wire.None
	default:
		answer = code
	}
	return &wire.HeartbeatResponse{ErrorCode: answer}
}
