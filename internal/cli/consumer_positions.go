package cli

import (
	"context"
	"fmt"
	"sync"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// positions are the offsets to commit for the partitions of a member: like
// Java's they start where reading starts, so that a group that saw nothing yet
// has a place to come back to.
type positions struct {
	mu      sync.Mutex
	next    map[string]map[int32]kgo.EpochOffset
	unsaved bool
}

func newPositions() *positions { return &positions{next: map[string]map[int32]kgo.EpochOffset{}} }

func (p *positions) set(topic string, partition int32, at kgo.EpochOffset) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.next[topic] == nil {
		p.next[topic] = map[int32]kgo.EpochOffset{}
	}
	p.next[topic][partition] = at
	p.unsaved = true
}

// advance moves past a record that was printed.
func (p *positions) advance(r *kgo.Record) {
	p.set(r.Topic, r.Partition, kgo.EpochOffset{Epoch: r.LeaderEpoch, Offset: r.Offset + 1})
}

// take returns a copy of what is to be committed, nil where nothing changed.
func (p *positions) take() map[string]map[int32]kgo.EpochOffset {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.unsaved {
		return nil
	}
	p.unsaved = false
	all := map[string]map[int32]kgo.EpochOffset{}
	for topic, partitions := range p.next {
		all[topic] = map[int32]kgo.EpochOffset{}
		for id, at := range partitions {
			all[topic][id] = at
		}
	}
	return all
}

func (p *positions) forget(lost map[string][]int32) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for topic, ids := range lost {
		for _, id := range ids {
			delete(p.next[topic], id)
		}
	}
}

// commit saves the positions; a failure is logged, the next one may succeed.
func (p *positions) commit(ctx context.Context, cl *kgo.Client, env *Env, name string) {
	offsets := p.take()
	if len(offsets) == 0 {
		return
	}
	cl.CommitOffsetsSync(kgo.PreCommitFnContext(ctx, withoutMetadata), offsets, func(_ *kgo.Client, _ *kmsg.OffsetCommitRequest, resp *kmsg.OffsetCommitResponse, err error) {
		if err == nil && resp != nil {
			for _, t := range resp.Topics {
				for _, part := range t.Partitions {
					err = firstError(err, brokerError(part.ErrorCode, nil))
				}
			}
		}
		if err != nil && ctx.Err() == nil {
			env.log("WARN", fmt.Sprintf("%s Auto-commit of offsets failed: %s", name, err), "org.apache.kafka.clients.consumer.internals.ConsumerCoordinator")
		}
	})
}

// withoutMetadata empties what the library would put beside each offset, the
// member's id; Java's consumer commits an empty text.
func withoutMetadata(req *kmsg.OffsetCommitRequest) error {
	for i := range req.Topics {
		for j := range req.Topics[i].Partitions {
			req.Topics[i].Partitions[j].Metadata = kmsg.StringPtr("")
		}
	}
	return nil
}
