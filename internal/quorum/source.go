package quorum

import (
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/brolga-io/brolga/internal/peer"
	"github.com/brolga-io/brolga/internal/wire"
)

// Source is where an observer gets the committed log from.
type Source interface {
	// Fetch asks for what is committed from an offset on; lastEpoch is the epoch of
	// the batch that ends there. With nothing new it is answered after half a second
	// or so. The batches are valid until the next call.
	Fetch(offset int64, lastEpoch int32) (Fetched, error)
	// FetchSnapshot is as for Transport, from whoever answered the last Fetch.
	FetchSnapshot(id SnapshotID, position int64, maxBytes int) (part []byte, size int64, err error)
	// Close ends calls that are under way.
	Close()
}

// Fetched is the answer to an observer.
type Fetched struct {
	Committed
	// LeaderID is the active controller's node id, -1 if unknown, in LeaderEpoch.
	LeaderID, LeaderEpoch int32
}

const (
	// observeWaitMs is how long a controller keeps a fetch without news; observeLimit
	// is when it counts as silent, and another one is asked.
	observeWaitMs = 500
	observeLimit  = time.Second
	// observeBytes is how much one answer shall hold.
	observeBytes = 1 << 20
	// fetchVersion is what nodes of this release speak.
	fetchVersion = 17
)

// metadataTopicID is the topic id of the metadata log.
var metadataTopicID = wire.UUID{15: 1}

// NetworkSource is a Source over connections to the controllers. It asks one until
// that fails, and the active one when it knows it.
type NetworkSource struct {
	nodeID      int32
	directoryID wire.UUID
	clusterID   string
	candidates  func() []string
	addressOf   func(nodeID int32) (string, bool)
	conn        *peer.Conn

	req  wire.FetchRequest
	resp wire.FetchResponse

	mu        sync.Mutex
	next      int
	endpoints map[int32]string // of active controllers, as told
	at        string           // "" if the next candidate is to be asked
}

// NetworkSourceOptions configure a NetworkSource; all are required.
type NetworkSourceOptions struct {
	Peer        peer.Options
	ClusterID   string
	NodeID      int32
	DirectoryID wire.UUID
	// Candidates are the addresses of controllers; AddressOf is where the controller
	// with a node id listens, false if that is not known.
	Candidates func() []string
	AddressOf  func(nodeID int32) (string, bool)
}

// NewNetworkSource returns a source that is not connected yet.
func NewNetworkSource(o NetworkSourceOptions) *NetworkSource {
	s := &NetworkSource{nodeID: o.NodeID, directoryID: o.DirectoryID, clusterID: o.ClusterID, candidates: o.Candidates, addressOf: o.AddressOf}
	o.Peer.RequestTimeout, o.Peer.ConnectTimeout = observeLimit, observeLimit
	s.conn = peer.NewConn(o.Peer, s.address)
	return s
}

// address is whom the next request goes to.
func (s *NetworkSource) address() (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.at == "" {
		all := s.candidates()
		if len(all) == 0 {
			return "", false
		}
		s.at = all[s.next%len(all)]
		s.next++
	}
	return s.at, true
}

// move lets the next request go to an address, or to the next candidate if it is "".
func (s *NetworkSource) move(address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at = address
}

// Fetch implements Source.
func (s *NetworkSource) Fetch(offset int64, lastEpoch int32) (Fetched, error) {
	f, err := s.fetch(offset, lastEpoch)
	switch {
	case err != nil, f.LeaderID < 0:
		s.move("") // who knows no leader may be cut off
	case f.LeaderID >= 0:
		if address, ok := s.addressOf(f.LeaderID); ok {
			s.move(address)
		}
	}
	return f, err
}

func (s *NetworkSource) fetch(offset int64, lastEpoch int32) (Fetched, error) {
	req, resp := &s.req, &s.resp
	req.SetDefaults()
	req.ClusterId = &s.clusterID
	req.ReplicaState = wire.FetchRequestReplicaState{ReplicaId: s.nodeID, ReplicaEpoch: -1}
	req.MaxWaitMs, req.MinBytes, req.MaxBytes = observeWaitMs, 1, observeBytes
	var part wire.FetchRequestFetchPartition
	part.SetDefaults()
	part.FetchOffset, part.LastFetchedEpoch, part.PartitionMaxBytes = offset, lastEpoch, observeBytes
	part.ReplicaDirectoryId = s.directoryID
	req.Topics = append(req.Topics, wire.FetchRequestFetchTopic{TopicId: metadataTopicID, Partitions: []wire.FetchRequestFetchPartition{part}})
	if err := s.conn.RoundTrip(req, fetchVersion, resp); err != nil {
		return Fetched{}, err
	}
	if resp.ErrorCode != wire.None {
		return Fetched{}, fmt.Errorf("fetch the metadata log: %w", resp.ErrorCode)
	}
	if len(resp.Responses) != 1 || len(resp.Responses[0].Partitions) != 1 {
		return Fetched{}, fmt.Errorf("fetch the metadata log: %w", errMessage)
	}
	for _, e := range resp.NodeEndpoints {
		s.learn(e.NodeId, net.JoinHostPort(e.Host, strconv.Itoa(int(e.Port))))
	}
	return s.fetched(&resp.Responses[0].Partitions[0])
}

// maxEndpoints bounds the addresses that are remembered.
const maxEndpoints = 100

func (s *NetworkSource) learn(nodeID int32, address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.endpoints == nil || len(s.endpoints) >= maxEndpoints {
		s.endpoints = make(map[int32]string)
	}
	s.endpoints[nodeID] = address
}

// Endpoint is where a node listens that a controller named as the active one.
func (s *NetworkSource) Endpoint(nodeID int32) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	address, ok := s.endpoints[nodeID]
	return address, ok
}

func (s *NetworkSource) fetched(p *wire.FetchResponsePartitionData) (Fetched, error) {
	if p.ErrorCode != wire.None {
		return Fetched{}, fmt.Errorf("fetch the metadata log: %w", p.ErrorCode)
	}
	f := Fetched{LeaderID: p.CurrentLeader.LeaderId, LeaderEpoch: p.CurrentLeader.LeaderEpoch}
	f.Batches, f.HighWatermark, f.LogStartOffset = p.Records, p.HighWatermark, p.LogStartOffset
	if p.SnapshotId.EndOffset >= 0 {
		f.Snapshot = &SnapshotID{EndOffset: p.SnapshotId.EndOffset, Epoch: p.SnapshotId.Epoch}
	}
	if p.DivergingEpoch.EndOffset >= 0 {
		f.Diverged, f.Diverging = true, SnapshotID{EndOffset: p.DivergingEpoch.EndOffset, Epoch: p.DivergingEpoch.Epoch}
	}
	return f, nil
}

// FetchSnapshot implements Source.
func (s *NetworkSource) FetchSnapshot(id SnapshotID, position int64, maxBytes int) ([]byte, int64, error) {
	part, size, err := RequestSnapshot(s.conn, s.clusterID, s.nodeID, id, position, maxBytes)
	if err != nil {
		s.move("")
	}
	return part, size, err
}

// Close implements Source.
func (s *NetworkSource) Close() { _ = s.conn.Close() } // nothing is lost with it
