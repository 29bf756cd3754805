package controller

import (
	"slices"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/planted"
	"github.com/brolga-io/brolga/internal/wire"
)

// change is a partition on its way to another state: whoever changes it says what is
// wanted, and record finds the leader that follows from it (KIP-966).
type change struct {
	d         *decision
	topic     wire.UUID
	partition int32
	from      *metadata.Partition

	// isr is the in-sync set that is wanted.
	isr []int32
	// replicas, adding and removing are the assignment that is wanted (KIP-455).
	replicas, adding, removing []int32
	// recovery is the leader recovery state that is wanted (KIP-704).
	recovery int8
	// moved is a replica that is in directory dir now, or metadata.NoLeader.
	moved int32
	dir   wire.UUID

	// lost is a replica that may lack records that it had acknowledged, or
	// metadata.NoLeader: it leaves the eligible replicas as well.
	lost int32
	// emptied is a replica that lost everything, or metadata.NoLeader.
	emptied int32
	// gone is a broker that may not lead whatever the image says of it, come is one
	// that may although the image has it fenced: what the decision is about, which
	// the image does not show yet. metadata.NoLeader is nobody.
	gone, come int32
	// minISR is the topic's smallest in-sync set that acknowledges; below it replicas
	// that leave the set stay eligible.
	minISR int
	// elr tells whether eligible replicas are kept at all.
	elr bool
	// unclean allows a leader that may lack records, if there is no other.
	unclean bool
	// preferred lets the first replica lead, if it may, instead of the leader there is.
	preferred bool

	eligible []int32
}

// begin makes c a change that changes nothing yet.
func (c *change) begin(d *decision, settings electionSettings, topic wire.UUID, partition int32, from *metadata.Partition) {
	*c = change{
		d: d, topic: topic, partition: partition, from: from,
		isr: from.ISR, replicas: from.Replicas, adding: from.AddingReplicas, removing: from.RemovingReplicas,
		recovery: from.LeaderRecoveryState,
		moved:    metadata.NoLeader, lost: metadata.NoLeader, emptied: metadata.NoLeader, gone: metadata.NoLeader, come: metadata.NoLeader,
		minISR: settings.minISR, elr: d.image.ELREnabled(),
	}
}

// sole tells whether the partition has one replica. Nobody can replace it, so it
// stays in sync with itself whatever happens to its broker.
func (c *change) sole() bool { return len(c.from.Replicas) == 1 }

// record returns the record of the change, or nil if nothing changes.
func (c *change) record() *wire.PartitionChangeRecord {
	r := &wire.PartitionChangeRecord{}
	r.SetDefaults()
	r.TopicId, r.PartitionId = c.topic, c.partition
	c.completeReassignment()
	c.findEligible()
	leader, unclean := c.elect()
	switch {
	case leader != c.from.Leader:
		c.setLeader(r, leader, unclean)
	case containsOther(c.from.Replicas, c.replicas):
		r.Leader = leader // a replica that is removed must not go on in this epoch
	}
	// Without eligible replicas the last in-sync one stays on record: it is the
	// only trace of who has the data.
	if !slices.Equal(c.isr, c.from.ISR) && (len(c.isr) > 0 || c.elr) {
		r.Isr = notNull(c.isr)
	}
	if !slices.Equal(c.eligible, c.from.ELR) {
		r.EligibleLeaderReplicas = notNull(c.eligible)
	}
	c.rememberLeader(r, leader)
	c.setAssignment(r)
	if r.LeaderRecoveryState == keepRecovery && c.recovery != c.from.LeaderRecoveryState {
		r.LeaderRecoveryState = c.recovery
	}
	if changesNothing(r) {
		return nil
	}
	return r
}

// keepRecovery stands in a record that keeps the leader recovery state.
const keepRecovery int8 = -1

func changesNothing(r *wire.PartitionChangeRecord) bool {
	return r.Leader == metadata.NoLeaderChange && r.LeaderRecoveryState == keepRecovery &&
		r.Isr == nil && r.EligibleLeaderReplicas == nil && r.LastKnownElr == nil && r.Directories == nil &&
		r.Replicas == nil && r.AddingReplicas == nil && r.RemovingReplicas == nil
}

// effectiveMinISR is the smallest in-sync set that acknowledges: never more than
// there are replicas.
func (c *change) effectiveMinISR() int { return min(c.minISR, len(c.replicas)) }

