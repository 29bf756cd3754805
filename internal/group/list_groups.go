package group

import (
	"cmp"
	"slices"
	"strings"

	"github.com/brolga-io/brolga/internal/wire"
)

// groupType is the type of every group that is coordinated here so far.
const groupType = "classic"

// ListGroups lists the groups that this broker coordinates, by id (versions 0–5; 4:
// filter by state, 5: by type, both without regard to case). While a partition is
// being loaded there is no complete list: COORDINATOR_LOAD_IN_PROGRESS.
func (c *Coordinator) ListGroups(req *wire.ListGroupsRequest) *wire.ListGroupsResponse {
	filter := listFilter{states: lowered(req.StatesFilter), types: lowered(req.TypesFilter)}
	var waits []*reply[[]wire.ListGroupsResponseListedGroup]
	for _, p := range c.all() {
		r := newReply[[]wire.ListGroupsResponseListedGroup](c.opts.Runtime)
		p.run(r, func(t *turn) {
			r.value = p.machine.list(&filter)
			t.answer(r)
		})
		waits = append(waits, r)
	}
	resp := &wire.ListGroupsResponse{}
	for _, w := range waits {
		groups, code := w.wait()
		switch code {
		case wire.None:
			resp.Groups = append(resp.Groups, groups...)
		case wire.NotCoordinator:
		default:
			resp.ErrorCode = code
		}
	}
	if resp.ErrorCode != wire.None {
		resp.Groups = nil
	}
	slices.SortFunc(resp.Groups, func(a, b wire.ListGroupsResponseListedGroup) int {
		return cmp.Compare(a.GroupId, b.GroupId)
	})
	return resp
}

// listFilter says which groups to list; an empty set lets all pass.
type listFilter struct {
	states, types map[string]bool
}

func lowered(names []string) map[string]bool {
	set := make(map[string]bool, len(names))
	for _, name := range names {
		set[strings.ToLower(strings.TrimSpace(name))] = true
	}
	return set
}

// list lists the groups of the partition.
func (m *machine) list(f *listFilter) []wire.ListGroupsResponseListedGroup {
	if len(f.types) > 0 && !f.types[groupType] {
		return nil
	}
	var listed []wire.ListGroupsResponseListedGroup
	add := func(g *classicGroup) {
		if len(f.states) > 0 && !f.states[strings.ToLower(g.state.String())] {
			return
		}
		entry := wire.ListGroupsResponseListedGroup{GroupId: g.id, GroupState: g.state.String(), GroupType: groupType}
		if g.protocolType != nil {
			entry.ProtocolType = *g.protocolType
		}
		listed = append(listed, entry)
	}
	for _, g := range m.groups {
		add(g)
	}
	for id, gs := range m.state.groups {
		if gs.exists && m.groups[id] == nil {
			add(emptyGroup(m, id, gs.meta))
		}
	}
	return listed
}
