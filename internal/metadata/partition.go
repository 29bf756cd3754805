package metadata

import (
	"fmt"
	"slices"

	"github.com/brolga-io/brolga/internal/planted"
	"github.com/brolga-io/brolga/internal/wire"
)

// Leaders that are no broker id.
const (
	// NoLeader is the leader of a partition that has none.
	NoLeader int32 = -1
	// NoLeaderChange stands in a PartitionChangeRecord that keeps the leader.
	NoLeaderChange int32 = -2
)

// Values of Partition.LeaderRecoveryState (KIP-704).
const (
	// Recovered is the state of a leader that was elected with all committed data.
	Recovered int8 = 0
	// Recovering is the state of a leader from an unclean election that has not
	// yet said how it continues.
	Recovering int8 = 1
	// noRecoveryChange stands in a PartitionChangeRecord that keeps the state.
	noRecoveryChange int8 = -1
)

// Partition is one partition as the metadata has it. It is part of an Image:
// nobody may change it or its lists.
type Partition struct {
	*Placement
	// Leader is a broker id or NoLeader.
	Leader int32
	// LeaderEpoch grows with each election, PartitionEpoch with each change.
	LeaderEpoch, PartitionEpoch int32
	// LeaderRecoveryState is Recovered or Recovering.
	LeaderRecoveryState int8
}

// Placement is the part of a partition that many partitions have in common. It
// is shared between them, which makes a partition of a small cluster a few words.
type Placement struct {
	// Replicas lists the assigned brokers; the first is the preferred leader.
	// During a reassignment it has the old and the new ones (KIP-455).
	Replicas []int32
	// ISR lists the replicas that have all committed records.
	ISR []int32
	// AddingReplicas and RemovingReplicas are not empty during a reassignment.
	AddingReplicas, RemovingReplicas []int32
	// ELR lists replicas outside of the ISR that may still lead without loss, and
	// LastKnownELR the last leader of a partition without any (KIP-966).
	ELR, LastKnownELR []int32
	// Directories holds the log directory of each replica (KIP-858).
	Directories []wire.UUID
}

// PreferredReplica returns the first replica, or NoLeader if there is none.
func (p *Partition) PreferredReplica() int32 {
	if len(p.Replicas) == 0 {
		return NoLeader
	}
	return p.Replicas[0]
}

// Reassigning tells whether a reassignment of the partition is under way.
func (p *Partition) Reassigning() bool {
	return len(p.AddingReplicas) > 0 || len(p.RemovingReplicas) > 0
}

// Directory returns the log directory of a replica; UnassignedDir if the broker
// is no replica.
func (p *Partition) Directory(broker int32) wire.UUID {
	if i := slices.Index(p.Replicas, broker); i >= 0 && i < len(p.Directories) {
		return p.Directories[i]
	}
	return UnassignedDir
}

// equal compares everything, whether the placement is shared or not.
func (p *Partition) equal(q *Partition) bool {
	return p.Leader == q.Leader && p.LeaderEpoch == q.LeaderEpoch &&
		p.PartitionEpoch == q.PartitionEpoch && p.LeaderRecoveryState == q.LeaderRecoveryState &&
		(p.Placement == q.Placement || p.Placement.equal(q.Placement))
}

func (p *Placement) equal(q *Placement) bool {
	return slices.Equal(p.Replicas, q.Replicas) && slices.Equal(p.ISR, q.ISR) &&
		slices.Equal(p.AddingReplicas, q.AddingReplicas) &&
		slices.Equal(p.RemovingReplicas, q.RemovingReplicas) &&
		slices.Equal(p.ELR, q.ELR) && slices.Equal(p.LastKnownELR, q.LastKnownELR) &&
		slices.Equal(p.Directories, q.Directories)
}

// fromRecord returns the partition that a PartitionRecord describes. The lists
// are still the record's.
func fromRecord(r *wire.PartitionRecord) (Partition, Placement, error) {
	place := Placement{
		Replicas: r.Replicas, ISR: r.Isr,
		AddingReplicas: r.AddingReplicas, RemovingReplicas: r.RemovingReplicas,
		ELR: r.EligibleLeaderReplicas, LastKnownELR: r.LastKnownElr,
		Directories: r.Directories,
	}
	p := Partition{
		Leader: r.Leader, LeaderEpoch: r.LeaderEpoch, PartitionEpoch: r.PartitionEpoch,
		LeaderRecoveryState: r.LeaderRecoveryState,
	}
	return p, place, place.fitDirectories()
}

// merge returns p as the record changes it. Both epochs count here: the record
// does not carry them.
func (p *Partition) merge(r *wire.PartitionChangeRecord) (Partition, Placement, error) {
	place, next := *p.Placement, *p
	for _, change := range []struct {
		to   *[]int32
		from []int32
	}{
		{&place.Replicas, r.Replicas}, {&place.ISR, r.Isr},
		{&place.AddingReplicas, r.AddingReplicas}, {&place.RemovingReplicas, r.RemovingReplicas},
		{&place.ELR, r.EligibleLeaderReplicas}, {&place.LastKnownELR, r.LastKnownElr},
	} {
		if change.from != nil {
			*change.to = change.from
		}
	}
	if r.Directories != nil {
		place.Directories = r.Directories
	}
	if r.Leader != NoLeaderChange {
		next.Leader = r.Leader
		if !planted.On(planted.NoEpochBump) {
			next.LeaderEpoch++
		}
	}
	if r.LeaderRecoveryState != noRecoveryChange {
		next.LeaderRecoveryState = r.LeaderRecoveryState
	}
	next.PartitionEpoch++
	return next, place, place.fitDirectories()
}

// fitDirectories gives replicas without known directories the one that Kafka
// gives them, and refuses lists of different length.
func (p *Placement) fitDirectories() error {
	if !slices.ContainsFunc(p.Directories, func(d wire.UUID) bool { return d != MigratingDir }) {
		if len(p.Directories) == len(p.Replicas) {
			return nil
		}
		p.Directories = slices.Repeat([]wire.UUID{MigratingDir}, len(p.Replicas))
	}
	if len(p.Directories) != len(p.Replicas) {
		return fmt.Errorf("%d directories for %d replicas", len(p.Directories), len(p.Replicas))
	}
	return nil
}
