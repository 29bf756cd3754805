package quorum

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/peer"
	"github.com/brolga-io/brolga/internal/vfs"
	"github.com/brolga-io/brolga/internal/wire"
)

// wires joins controllers through real Networks over connections in memory. The
// address of a controller is its raft id.
type wires struct {
	t       *testing.T
	c       *cluster
	closing sync.WaitGroup
	mu      sync.Mutex
	conns   map[uint64][]net.Conn // both ends' connections of whoever accepted
	down    map[uint64]bool
	frozen  map[uint64]bool
	network map[uint64]*Network
}

// wireCluster prepares controllers that find each other by wires.
func wireCluster(t *testing.T, size int) (*cluster, *wires) {
	c := newCluster(t, size, 7)
	w := &wires{t: t, c: c, conns: map[uint64][]net.Conn{}, down: map[uint64]bool{},
		frozen: map[uint64]bool{}, network: map[uint64]*Network{}}
	c.tune = func(o *Options) {
		id := InitialRaftID(o.NodeID)
		network := NewNetwork(NetworkOptions{
			Peer: peer.Options{Dial: w.dial, RequestTimeout: 2 * time.Second}, ClusterID: "c", NodeID: o.NodeID, DirectoryID: o.DirectoryID,
			Address: func(raftID uint64) (string, bool) { return strconv.FormatUint(raftID, 10), true },
			Dead: func(dead uint64) {
				if n := w.node(id); n != nil {
					n.q.LeaderDead(dead)
				}
			},
			Unreachable: func(other uint64) {
				if n := w.node(id); n != nil {
					n.q.Unreachable(other)
				}
			},
			Logger: quiet(t),
		})
		o.Transport = network
		w.mu.Lock()
		defer w.mu.Unlock()
		w.network[id] = network
	}
	t.Cleanup(w.close)
	return c, w
}

func (w *wires) node(id uint64) *node {
	w.c.net.mu.Lock()
	defer w.c.net.mu.Unlock()
	return w.c.net.nodes[id]
}

func (w *wires) dial(address string, _ time.Duration) (net.Conn, error) {
	id, err := strconv.ParseUint(address, 10, 64)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.down[id] || w.node(id) == nil {
		return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	}
	near, far := net.Pipe()
	w.conns[id] = append(w.conns[id], far)
	go w.serve(id, far)
	return near, nil
}

// serve answers the requests of one connection as a controller's listener does.
func (w *wires) serve(id uint64, nc net.Conn) {
	defer nc.Close()
	for {
		size := make([]byte, 4)
		if _, err := io.ReadFull(nc, size); err != nil {
			return
		}
		frame := make([]byte, binary.BigEndian.Uint32(size))
		if _, err := io.ReadFull(nc, frame); err != nil {
			return
		}
		w.mu.Lock()
		frozen := w.frozen[id]
		w.mu.Unlock()
		n := w.node(id)
		if frozen || n == nil {
			continue
		}
		out, err := w.answer(n, frame)
		if err != nil {
			w.t.Error(err)
			return
		}
		if _, err := nc.Write(out); err != nil {
			return
		}
	}
}

func (w *wires) answer(n *node, frame []byte) ([]byte, error) {
	r := wire.NewReader(frame)
	h, err := wire.DecodeRequestHeader(r)
	if err != nil {
		return nil, err
	}
	var resp wire.Message
	switch h.APIKey {
	case wire.APIKeyRaftMessages:
		var req wire.RaftMessagesRequest
		req.Decode(r, 0)
		resp = &wire.RaftMessagesResponse{}
		if err := n.q.Receive(req.DirectoryId, req.Messages); err != nil {
			text := err.Error()
			resp = &wire.RaftMessagesResponse{ErrorCode: wire.InvalidRequest, ErrorMessage: &text}
		}
	case wire.APIKeyFetchSnapshot:
		var req wire.FetchSnapshotRequest
		req.Decode(r, h.APIVersion)
		p := req.Topics[0].Partitions[0]
		part, size, err := n.q.ReadSnapshot(SnapshotID{p.SnapshotId.EndOffset, p.SnapshotId.Epoch}, p.Position, min(int(req.MaxBytes), 1000))
		answer := wire.FetchSnapshotResponsePartitionSnapshot{Size: size, Position: p.Position, UnalignedRecords: part}
		if err != nil {
			answer.ErrorCode = wire.SnapshotNotFound
		}
		resp = &wire.FetchSnapshotResponse{Topics: []wire.FetchSnapshotResponseTopicSnapshot{
			{Name: metadataTopic, Partitions: []wire.FetchSnapshotResponsePartitionSnapshot{answer}}}}
	default:
		return nil, fmt.Errorf("unexpected API %d", h.APIKey)
	}
	if r.Err() != nil {
		return nil, r.Err()
	}
	out := wire.AppendResponseHeader([]byte{0, 0, 0, 0}, h.APIKey, h.APIVersion, h.CorrelationID)
	out = resp.Append(out, h.APIVersion)
	binary.BigEndian.PutUint32(out, uint32(len(out)-4))
	return out, nil
}

// kill ends a controller like a dying process: its connections break and its port
// refuses.
func (w *wires) kill(id uint64) {
	n := w.c.nodes[id]
	w.c.net.put(id, nil)
	w.mu.Lock()
	for _, nc := range w.conns[id] {
		nc.Close()
	}
	delete(w.conns, id)
	network := w.network[id]
	w.mu.Unlock()
	w.c.disks[id] = w.c.disks[id].CrashClone(vfs.CrashOptions{})
	delete(w.c.nodes, id)
	network.Close()
	// Its attempt to hand leadership over reaches nobody and takes a while.
	w.closing.Go(func() { n.q.Close() })
}

// freeze lets a controller accept and read, and do nothing else.
func (w *wires) freeze(id uint64, frozen bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.frozen[id] = frozen
}

func (w *wires) close() {
	w.mu.Lock()
	networks := w.network
	var conns []net.Conn
	for _, list := range w.conns {
		conns = append(conns, list...)
	}
	w.mu.Unlock()
	for _, network := range networks {
		network.Close()
	}
	for _, nc := range conns {
		nc.Close()
	}
	w.closing.Wait()
}
