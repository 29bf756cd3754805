package api

import (
	"sync"

	"github.com/brolga-io/brolga/internal/server"
	"github.com/brolga-io/brolga/internal/wire"
)

// BrokerHeartbeat (key 63), versions 0–2 (KIP-631).
//
//	v1: directories that went offline (KIP-858)
//	v2: directories that take no new replicas (KIP-1066)
//
// The controller decides (controller/brokers_heartbeat.go). It is told when the
// connection that carried the last heartbeat of a process breaks.
func (a *API) brokerHeartbeat(c *Call, req *wire.BrokerHeartbeatRequest) *wire.BrokerHeartbeatResponse {
	resp, err := a.controller(c).BrokerHeartbeat(c.caller(a), req)
	if err != nil {
		resp = &wire.BrokerHeartbeatResponse{}
		resp.SetDefaults()
		resp.ErrorCode, _ = controllerError(err)
		return resp
	}
	if resp.ErrorCode == wire.None {
		a.beats.note(c.Conn, process{req.BrokerId, req.BrokerEpoch})
	}
	return resp
}

// process is one life of a broker.
type process struct {
	broker int32
	epoch  int64
}

// heartbeatConns knows the connection that carried each broker's last heartbeat.
type heartbeatConns struct {
	mu    sync.Mutex
	conns map[int32]*server.Conn
}

// note says that the heartbeat of the process came on the connection.
func (h *heartbeatConns) note(conn *server.Conn, p process) {
	state(conn).heart = &p
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.conns == nil {
		h.conns = make(map[int32]*server.Conn)
	}
	h.conns[p.broker] = conn
}

// lost returns the process whose last heartbeat came on the connection, which is no
// more.
func (h *heartbeatConns) lost(conn *server.Conn) (process, bool) {
	p := state(conn).heart
	if p == nil {
		return process{}, false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.conns[p.broker] != conn {
		return process{}, false
	}
	delete(h.conns, p.broker)
	return *p, true
}
