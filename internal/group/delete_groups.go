package group

import "github.com/brolga-io/brolga/internal/wire"

// DeleteGroups deletes groups without members, with their offsets (versions 0–3).
// Each group has its own result. The error message of version 3 stays null, as in
// Kafka: the code says it all for a classic group.
func (c *Coordinator) DeleteGroups(req *wire.DeleteGroupsRequest) *wire.DeleteGroupsResponse {
	resp := &wire.DeleteGroupsResponse{}
	seen := make(map[string]bool, len(req.GroupsNames))
	for _, id := range req.GroupsNames {
		if seen[id] {
			continue
		}
		seen[id] = true
		resp.Results = append(resp.Results, wire.DeleteGroupsResponseDeletableGroupResult{
			GroupId: id, ErrorCode: c.deleteGroup(id),
		})
	}
	return resp
}

// deleteGroup deletes one group, in as many steps as its offsets take batches.
func (c *Coordinator) deleteGroup(id string) wire.ErrorCode {
	for {
		step, code := ask(c, id, func(m *machine, t *turn) deleteStep { return m.deleteGroup(t, id) })
		switch {
		case code != wire.None:
			return code
		case step.code != wire.None || step.over:
			return step.code
		}
	}
}

// deleteStep is the outcome of one step.
type deleteStep struct {
	code wire.ErrorCode
	over bool
}

// deleteGroup deletes offsets of the group and, when all fit the batch, the group.
func (m *machine) deleteGroup(t *turn, id string) deleteStep {
	g := m.group(id)
	switch {
	case g == nil:
		return deleteStep{code: wire.GroupIdNotFound}
	case g.state != empty:
		return deleteStep{code: wire.NonEmptyGroup}
	}
	batch := tombstones{t: t, bytes: batchOverheadBytes, most: m.maxBytes()}
	for topic, partitions := range m.committed(id) {
		for partition := range partitions {
			if !batch.offset(id, topic, partition) {
				return deleteStep{}
			}
		}
	}
	over := batch.group(id)
	if over {
		m.log.Info("group was deleted", "group", id)
	}
	return deleteStep{over: over}
}
