package group

import (
	"github.com/brolga-io/brolga/internal/wire"
)

// fits says whether the group, with the member as the request describes it, can
// still be stored: its record must fit a batch of __consumer_offsets even before
// anything is assigned, and the metadata of all protocols must fit the memory that
// one group may take. The member may be in the group already, or not yet.
func (g *classicGroup) fits(mem *member, j *joinRequest) bool {
	after := member{id: mem.id, instanceID: mem.instanceID, clientID: mem.clientID, clientHost: mem.clientHost}
	after.protocols = make([]protocol, len(j.Protocols))
	for i := range j.Protocols {
		after.protocols[i] = protocol{j.Protocols[i].Name, j.Protocols[i].Metadata}
	}
	least, all := g.members.least+after.leastRecordBytes(), g.members.bytes+after.metadataBytes()
	if g.members.byID[mem.id] == mem {
		least, all = least-mem.leastRecordBytes(), all-mem.metadataBytes()
	}
	limit := g.m.maxBytes()
	return g.recordBytes(least) <= limit && all <= metadataBudget*limit
}

// recordBytes bounds the size of a batch with the group's record when its members
// take that much.
func (g *classicGroup) recordBytes(memberBytes int) int {
	const fixed = batchOverheadBytes + recordOverheadBytes + 2 + 2 + 2 + 4 + 4*2 + 8 + 4
	return fixed + len(g.id) + lengthOf(g.protocolType) + lengthOf(g.protocol) + memberBytes
}

// batchFits says whether records of that many bytes fit one batch.
func (m *machine) batchFits(bytes int) bool { return batchOverheadBytes+bytes <= m.maxBytes() }

// uniqueProtocols drops protocols that are named twice; the first one counts.
func uniqueProtocols(list []wire.JoinGroupRequestProtocol) []wire.JoinGroupRequestProtocol {
	unique := list[:0]
	for i := range list {
		seen := false
		for k := range unique {
			seen = seen || unique[k].Name == list[i].Name
		}
		if !seen {
			unique = append(unique, list[i])
		}
	}
	return unique
}
