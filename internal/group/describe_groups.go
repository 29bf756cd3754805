package group

import "github.com/brolga-io/brolga/internal/wire"

// DescribeGroups tells the state and the members of classic groups (versions 0–6; 4:
// instance ids, 6: GROUP_ID_NOT_FOUND with a message for a group that does not
// exist, which older versions see as Dead). The operations that the client may do
// are left at "not asked" for the caller to fill in.
func (c *Coordinator) DescribeGroups(version int16, req *wire.DescribeGroupsRequest) *wire.DescribeGroupsResponse {
	waits := make([]*reply[*wire.DescribeGroupsResponseDescribedGroup], len(req.Groups))
	for i, id := range req.Groups {
		waits[i] = start(c, id, func(m *machine, t *turn, r *reply[*wire.DescribeGroupsResponseDescribedGroup]) {
			r.value = m.describe(version, id)
			t.answer(r)
		})
	}
	resp := &wire.DescribeGroupsResponse{Groups: make([]wire.DescribeGroupsResponseDescribedGroup, len(waits))}
	for i, w := range waits {
		described, code := w.wait()
		if code != wire.None {
			described = newDescription(req.Groups[i])
			described.ErrorCode = code
		}
		resp.Groups[i] = *described
	}
	return resp
}

// newDescription is a description that says nothing yet.
func newDescription(id string) *wire.DescribeGroupsResponseDescribedGroup {
	d := &wire.DescribeGroupsResponseDescribedGroup{}
	d.SetDefaults()
	d.GroupId = id
	return d
}

// describe describes one group. Metadata and protocol are told only of a stable
// group: before, there is no generation that they belong to.
func (m *machine) describe(version int16, id string) *wire.DescribeGroupsResponseDescribedGroup {
	d := newDescription(id)
	g := m.group(id)
	if g == nil {
		d.GroupState = deadState
		if version >= 6 {
			message := "Group " + id + " not found."
			d.ErrorCode, d.ErrorMessage = wire.GroupIdNotFound, &message
		}
		return d
	}
	d.GroupState = g.state.String()
	if g.protocolType != nil {
		d.ProtocolType = *g.protocolType
	}
	if g.state == stable && g.protocol != nil {
		d.ProtocolData = *g.protocol
	}
	d.Members = make([]wire.DescribeGroupsResponseDescribedGroupMember, g.members.len())
	for i, mem := range g.members.list {
		d.Members[i] = wire.DescribeGroupsResponseDescribedGroupMember{
			MemberId: mem.id, GroupInstanceId: mem.instanceID, ClientId: mem.clientID, ClientHost: mem.clientHost,
			MemberAssignment: mem.assignment,
		}
		if g.state == stable {
			d.Members[i].MemberMetadata = mem.metadataOf(g.protocol)
		}
	}
	return d
}
