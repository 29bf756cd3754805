package controller

import (
	"slices"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/planted"
	"github.com/brolga-io/brolga/internal/wire"
)

type (
	askedPartition    = wire.AlterPartitionRequestPartitionData
	answeredPartition = wire.AlterPartitionResponsePartitionData
	memberState       = wire.AlterPartitionRequestBrokerState
)

// AlterPartition changes in-sync sets as the leaders of the partitions ask for
// (KIP-497). For each partition it is a compare-and-set on leader epoch and
// partition epoch; only replicas in the registered broker epoch that are neither
// fenced nor shutting down may become members (KIP-841, KIP-903).
func (c *Controller) AlterPartition(caller Caller, req *wire.AlterPartitionRequest) (*wire.AlterPartitionResponse, error) {
	resp := &wire.AlterPartitionResponse{}
	// More partitions than one batch has room for are changed batch by batch.
	for at, more := (cursor{}), true; more; more = at.topic < len(req.Topics) {
		_, err := decide(c, func(d *decision) (struct{}, error) {
			if _, f := d.brokerOf(req.BrokerId, req.BrokerEpoch); f != nil {
				resp.ErrorCode, resp.Topics = f.code, nil
				at.topic = len(req.Topics)
				return struct{}{}, nil
			}
			at = d.alterPartitions(caller, req, at, resp)
			return struct{}{}, nil
		})
		if err != nil {
			return nil, err
		}
	}
	return resp, nil
}

// cursor is a place in a request.
type cursor struct{ topic, partition int }

// partitionKey names a partition.
type partitionKey struct {
	topic     wire.UUID
	partition int32
}

// alterPartitions answers from the cursor on until the batch is full, and returns
// where it stopped.
func (d *decision) alterPartitions(caller Caller, req *wire.AlterPartitionRequest, at cursor, resp *wire.AlterPartitionResponse) cursor {
	done := make(map[partitionKey]bool)
	for ; at.topic < len(req.Topics); at.topic++ {
		asked := &req.Topics[at.topic]
		t := d.image.TopicByID(asked.TopicId)
		if len(resp.Topics) == at.topic {
			resp.Topics = append(resp.Topics, wire.AlterPartitionResponseTopicData{TopicId: asked.TopicId})
		}
		row := &resp.Topics[at.topic]
		for ; at.partition < len(asked.Partitions); at.partition++ {
			if d.full() {
				return at
			}
			p := &asked.Partitions[at.partition]
			key := partitionKey{asked.TopicId, p.PartitionIndex}
			answer, code := answeredPartition{}, wire.InvalidUpdateVersion
			if !done[key] { // the epochs of a second change cannot be right
				answer, code = d.alterPartition(caller, req.BrokerId, t, p)
			}
			done[key] = true
			answer.PartitionIndex, answer.ErrorCode = p.PartitionIndex, code
			row.Partitions = append(row.Partitions, answer)
		}
		at.partition = 0
	}
	return at
}

// alterPartition adds the record of one change, or says why it is refused.
func (d *decision) alterPartition(caller Caller, broker int32, t *metadata.Topic, asked *askedPartition) (answeredPartition, wire.ErrorCode) {
	var none answeredPartition
	if t == nil {
		return none, wire.UnknownTopicId
	}
	p := t.Partition(asked.PartitionIndex)
	if p == nil {
		return none, wire.UnknownTopicOrPartition
	}
	members := membersOf(caller.Version, asked)
	code := checkAlterPartition(broker, p, asked, members)
	if code == wire.None && !d.eligibleMembers(members) {
		code = wire.IneligibleReplica
	}
	if code != wire.None {
		d.Log.Debug("Refused to change an in-sync set", "broker", broker, "topic", t.Name, "partition", asked.PartitionIndex, "err", code.Name())
		return none, code
	}
	settings := d.electionSettings(t.Name)
	var c change
	c.begin(d, settings, t.ID, asked.PartitionIndex, p)
	c.unclean = settings.unclean
	c.isr = idsOf(members)
	c.recovery = asked.LeaderRecoveryState
	r := c.record()
	if r != nil {
		d.add(r)
	}
	preferred := p.PreferredReplica()
	if p.Leader != preferred && slices.Contains(c.isr, preferred) && !slices.Contains(p.ISR, preferred) {
		d.preferredIsBack()
	}
	answer := afterChange(p, r)
	if answer.LeaderId != broker {
		// The change ended a reassignment that removed the leader: it must see the new
		// metadata before it asks for anything again.
		return none, wire.NewLeaderElected
	}
	return answer, wire.None
}

