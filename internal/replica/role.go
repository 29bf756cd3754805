package replica

import (
	"slices"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// setRole takes over what the metadata says about the partition. checkpoint is
// the watermark this replica had before the process started.
func (p *Partition) setRole(me int32, mp *metadata.Partition, settings *topicConfig, checkpoint int64) {
	if p.log == nil {
		return
	}
	if mp.Leader != me {
		p.log.FenceEpoch(mp.LeaderEpoch)
		p.endRole(ErrNotLeader)
		return
	}
	next := &leadership{
		epoch:          mp.LeaderEpoch,
		partitionEpoch: mp.PartitionEpoch,
		isr:            mp.ISR,
		minISR:         minISR(&settings.TopicSettings, len(mp.Replicas)),
		compression:    compressionOf(&settings.TopicSettings),
		alone:          len(mp.Replicas) == 1 || onlyOne(mp.ISR, me),
	}
	old := p.lead.Load()
	sameEpoch := old != nil && old.epoch == next.epoch
	switch {
	case sameEpoch:
		next.epochStart = old.epochStart
	case len(mp.Replicas) > 1:
		// Not needed, and the log not loaded for it, when there is one replica.
		next.epochStart = p.log.EndOffset()
	}
	p.becomeLeader(next, sameEpoch, me, mp.Replicas, checkpoint)
	if !sameEpoch {
		p.log.FenceEpoch(next.epoch)
	}
	if len(mp.Replicas) > 1 {
		p.advance()
	}
}

func onlyOne(isr []int32, me int32) bool { return len(isr) == 1 && isr[0] == me }

// becomeLeader makes next the partition's role. What the leader knows of the other
// replicas is kept within an epoch and forgotten with it.
func (p *Partition) becomeLeader(next *leadership, sameEpoch bool, me int32, replicas []int32, checkpoint int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	known := p.remotes
	p.remotes = nil
	for _, id := range replicas {
		if id == me {
			continue
		}
		r := remoteReplica{id: id, endOffset: unknownOffset}
		if i := slices.IndexFunc(known, func(k remoteReplica) bool { return k.id == id }); i >= 0 && sameEpoch {
			r = known[i]
		}
		p.remotes = append(p.remotes, r)
	}
	if len(replicas) > 1 && p.watermark.Load() == unknownOffset {
		start, end := p.log.StartOffset(), p.log.EndOffset()
		p.watermark.Store(min(max(checkpoint, start), end))
	}
	p.lead.Store(next)
	if !sameEpoch {
		p.wakeAllFetchesLocked()
	}
}

// endRole ends the leader role, if this broker has it. Waiting fetches look
// again; waiting produces are told code, because nobody here can promise their
// records any more.
func (p *Partition) endRole(code wire.ErrorCode) {
	p.mu.Lock()
	p.lead.Store(nil)
	p.wakeAllFetchesLocked()
	p.mu.Unlock()
	p.finishProduces(1<<63-1, code)
}