// findEligible fills eligible: nobody while the in-sync set is large enough, else
// everybody who was in it or eligible and has not lost anything.
func (c *change) findEligible() {
	if !c.elr || len(c.isr) >= c.effectiveMinISR() {
		c.eligible = nil
		return
	}
	for _, b := range c.replicas {
		was := slices.Contains(c.from.ISR, b) || slices.Contains(c.from.ELR, b)
		if was && b != c.lost && !slices.Contains(c.isr, b) {
			c.eligible = append(c.eligible, b)
		}
	}
}

// acceptable tells whether the broker is active and its replica's directory works.
func (c *change) acceptable(id int32) bool {
	b := c.d.image.Broker(id)
	return b != nil && id != c.gone && (id == c.come || b.Active() || planted.On(planted.FencedMayLead)) && b.HasOnlineDir(c.directory(id))
}

// elect returns the leader for the wanted state and whether it may lack records.
func (c *change) elect() (leader int32, unclean bool) {
	if c.preferred && c.valid(c.replicas[0]) {
		return c.replicas[0], false
	}
	if c.valid(c.from.Leader) {
		return c.from.Leader, false
	}
	for _, b := range c.replicas {
		if c.valid(b) {
			return b, false
		}
	}
	// The last leader has at least all that was acknowledged while it led.
	if last := c.lastLeader(); c.elr && len(c.isr) == 0 && len(c.eligible) == 0 && last != metadata.NoLeader && c.acceptable(last) {
		return last, true
	}
	if c.unclean || planted.On(planted.UncleanAnyway) {
		for _, b := range c.replicas {
			if c.acceptable(b) {
				return b, true
			}
		}
	}
	return metadata.NoLeader, false
}

// lastLeader is the last leader of a partition without one, if it is a replica still.
func (c *change) lastLeader() int32 {
	if last := c.from.LastKnownELR; len(last) == 1 && slices.Contains(c.replicas, last[0]) {
		return last[0]
	}
	return metadata.NoLeader
}

// valid tells whether the broker may lead without loss. Eligible replicas come
// into question when nobody is in sync.
func (c *change) valid(b int32) bool {
	has := slices.Contains(c.isr, b) || len(c.isr) == 0 && slices.Contains(c.eligible, b)
	return has && c.acceptable(b)
}

// setLeader elects: the leader is in sync with itself, and after an unclean
// election with nobody else.
func (c *change) setLeader(r *wire.PartitionChangeRecord, leader int32, unclean bool) {
	r.Leader = leader
	switch {
	case unclean:
		c.isr, c.eligible = []int32{leader}, nil
		if c.from.LeaderRecoveryState != metadata.Recovering {
			r.LeaderRecoveryState = metadata.Recovering
		}
	case slices.Contains(c.eligible, leader):
		c.isr = []int32{leader}
		c.eligible = slices.DeleteFunc(c.eligible, func(b int32) bool { return b == leader })
		// The set may have become large enough while nobody was in it: the leader alone
		// acknowledges from now on.
		if len(c.isr) >= c.effectiveMinISR() {
			c.eligible = nil
		}
	}
}

// rememberLeader notes the last leader of a partition that loses its leader, and
// forgets it when there is one again, or when it has nothing any more.
func (c *change) rememberLeader(r *wire.PartitionChangeRecord, leader int32) {
	known := c.from.LastKnownELR
	switch {
	case !c.elr:
	case leader >= 0 && len(known) > 0 || slices.Contains(known, c.emptied):
		r.LastKnownElr = []int32{}
	case leader >= 0 || len(known) > 0 || c.sole():
	case c.from.Leader >= 0 && c.from.Leader != c.emptied:
		r.LastKnownElr = []int32{c.from.Leader}
	case len(c.isr) == 0 && len(c.eligible) == 0:
		// A partition of one replica that got others while it had no leader.
		if last := without(slices.Concat(c.from.ISR, c.from.ELR), c.emptied); len(last) > 0 {
			r.LastKnownElr = last[:1]
		}
	}
}

// notNull makes an empty list that stands for itself rather than for no change.
func notNull(list []int32) []int32 {
	if list == nil {
		return []int32{}
	}
	return list
}

func without(list []int32, id int32) []int32 {
	return slices.DeleteFunc(slices.Clone(list), func(b int32) bool { return b == id })
}
