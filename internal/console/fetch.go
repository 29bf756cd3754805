package console

import (
	"context"
	"errors"
	"sync"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// fetchAsk is a place to read from.
type fetchAsk struct {
	partition int32
	offset    int64
}

// fetched is what was read there.
type fetched struct {
	records []*kgo.Record
	next    int64 // where to go on
	err     error
}

// fetcher reads a topic's partitions from their leaders, without a session and
// without waiting.
type fetcher struct {
	k         *cluster
	topic     *topicMeta
	committed bool
	control   bool
	maxBytes  int32 // of one partition
}

// maxFetchBytes is the most that one request brings.
const maxFetchBytes = 16 << 20

// fetch reads from several places at once, one request for each leader. A leader
// that has moved is asked again where it is now.
func (f *fetcher) fetch(ctx context.Context, asks []fetchAsk) map[int32]fetched {
	all := map[int32]fetched{}
	const tries = 4
	for range tries {
		var again []fetchAsk
		for p, got := range f.round(ctx, asks) {
			all[p] = got
			if movable(got.err) && ctx.Err() == nil {
				for _, a := range asks {
					if a.partition == p {
						again = append(again, a)
					}
				}
			}
		}
		if len(again) == 0 {
			break
		}
		asks = again
		f.k.settle(ctx, f.k.meta)
		if m := f.k.meta.newest.Load(); m != nil && m.topics[f.topic.name] != nil {
			f.topic = m.topics[f.topic.name]
		}
	}
	return all
}

// movable tells errors that another look at the metadata may cure.
func movable(err error) bool {
	return errors.Is(err, kerr.NotLeaderForPartition) || errors.Is(err, kerr.UnknownLeaderEpoch) || errors.Is(err, kerr.FencedLeaderEpoch) ||
		errors.Is(err, kerr.LeaderNotAvailable) || errors.Is(err, kerr.UnknownTopicID) || err != nil && unreachable(err)
}

func (f *fetcher) round(ctx context.Context, asks []fetchAsk) map[int32]fetched {
	byLeader := map[int32][]fetchAsk{}
	all := map[int32]fetched{}
	for _, a := range asks {
		if int(a.partition) >= len(f.topic.partitions) || f.topic.partitions[a.partition].leader < 0 {
			all[a.partition] = fetched{next: a.offset, err: kerr.LeaderNotAvailable}
			continue
		}
		leader := f.topic.partitions[a.partition].leader
		byLeader[leader] = append(byLeader[leader], a)
	}
	var mu sync.Mutex
	var asking sync.WaitGroup
	for leader, part := range byLeader {
		asking.Go(func() {
			got := f.ask(ctx, leader, part)
			mu.Lock()
			defer mu.Unlock()
			for p, g := range got {
				all[p] = g
			}
		})
	}
	asking.Wait()
	return all
}

// ask sends one request. A partition that gets no room in the answer, because
// others before it took it, is asked once more alone.
func (f *fetcher) ask(ctx context.Context, leader int32, asks []fetchAsk) map[int32]fetched {
	all := map[int32]fetched{}
	fail := func(err error) map[int32]fetched {
		for _, a := range asks {
			all[a.partition] = fetched{next: a.offset, err: err}
		}
		return all
	}
	resp, err := f.k.client.Broker(int(leader)).RetriableRequest(ctx, f.request(asks))
	if err != nil {
		return fail(err)
	}
	answer := resp.(*kmsg.FetchResponse)
	if err := kerr.ErrorForCode(answer.ErrorCode); err != nil {
		return fail(err)
	}
	fail(kerr.UnknownTopicOrPartition) // those that are missing in the answer
	for i := range answer.Topics {
		for j := range answer.Topics[i].Partitions {
			p := &answer.Topics[i].Partitions[j]
			for _, a := range asks {
				if a.partition == p.Partition {
					all[p.Partition] = f.read(a, p)
				}
			}
		}
	}
	if len(asks) > 1 {
		for _, a := range asks {
			if g := all[a.partition]; g.err == nil && g.next == a.offset {
				all[a.partition] = f.ask(ctx, leader, []fetchAsk{a})[a.partition]
			}
		}
	}
	return all
}

func (f *fetcher) request(asks []fetchAsk) *kmsg.FetchRequest {
	req := kmsg.NewPtrFetchRequest()
	req.MaxWaitMillis, req.MinBytes, req.MaxBytes = 100, 1, maxFetchBytes
	if f.committed {
		req.IsolationLevel = 1
	}
	t := kmsg.NewFetchRequestTopic()
	t.Topic, t.TopicID = f.topic.name, f.topic.id
	for _, a := range asks {
		p := kmsg.NewFetchRequestTopicPartition()
		p.Partition, p.FetchOffset, p.PartitionMaxBytes = a.partition, a.offset, f.maxBytes
		t.Partitions = append(t.Partitions, p)
	}
	req.Topics = append(req.Topics, t)
	return req
}

func (f *fetcher) read(a fetchAsk, p *kmsg.FetchResponseTopicPartition) fetched {
	if err := kerr.ErrorForCode(p.ErrorCode); err != nil {
		return fetched{next: a.offset, err: err}
	}
	o := kgo.ProcessFetchPartitionOpts{KeepControlRecords: f.control, Offset: a.offset, Topic: f.topic.name, Partition: a.partition}
	if f.committed {
		o.IsolationLevel = kgo.ReadCommitted()
	}
	part, last := kgo.ProcessFetchPartition(o, p, kgo.DefaultDecompressor(), nil)
	if part.Err != nil && len(part.Records) == 0 {
		return fetched{next: a.offset, err: part.Err}
	}
	next := max(a.offset, last)
	if n := len(part.Records); n > 0 {
		next = max(next, part.Records[n-1].Offset+1)
	}
	return fetched{records: part.Records, next: next}
}
