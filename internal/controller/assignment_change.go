package controller

import (
	"slices"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// completeReassignment ends a reassignment when all replicas that stay are in sync:
// those that were to be removed are (KIP-455).
func (c *change) completeReassignment() {
	if len(c.adding) == 0 && len(c.removing) == 0 {
		return
	}
	isr, replicas := c.isr, c.replicas
	if len(c.removing) > 0 {
		isr, replicas = difference(isr, c.removing), difference(replicas, c.removing)
	}
	if len(isr) == 0 || len(replicas) == 0 || containsOther(replicas, isr) {
		return
	}
	c.isr, c.replicas, c.adding, c.removing = isr, replicas, nil, nil
}

// setAssignment writes what changes of replicas and their directories.
func (c *change) setAssignment(r *wire.PartitionChangeRecord) {
	if !slices.Equal(c.replicas, c.from.Replicas) {
		r.Replicas = c.replicas
	}
	if !slices.Equal(c.adding, c.from.AddingReplicas) {
		r.AddingReplicas = notNull(c.adding)
	}
	if !slices.Equal(c.removing, c.from.RemovingReplicas) {
		r.RemovingReplicas = notNull(c.removing)
	}
	if !c.d.directories() || r.Replicas == nil && c.moved == metadata.NoLeader {
		return
	}
	dirs := make([]wire.UUID, len(c.replicas))
	for i, b := range c.replicas {
		dirs[i] = c.directory(b)
	}
	if !slices.Equal(dirs, c.from.Directories) {
		r.Directories = dirs
	}
}

// directory is where the replica is or, if it is new, where it will be.
func (c *change) directory(id int32) wire.UUID {
	switch {
	case id == c.moved:
		return c.dir
	case slices.Contains(c.from.Replicas, id):
		return c.from.Directory(id)
	}
	return c.d.newReplicaDir(id)
}

// containsOther tells whether list has an element that of does not have.
func containsOther(list, of []int32) bool {
	return slices.ContainsFunc(list, func(id int32) bool { return !slices.Contains(of, id) })
}

// difference returns the elements of a that are not in b, in the order of a.
func difference(a, b []int32) []int32 {
	return slices.DeleteFunc(slices.Clone(a), func(id int32) bool { return slices.Contains(b, id) })
}
