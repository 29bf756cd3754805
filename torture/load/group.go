package load

import (
	"context"
	"errors"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"

	"github.com/brolga-io/brolga/internal/testcluster/history"
)

// groups have one member each; three of them, so that different partitions of
// __consumer_offsets are used.
var groups = [...]string{"g0", "g1", "g2"}

// Groups are the names of the groups.
func Groups() []string { return groups[:] }

// commitLimit is far longer than any request that is still under way can take.
const commitLimit = 15 * time.Second

// runGroup consumes as the only member of a group and commits what it has read.
func (l *Load) runGroup(group string) {
	member := l.client(kgo.ConsumerGroup(group), kgo.ConsumeTopics(l.Topic), kgo.DisableAutoCommit(), kgo.FetchMaxWait(500*time.Millisecond),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.SessionTimeout(10*time.Second), kgo.HeartbeatInterval(time.Second))
	defer member.Close()
	// Topics by name; each attempt is an operation, given up when nothing can hold it any more.
	committer := l.client(kgo.MaxVersions(kversion.V3_8_0()), kgo.RequestRetries(0), kgo.RequestTimeoutOverhead(commitLimit))
	defer committer.Close()
	for pause(l.ctx, 300*time.Millisecond) {
		next := map[int32]int64{}
		fetches := member.PollRecords(l.ctx, 5000)
		at := l.now()
		if group == groups[0] {
			l.polled("group "+group, 0, fetches, at, next)
		} else {
			fetches.EachRecord(func(r *kgo.Record) { next[r.Partition] = r.Offset + 1 })
		}
		l.moved(group, next)
		if len(next) > 0 {
			l.commit(group, member, committer, next)
		}
	}
}

// commit commits what the member has read. It is asked by another client, in the
// member's name, so that each attempt is an operation of its own.
func (l *Load) commit(group string, member, committer *kgo.Client, next map[int32]int64) {
	req := kmsg.NewPtrOffsetCommitRequest()
	req.Group = group
	req.MemberID, req.Generation = member.GroupMetadata()
	if req.Generation < 0 {
		return
	}
	topic := kmsg.NewOffsetCommitRequestTopic()
	topic.Topic = l.Topic
	for p, offset := range next {
		one := kmsg.NewOffsetCommitRequestTopicPartition()
		one.Partition, one.Offset = p, offset
		topic.Partitions = append(topic.Partitions, one)
	}
	req.Topics = append(req.Topics, topic)
	invoked := l.now()
	ctx, cancel := context.WithTimeout(context.Background(), commitLimit)
	defer cancel()
	resp, err := req.RequestWith(ctx, committer)
	err = commitError(resp, err)
	ended := l.now()
	l.H.Record(func(h *history.History) {
		for p, offset := range next {
			one := history.Commit{Partition: l.at(p), Group: group, Offset: offset, Invoked: invoked, Ended: ended}
			if err == nil {
				one.Outcome = history.OK
			}
			h.Commits = append(h.Commits, one)
		}
	})
}

// commitError is why a commit may not have happened, for any partition of it.
func commitError(resp *kmsg.OffsetCommitResponse, err error) error {
	if err != nil || resp == nil {
		return errors.Join(errors.New("no answer"), err)
	}
	for _, t := range resp.Topics {
		for _, p := range t.Partitions {
			if err := kerr.ErrorForCode(p.ErrorCode); err != nil {
				return err
			}
		}
	}
	return nil
}

// askCommitted records what a group has committed, and tells whether it was answered.
func (l *Load) askCommitted(admin *kadm.Client, group string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	invoked := l.now()
	committed, err := admin.FetchOffsets(ctx, group)
	if err != nil {
		return false
	}
	ended, whole := l.now(), true
	l.H.Record(func(h *history.History) {
		for p := range l.Partitions {
			one := history.Commit{Partition: l.at(p), Group: group, Fetched: true, Offset: -1, Invoked: invoked, Ended: ended, Outcome: history.OK}
			if o, ok := committed.Lookup(l.Topic, p); ok {
				if o.Err != nil {
					whole = false
					continue
				}
				one.Offset = o.At
			}
			h.Commits = append(h.Commits, one)
		}
	})
	return whole
}
