package controller

import (
	"slices"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// assignment is the replicas of one new partition and those of them that are in
// sync from the start: the active ones. The first of these leads.
type assignment struct {
	replicas, isr []int32
}

// place assigns new partitions to brokers.
func (d *decision) place(partitions, replicas int) ([]assignment, *fault) {
	p := newPlacer(d.image, d.Rand)
	switch {
	case replicas <= 0:
		return nil, refuse(wire.InvalidReplicationFactor,
			"Invalid replication factor %d: the replication factor must be positive.", replicas)
	case p.alive == 0:
		return nil, refuse(wire.InvalidReplicationFactor,
			"All brokers are currently fenced, or have all their log directories cordoned.")
	case replicas > p.total:
		return nil, refuse(wire.InvalidReplicationFactor,
			"The target replication factor of %d cannot be reached because only %d broker(s) are registered "+
				"or some brokers have all their log directories cordoned.", replicas, p.total)
	}
	placed := make([]assignment, partitions)
	for i := range placed {
		a := assignment{replicas: p.place(replicas)}
		if a.isr = d.activeOf(a.replicas); len(a.isr) == 0 {
			return nil, refuse(wire.InvalidReplicationFactor,
				"All brokers are currently fenced or in controlled shutdown.")
		}
		placed[i] = a
	}
	return placed, nil
}

// activeOf returns the brokers that may lead. Mostly these are all, and the list
// is the same one.
func (d *decision) activeOf(replicas []int32) []int32 {
	if !slices.ContainsFunc(replicas, func(id int32) bool { return !d.active(id) }) {
		return replicas
	}
	return slices.DeleteFunc(slices.Clone(replicas), func(id int32) bool { return !d.active(id) })
}

// checkReplicas says why replicas that a client chose cannot be. want is the number
// of replicas that there must be, 0 if any number is right; has are the replicas
// that the partition has.
func (d *decision) checkReplicas(replicas []int32, want int, has []int32) *fault {
	if len(replicas) == 0 {
		return refuse(wire.InvalidReplicaAssignment, "The manual partition assignment includes an empty replica list.")
	}
	sorted := slices.Sorted(slices.Values(replicas))
	for i, id := range sorted {
		switch b := d.image.Broker(id); {
		case b == nil:
			return refuse(wire.InvalidReplicaAssignment,
				"The manual partition assignment includes broker %d, but no such broker is registered.", id)
		case i > 0 && id == sorted[i-1]:
			return refuse(wire.InvalidReplicaAssignment,
				"The manual partition assignment includes the broker %d more than once.", id)
		case !b.HasUncordonedDir() && !slices.Contains(has, id): // KAFKA-20832
			return refuse(wire.InvalidReplicaAssignment,
				"The manual partition assignment includes broker %d, but all its log directories are cordoned.", id)
		}
	}
	if want > 0 && len(replicas) != want {
		return refuse(wire.InvalidReplicaAssignment,
			"The manual partition assignment includes a partition with %d replica(s), but this is not consistent "+
				"with previous partitions, which have %d replica(s).", len(replicas), want)
	}
	return nil
}

// manual makes the replicas that a client chose the assignment of a new partition.
// want is the number of replicas that partitions before it have, 0 if it is the
// first.
func (d *decision) manual(partition int, replicas []int32, want int) (assignment, *fault) {
	if f := d.checkReplicas(replicas, want, nil); f != nil {
		return assignment{}, f
	}
	a := assignment{replicas: replicas, isr: d.activeOf(replicas)}
	if len(a.isr) == 0 {
		return assignment{}, refuse(wire.InvalidReplicaAssignment,
			"All brokers specified in the manual partition assignment for partition %d are fenced or in controlled shutdown.", partition)
	}
	return a, nil
}

// addPartition adds the record of a new partition.
func (d *decision) addPartition(topic wire.UUID, id int, a assignment) {
	r := &wire.PartitionRecord{
		TopicId: topic, PartitionId: int32(id), Replicas: a.replicas, Isr: a.isr, Leader: a.isr[0],
	}
	if d.directories() {
		r.Directories = make([]wire.UUID, len(a.replicas))
		for i, b := range a.replicas {
			r.Directories[i] = d.newReplicaDir(b)
		}
	}
	d.add(r)
}

// newReplicaDir returns the directory of a new replica, if the broker has no
// choice; else the broker chooses one and tells.
func (d *decision) newReplicaDir(broker int32) wire.UUID {
	b := d.image.Broker(broker)
	switch {
	case b == nil || len(b.LogDirs) > 1:
		return metadata.UnassignedDir
	case len(b.LogDirs) == 0:
		return metadata.MigratingDir
	}
	return b.LogDirs[0]
}
