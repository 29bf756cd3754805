package simulator

import (
	"time"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/replica"
	"github.com/brolga-io/brolga/internal/testcluster/history"
	"github.com/brolga-io/brolga/internal/wire"
)

// reader reads a partition from its beginning on, again and again from a place further
// on, from the leader and now and then from a follower, and asks where it ends.
type reader struct {
	client
	name    string
	topic   string
	number  int32
	topicID wire.UUID
	offset  int64
}

func (c *clients) addReader(topic string, number int32) {
	r := &reader{client: c.client(), topic: topic, number: number}
	r.name = "reader of " + topic
	c.readers = append(c.readers, r)
	r.refresh(r.tick)
}

func (r *reader) tick() {
	again := func() { r.w.after(r.pause(10*time.Millisecond, 150*time.Millisecond), nil, "read", r.tick) }
	t, mp := r.partition(r.topic, r.number)
	switch {
	case mp == nil || mp.Leader < 0 || r.rng.IntN(20) == 0:
		r.refresh(again)
		return
	case t.ID != r.topicID:
		r.topicID, r.offset = t.ID, 0
	}
	if r.rng.IntN(4) == 0 {
		r.askEnd(mp.Leader, again)
		return
	}
	from := mp.Leader
	if r.rng.IntN(8) == 0 {
		from = mp.Replicas[r.rng.IntN(len(mp.Replicas))]
	}
	r.fetch(from, again)
}

func (r *reader) fetch(from int32, then func()) {
	invoked, offset, id := r.w.now(), r.offset, r.topicID
	at := r.w.seen.at(r.topic, id, r.number)
	req := fetchOf(id, r.number, offset)
	led := false
	r.w.ask(r.id, nil, from, "consume", requestLimit, func(p *process, reply func(any)) {
		if part, err := p.replicas.FindByID(p.feed.image, id, r.number); err == nil {
			_, led = part.Leads()
		}
		reply(p.serveConsumer(req))
	}, func(answer any, err error) {
		resp, _ := answer.(*wire.FetchResponse)
		if resp == nil || len(resp.Responses) == 0 || r.topicID != id {
			r.refresh(then)
			return
		}
		d := &resp.Responses[0].Partitions[0]
		switch {
		case d.ErrorCode == wire.OffsetOutOfRange:
			r.outOfRange(at, offset, invoked, led)
		case d.ErrorCode != wire.None:
			r.refresh(then)
			return
		default:
			r.take(at, d.Records)
		}
		then()
	})
}

// outOfRange notes that a leader did not know an offset, and begins anew. A follower may
// not have it yet.
func (r *reader) outOfRange(at history.Partition, offset int64, invoked time.Duration, led bool) {
	if led && !r.w.clients.shortened(r.topic) {
		r.w.seen.h.OutOfRanges = append(r.w.seen.h.OutOfRanges, history.OutOfRange{Partition: at, Offset: offset, Invoked: invoked})
	}
	r.offset = 0
}

// take notes records that were read.
func (r *reader) take(at history.Partition, records []byte) {
	if len(records) == 0 {
		if r.rng.IntN(10) == 0 {
			r.offset = r.rng.Int64N(r.offset + 1)
		}
		return
	}
	h := &r.w.seen.h
	err := eachRecordOf(records, r.offset, func(b batch.Header, rec batch.Record) {
		h.Polls = append(h.Polls, history.Poll{Partition: at, Consumer: r.name, Offset: rec.Offset, Epoch: b.PartitionLeaderEpoch, Value: string(rec.Value), At: r.w.now()})
	}, &r.offset)
	if err != nil {
		r.w.fail("%s got bytes that are no records at %v@%d: %v", r.name, at, r.offset, err)
	}
}

func (r *reader) askEnd(leader int32, then func()) {
	invoked, id := r.w.now(), r.topicID
	r.w.ask(r.id, nil, leader, "end", requestLimit, func(p *process, reply func(any)) {
		part, err := p.replicas.FindByID(p.feed.image, id, r.number)
		var found replica.FoundOffset
		if err == nil {
			found, err = part.OffsetFor(replica.OffsetQuery{Timestamp: replica.LatestTimestamp, LeaderEpoch: -1})
		}
		if err == nil {
			reply(found.Offset)
		} else {
			reply(codeOf(err))
		}
	}, func(answer any, err error) {
		end, ok := answer.(int64)
		if !ok {
			r.refresh(then)
			return
		}
		r.w.seen.h.Ends = append(r.w.seen.h.Ends, history.End{Partition: r.w.seen.at(r.topic, id, r.number), Invoked: invoked, Ended: r.w.now(), Offset: end})
		then()
	})
}

// fetchOf is a consumer's fetch of one partition.
func fetchOf(id wire.UUID, number int32, offset int64) *wire.FetchRequest {
	req := new(wire.FetchRequest)
	req.SetDefaults()
	p := wire.FetchRequestFetchPartition{}
	p.SetDefaults()
	p.Partition, p.FetchOffset, p.PartitionMaxBytes = number, offset, 4096
	req.MinBytes, req.MaxBytes, req.SessionEpoch = 1, 1<<20, -1
	req.Topics = []wire.FetchRequestFetchTopic{{TopicId: id, Partitions: []wire.FetchRequestFetchPartition{p}}}
	return req
}

// serveConsumer answers a consumer's fetch at once.
func (p *process) serveConsumer(req *wire.FetchRequest) *wire.FetchResponse {
	f, err := p.replicas.BeginFetch(p.feed.image, fetchVersion, req, p.wallMs())
	if err != nil {
		return &wire.FetchResponse{ErrorCode: codeOf(err)}
	}
	f.Run(nil)
	resp := p.fetchResponse(f)
	f.Finish(p.wallMs())
	return resp
}

// eachRecordOf calls fn for the records at and after *next, and moves that on.
func eachRecordOf(records []byte, from int64, fn func(batch.Header, batch.Record), next *int64) error {
	return batch.ForEach(records, func(h batch.Header, raw []byte) error {
		r, err := batch.NewReader(raw, batch.OutputCap(len(raw)))
		if err != nil {
			return err
		}
		for r.Next() && !h.IsControl() {
			if rec := r.Record(); rec.Offset >= from {
				fn(h, rec)
			}
		}
		*next = max(*next, h.LastOffset()+1)
		return r.Err()
	})
}
