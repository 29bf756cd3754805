package quorum

import (
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/brolga-io/brolga/internal/peer"
	"github.com/brolga-io/brolga/internal/wire"
	"go.etcd.io/raft/v3/raftpb"
)

// NetworkOptions configure a Network. All but Dead, Unreachable and Logger are
// required.
type NetworkOptions struct {
	Peer        peer.Options
	ClusterID   string
	NodeID      int32
	DirectoryID wire.UUID
	// Address is where a controller listens, false while nobody knows.
	Address func(raftID uint64) (string, bool)
	// Dead is told that a controller's process is gone: its connection broke, and
	// two dials after that were refused.
	Dead func(raftID uint64)
	// Unreachable is told that messages to a controller may have been lost.
	Unreachable func(raftID uint64)
	Logger      *slog.Logger
}

// Network is a Transport over connections to the controller listeners: raft's
// messages as a private API, snapshots by FetchSnapshot (KIP-630).
type Network struct {
	o       NetworkOptions
	stop    chan struct{}
	running sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	senders map[uint64]*sender
	fetches map[uint64]*peer.Conn
}

// NewNetwork returns a Network without connections.
func NewNetwork(o NetworkOptions) *Network {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Dead == nil {
		o.Dead = func(uint64) {}
	}
	if o.Unreachable == nil {
		o.Unreachable = func(uint64) {}
	}
	return &Network{
		o: o, stop: make(chan struct{}),
		senders: make(map[uint64]*sender), fetches: make(map[uint64]*peer.Conn),
	}
}

// Send implements Transport.
func (w *Network) Send(msgs []*raftpb.Message) {
	for _, m := range msgs {
		if s := w.sender(m.GetTo()); s != nil {
			s.push(m)
		}
	}
}

// sender returns the sender to a controller, starting it if there is none.
func (w *Network) sender(to uint64) *sender {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil
	}
	s := w.senders[to]
	if s == nil {
		s = &sender{net: w, to: to, wake: make(chan struct{}, 1)}
		w.senders[to] = s
		w.running.Add(1)
		go s.run()
	}
	return s
}

// FetchSnapshot implements Transport.
func (w *Network) FetchSnapshot(from uint64, id SnapshotID, position int64, maxBytes int) ([]byte, int64, error) {
	conn, err := w.snapshotConn(from)
	if err != nil {
		return nil, 0, err
	}
	return RequestSnapshot(conn, w.o.ClusterID, w.o.NodeID, id, position, maxBytes)
}

func (w *Network) snapshotConn(from uint64) (*peer.Conn, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil, ErrClosed
	}
	conn := w.fetches[from]
	if conn == nil {
		conn = peer.NewConn(w.o.Peer, func() (string, bool) { return w.o.Address(from) })
		w.fetches[from] = conn
	}
	return conn, nil
}

// Close ends all connections and waits for the goroutines.
func (w *Network) Close() {
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return
	}
	w.closed = true
	close(w.stop)
	for _, conn := range w.fetches {
		_ = conn.Close() // nothing is lost with it
	}
	w.mu.Unlock()
	w.running.Wait()
}

// sleep waits and returns false when the network is closed meanwhile.
func (w *Network) sleep(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-w.stop:
		return false
	}
}

// fetchSnapshotVersion is what nodes of this release speak.
const fetchSnapshotVersion = 1

// RequestSnapshot asks another node for a part of a snapshot's file. The part is
// valid until the next request on conn.
func RequestSnapshot(conn *peer.Conn, clusterID string, nodeID int32, id SnapshotID, position int64, maxBytes int) ([]byte, int64, error) {
	req := &wire.FetchSnapshotRequest{ClusterId: &clusterID, ReplicaId: nodeID, MaxBytes: int32(maxBytes)}
	part := wire.FetchSnapshotRequestPartitionSnapshot{Position: position, CurrentLeaderEpoch: -1}
	part.SnapshotId = wire.FetchSnapshotRequestSnapshotId{EndOffset: id.EndOffset, Epoch: id.Epoch}
	req.Topics = []wire.FetchSnapshotRequestTopicSnapshot{{
		Name: metadataTopic, Partitions: []wire.FetchSnapshotRequestPartitionSnapshot{part},
	}}
	var resp wire.FetchSnapshotResponse
	if err := conn.RoundTrip(req, fetchSnapshotVersion, &resp); err != nil {
		return nil, 0, err
	}
	if resp.ErrorCode != wire.None {
		return nil, 0, fmt.Errorf("fetch a metadata snapshot: %w", resp.ErrorCode)
	}
	if len(resp.Topics) != 1 || len(resp.Topics[0].Partitions) != 1 {
		return nil, 0, fmt.Errorf("fetch a metadata snapshot: %w", errMessage)
	}
	p := &resp.Topics[0].Partitions[0]
	if p.ErrorCode != wire.None {
		return nil, 0, fmt.Errorf("fetch a metadata snapshot: %w", p.ErrorCode)
	}
	return p.UnalignedRecords, p.Size, nil
}

// metadataTopic is the name under which the metadata log is asked for.
const metadataTopic = "__cluster_metadata"
