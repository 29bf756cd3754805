package group

import (
	"bytes"
	"slices"
	"strings"

	"github.com/brolga-io/brolga/internal/shard"
	"github.com/brolga-io/brolga/internal/wire"
)

// protocol is one protocol that a member supports, in the member's order of
// preference.
type protocol struct {
	name     string
	metadata []byte
}

// member is one member of a classic group.
type member struct {
	group                *classicGroup
	id                   string
	instanceID           *string // nil for a dynamic member
	clientID, clientHost string
	sessionTimeoutMs     int32
	rebalanceTimeoutMs   int32
	protocols            []protocol
	// assignment belongs to the last generation that got one.
	assignment []byte
	// join and sync are the requests in which the member waits.
	join *reply[*wire.JoinGroupResponse]
	sync *reply[*wire.SyncGroupResponse]
	// isNew says that the member has not been told its generation yet: it cannot
	// heartbeat and may be gone without anybody noticing.
	isNew    bool
	unsynced bool
	// expire is the decision of the session timer.
	expire shard.Decide
}

// newMember makes a member that is not in the group's roster yet.
func (g *classicGroup) newMember(id string) *member {
	m := &member{group: g, id: id}
	m.expire = g.m.decision(nil, m.expired)
	return m
}

// touch starts the member's session anew.
func (m *member) touch() { m.touchFor(int64(m.sessionTimeoutMs)) }

// touchFor expires the member after that time unless it is touched before.
func (m *member) touchFor(timeoutMs int64) {
	m.group.m.shard.Schedule(m, timeoutMs, m.expire)
}

// metadataOf returns the metadata of one of the member's protocols.
func (m *member) metadataOf(name *string) []byte {
	if name != nil {
		for i := range m.protocols {
			if m.protocols[i].name == *name {
				return m.protocols[i].metadata
			}
		}
	}
	return nil
}

// matches says whether the protocols of a request are those the member has.
func (m *member) matches(requested []wire.JoinGroupRequestProtocol) bool {
	return slices.EqualFunc(m.protocols, requested, func(p protocol, r wire.JoinGroupRequestProtocol) bool {
		return p.name == r.Name && bytes.Equal(p.metadata, r.Metadata)
	})
}

// metadataBytes is what the member's protocols take in memory.
func (m *member) metadataBytes() int {
	n := 0
	for i := range m.protocols {
		n += len(m.protocols[i].name) + len(m.protocols[i].metadata)
	}
	return n
}

// leastRecordBytes is the least that the member takes in a group metadata record:
// with the protocol that has the shortest metadata, and no assignment.
func (m *member) leastRecordBytes() int {
	shortest := 0
	for i := range m.protocols {
		if n := len(m.protocols[i].metadata); i == 0 || n < shortest {
			shortest = n
		}
	}
	return memberOverheadBytes + len(m.id) + lengthOf(m.instanceID) + len(m.clientID) + len(m.clientHost) + shortest
}

// ownProtocols copies the protocols of a request, whose bytes belong to a buffer of
// its connection.
func ownProtocols(requested []wire.JoinGroupRequestProtocol) []protocol {
	total := 0
	for i := range requested {
		total += len(requested[i].Metadata)
	}
	buf := make([]byte, 0, total)
	own := make([]protocol, len(requested))
	for i := range requested {
		from := len(buf)
		buf = append(buf, requested[i].Metadata...)
		own[i] = protocol{strings.Clone(requested[i].Name), buf[from:len(buf):len(buf)]}
	}
	return own
}

// roster is the members of a group in the order in which they came, and how many of
// them support each protocol.
type roster struct {
	list   []*member
	byID   map[string]*member
	static map[string]*member // by instance id
	counts map[string]int     // members by supported protocol
	bytes  int                // metadata of all protocols of all members
	least  int                // the least that the members take in a record
}

func (r *roster) len() int { return len(r.list) }

func (r *roster) add(m *member) {
	if r.byID == nil {
		r.byID, r.counts = map[string]*member{}, map[string]int{}
	}
	r.list = append(r.list, m)
	r.index(m)
}

func (r *roster) remove(m *member) {
	i := slices.Index(r.list, m)
	r.list = slices.Delete(r.list, i, i+1)
	r.unindex(m)
}

// replace puts a member in the place of another.
func (r *roster) replace(old, next *member) {
	r.list[slices.Index(r.list, old)] = next
	r.unindex(old)
	r.index(next)
}

// setProtocols changes what a member supports.
func (r *roster) setProtocols(m *member, protocols []protocol) {
	r.count(m, -1)
	m.protocols = protocols
	r.count(m, 1)
}

func (r *roster) index(m *member) {
	r.byID[m.id] = m
	if m.instanceID != nil {
		if r.static == nil {
			r.static = map[string]*member{}
		}
		r.static[*m.instanceID] = m
	}
	r.count(m, 1)
}

func (r *roster) unindex(m *member) {
	delete(r.byID, m.id)
	if m.instanceID != nil {
		delete(r.static, *m.instanceID)
	}
	r.count(m, -1)
}

func (r *roster) count(m *member, by int) {
	for i := range m.protocols {
		name := m.protocols[i].name
		if r.counts[name] += by; r.counts[name] == 0 {
			delete(r.counts, name)
		}
	}
	r.bytes += by * m.metadataBytes()
	r.least += by * m.leastRecordBytes()
}

// common says whether every member supports the protocol.
func (r *roster) common(name string) bool { return r.counts[name] == len(r.list) }

// vote returns the protocol that most members prefer among those which all of them
// support, nil if there is none. The earlier member's preference breaks a tie, so
// that the same members always choose the same.
func (r *roster) vote() *string {
	votes := map[string]int{}
	var order []string
	for _, m := range r.list {
		for i := range m.protocols {
			name := m.protocols[i].name
			if !r.common(name) {
				continue
			}
			if votes[name]++; votes[name] == 1 {
				order = append(order, name)
			}
			break
		}
	}
	var winner *string
	for i := range order {
		if winner == nil || votes[order[i]] > votes[*winner] {
			winner = &order[i]
		}
	}
	return winner
}