// membersOf gives requests of all versions one form; version 2 tells no epochs.
func membersOf(version int16, asked *askedPartition) []memberState {
	if version >= 3 {
		return asked.NewIsrWithEpochs
	}
	members := make([]memberState, len(asked.NewIsr))
	for i, id := range asked.NewIsr {
		members[i] = memberState{BrokerId: id, BrokerEpoch: anyEpoch}
	}
	return members
}

// anyEpoch is the epoch of a member whose leader does not know it.
const anyEpoch = -1

func idsOf(members []memberState) []int32 {
	ids := make([]int32, len(members))
	for i, m := range members {
		ids[i] = m.BrokerId
	}
	return ids
}

// checkAlterPartition compares what the leader knows with what is. An epoch that is
// ahead of ours can only come from another controller.
func checkAlterPartition(broker int32, p *metadata.Partition, asked *askedPartition, members []memberState) wire.ErrorCode {
	switch isr := idsOf(members); {
	case asked.LeaderEpoch > p.LeaderEpoch || asked.PartitionEpoch > p.PartitionEpoch:
		return wire.NotController
	case asked.LeaderEpoch < p.LeaderEpoch:
		return wire.FencedLeaderEpoch
	case broker != p.Leader:
		return wire.InvalidRequest
	case asked.PartitionEpoch < p.PartitionEpoch:
		return wire.InvalidUpdateVersion
	case !slices.Contains(isr, p.Leader) || containsOther(isr, p.Replicas) || repeats(isr):
		return wire.InvalidRequest
	case asked.LeaderRecoveryState != metadata.Recovered && asked.LeaderRecoveryState != metadata.Recovering:
		return wire.InvalidRequest
	// A leader that recovers must say how it continues before others follow it.
	case asked.LeaderRecoveryState == metadata.Recovering && (len(isr) > 1 || p.LeaderRecoveryState == metadata.Recovered):
		return wire.InvalidRequest
	}
	return wire.None
}

func repeats(ids []int32) bool {
	for i, id := range ids {
		if slices.Contains(ids[:i], id) {
			return true
		}
	}
	return false
}

// eligibleMembers tells whether everybody may be in an in-sync set: the very process
// whose fetches the leader saw, and neither fenced nor on its way out.
func (d *decision) eligibleMembers(members []memberState) bool {
	return !slices.ContainsFunc(members, func(m memberState) bool {
		b := d.image.Broker(m.BrokerId)
		return b == nil || !b.Active() || m.BrokerEpoch != anyEpoch && m.BrokerEpoch != b.Epoch && !planted.On(planted.StaleEpochJoins)
	})
}

// afterChange is the partition as the record, which may be nil, leaves it.
func afterChange(p *metadata.Partition, r *wire.PartitionChangeRecord) answeredPartition {
	a := answeredPartition{
		LeaderId: p.Leader, LeaderEpoch: p.LeaderEpoch, Isr: p.ISR,
		LeaderRecoveryState: p.LeaderRecoveryState, PartitionEpoch: p.PartitionEpoch,
	}
	if r == nil {
		return a
	}
	a.PartitionEpoch++
	if r.Leader != metadata.NoLeaderChange {
		a.LeaderId, a.LeaderEpoch = r.Leader, a.LeaderEpoch+1
	}
	if r.Isr != nil {
		a.Isr = r.Isr
	}
	if r.LeaderRecoveryState != keepRecovery {
		a.LeaderRecoveryState = r.LeaderRecoveryState
	}
	return a
}
