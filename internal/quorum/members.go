package quorum

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/brolga-io/brolga/internal/wire"
	"go.etcd.io/raft/v3/raftpb"
)

const (
	// maxMembers bounds what is decoded; a quorum is 1 to 9 controllers.
	maxMembers = 1000
	// memberVersion is the version of the private encoding of members.
	memberVersion = 1
)

// Endpoint is one listener of a controller.
type Endpoint struct {
	Name string
	Host string
	Port uint16
}

// Member is one controller of the quorum.
type Member struct {
	// RaftID is the identity in raft's messages, never 0. See InitialRaftID and
	// JoinedRaftID.
	RaftID uint64
	NodeID int32
	// DirectoryID is the metadata directory the identity belongs to; zero for
	// initial voters until somebody has learned it.
	DirectoryID wire.UUID
	// Learner receives the log and does not vote.
	Learner   bool
	Endpoints []Endpoint
}

// InitialRaftID is the raft id of a voter of the initial configuration.
func InitialRaftID(nodeID int32) uint64 { return uint64(nodeID) + 1 }

// JoinedRaftID is the raft id of a controller that joined a running quorum. It
// comes from the directory, so that a controller that lost its disk never votes
// again under the identity which it voted with before.
func JoinedRaftID(directoryID wire.UUID) uint64 {
	id := binary.BigEndian.Uint64(directoryID[:8]) ^ binary.BigEndian.Uint64(directoryID[8:])
	// Out of the range of initial ids, and never one of raft's local targets,
	// which are the highest two numbers.
	return id&^(1<<63) | 1<<62
}

// members is a configuration, ordered by raft id.
type members []Member

// find returns the member with that raft id, or nil.
func (ms members) find(raftID uint64) *Member {
	for i := range ms {
		if ms[i].RaftID == raftID {
			return &ms[i]
		}
	}
	return nil
}

// voters counts those who are not learners.
func (ms members) voters() int {
	n := 0
	for i := range ms {
		if !ms[i].Learner {
			n++
		}
	}
	return n
}

// confState is the configuration in raft's form. Only single-step changes are
// made, so there is never a joint configuration.
func (ms members) confState() *raftpb.ConfState {
	cs := &raftpb.ConfState{}
	for i := range ms {
		if ms[i].Learner {
			cs.Learners = append(cs.Learners, ms[i].RaftID)
		} else {
			cs.Voters = append(cs.Voters, ms[i].RaftID)
		}
	}
	return raftpb.EnsureConfState(cs)
}

// sortedConf brings a configuration into the order in which it can be compared.
func sortedConf(cs *raftpb.ConfState) *raftpb.ConfState {
	slices.Sort(cs.Voters)
	slices.Sort(cs.Learners)
	return raftpb.EnsureConfState(cs)
}

// with returns a copy in which m has replaced the member of the same raft id.
func (ms members) with(m Member) members {
	out := ms.without(m.RaftID)
	out = append(out, m)
	slices.SortFunc(out, func(a, b Member) int { return cmp.Compare(a.RaftID, b.RaftID) })
	return out
}

// without returns a copy without the member of that raft id.
func (ms members) without(raftID uint64) members {
	out := make(members, 0, len(ms)+1)
	for _, m := range ms {
		if m.RaftID != raftID {
			out = append(out, m)
		}
	}
	return out
}

// check refuses a configuration that raft could not start from.
func (ms members) check() error {
	for i, m := range ms {
		switch {
		case m.RaftID == 0 || m.RaftID >= 1<<63:
			return fmt.Errorf("invalid raft id %d of controller %d", m.RaftID, m.NodeID)
		case i > 0 && ms[i-1].RaftID >= m.RaftID:
			return fmt.Errorf("controllers are not ordered by raft id at %d", m.RaftID)
		}
	}
	if ms.voters() == 0 {
		return fmt.Errorf("no voter among %d controllers", len(ms))
	}
	return nil
}

// votersRecord is the configuration as Kafka's tools read it (KIP-853); it names
// voters only.
func (ms members) votersRecord() *wire.VotersRecord {
	rec := &wire.VotersRecord{}
	for _, m := range ms {
		if m.Learner {
			continue
		}
		v := wire.VotersRecordVoter{VoterId: m.NodeID, VoterDirectoryId: m.DirectoryID}
		v.KRaftVersionFeature.MaxSupportedVersion = 1
		for _, e := range m.Endpoints {
			v.Endpoints = append(v.Endpoints, wire.VotersRecordEndpoint{Name: e.Name, Host: e.Host, Port: e.Port})
		}
		rec.Voters = append(rec.Voters, v)
	}
	return rec
}

// append is the private encoding, which names learners and raft ids too.
func (ms members) append(dst []byte) []byte {
	dst = append(dst, memberVersion)
	dst = wire.AppendUVarint(dst, uint32(len(ms)))
	for _, m := range ms {
		dst = wire.AppendInt64(dst, int64(m.RaftID))
		dst = wire.AppendInt32(dst, m.NodeID)
		dst = wire.AppendUUID(dst, m.DirectoryID)
		dst = wire.AppendBool(dst, m.Learner)
		dst = wire.AppendUVarint(dst, uint32(len(m.Endpoints)))
		for _, e := range m.Endpoints {
			dst = wire.AppendCompactString(dst, e.Name)
			dst = wire.AppendCompactString(dst, e.Host)
			dst = wire.AppendUint16(dst, e.Port)
		}
	}
	return dst
}

// decodeMembers is the reverse of append; nothing may be left over.
func decodeMembers(b []byte) (members, error) {
	r := wire.NewReader(b)
	if v := r.Int8(); r.Err() == nil && v != memberVersion {
		return nil, fmt.Errorf("unknown version %d of a list of controllers", v)
	}
	n := r.UVarint()
	if r.Err() == nil && (n > maxMembers || int(n) > r.Remaining()/30) {
		return nil, fmt.Errorf("%d controllers in %d bytes", n, r.Remaining())
	}
	var ms members
	for range n {
		if r.Err() != nil {
			break
		}
		ms = append(ms, decodeMember(r))
	}
	if err := r.Err(); err != nil {
		return nil, fmt.Errorf("list of controllers: %w", err)
	}
	if r.Remaining() != 0 {
		return nil, fmt.Errorf("%d bytes after the list of controllers", r.Remaining())
	}
	return ms, ms.check()
}

func decodeMember(r *wire.Reader) Member {
	m := Member{RaftID: uint64(r.Int64()), NodeID: r.Int32(), DirectoryID: r.UUID(), Learner: r.Bool()}
	n := r.UVarint()
	for ; n > 0 && r.Err() == nil && int(n) <= r.Remaining()/4; n-- {
		m.Endpoints = append(m.Endpoints, Endpoint{Name: r.CompactString(), Host: r.CompactString(), Port: r.Uint16()})
	}
	if n > 0 && r.Err() == nil {
		// More endpoints than bytes: read past the end so that the reader fails.
		for r.Err() == nil {
			r.Int64()
		}
	}
	return m
}
