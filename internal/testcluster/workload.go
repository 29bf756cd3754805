package testcluster

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"

	"github.com/brolga-io/brolga/internal/testcluster/history"
)

// Workload is clients that use one topic until they are stopped, and the history of
// what they saw.
type Workload struct {
	c          *Cluster
	topic      string
	partitions int32
	h          *history.History
	stop       context.CancelFunc
	ctx        context.Context
	running    sync.WaitGroup
}

// Workload starts producers, of which one is not idempotent, consumers, one of them in
// a group, somebody who asks for the end of the log, and for each broker somebody who
// asks it how far the log is committed.
func (c *Cluster) Workload(topic string, partitions int32, minISR int) *Workload {
	ctx, cancel := context.WithCancel(context.Background())
	w := &Workload{c: c, topic: topic, partitions: partitions, h: &history.History{MinISR: minISR}, ctx: ctx, stop: cancel}
	c.work = append(c.work, w)
	for i := range 2 {
		w.produce(fmt.Sprintf("%s%d", history.Idempotent, i), 20*time.Millisecond)
	}
	w.produce("plain", 20*time.Millisecond, kgo.DisableIdempotentWrite(), kgo.MaxProduceRequestsInflightPerBroker(1))
	w.running.Go(w.runConsumer)
	w.running.Go(w.runGroup)
	w.running.Go(w.runEnds)
	for _, m := range c.Members {
		w.running.Go(func() { w.runWatermarks(m) })
	}
	return w
}

// produce sends a record to each partition, and the next one when its fate is known.
// So the order of what one producer sends to a partition is certain. Each partition
// has a client of its own, which asks for its producer id before it sends: kgo.Client
// holds a mutex during that request, and others that wait for it stop the clock.
func (w *Workload) produce(name string, pause time.Duration, opts ...kgo.Opt) {
	for p := range w.partitions {
		client := w.c.Client(append([]kgo.Opt{
			kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.ProducerLinger(0), kgo.RecordDeliveryTimeout(20 * time.Second),
			kgo.UnknownTopicRetries(-1),
		}, opts...)...)
		w.running.Go(func() {
			for w.ctx.Err() == nil && strings.HasPrefix(name, history.Idempotent) {
				if _, _, err := client.ProducerID(w.ctx); err == nil {
					break
				}
			}
			for i := 0; w.pause(pause); i++ {
				w.send(client, name, p, fmt.Sprintf("%s/%d/%d", name, p, i))
			}
		})
	}
}

func (w *Workload) send(client *kgo.Client, name string, p int32, value string) {
	one := history.Produce{Partition: w.at(p), Producer: name, Value: value, Invoked: w.c.now()}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	r, err := client.ProduceSync(ctx, &kgo.Record{Topic: w.topic, Partition: p, Value: []byte(value)}).First()
	if err == nil {
		one.Outcome, one.Offset = history.OK, r.Offset
	}
	one.Ended = w.c.now()
	w.h.Record(func(h *history.History) { h.Produces = append(h.Produces, one) })
}

func (w *Workload) at(p int32) history.Partition {
	return history.Partition{Topic: w.topic, Number: p}
}

// pause waits and returns false when the workload is to end.
func (w *Workload) pause(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-w.ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// runConsumer reads everything that is new.
func (w *Workload) runConsumer() {
	offsets := map[int32]kgo.Offset{}
	for p := range w.partitions {
		offsets[p] = kgo.NewOffset().At(0)
	}
	client := w.c.Client(kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{w.topic: offsets}),
		kgo.FetchMaxWait(500*time.Millisecond), kgo.ConsumeResetOffset(kgo.NoResetOffset()))
	for w.ctx.Err() == nil {
		fetches := client.PollFetches(w.ctx)
		at := w.c.now()
		w.h.Record(func(h *history.History) {
			fetches.EachRecord(func(r *kgo.Record) {
				h.Polls = append(h.Polls, history.Poll{Partition: w.at(r.Partition), Consumer: "reader", Offset: r.Offset, Epoch: r.LeaderEpoch, Value: string(r.Value), At: at, Session: 1})
			})
			fetches.EachError(func(_ string, p int32, err error) {
				if errors.Is(err, kerr.OffsetOutOfRange) {
					h.OutOfRanges = append(h.OutOfRanges, w.outOfRange(h, p, at))
				}
			})
		})
	}
}

// outOfRange is a refused fetch behind the last record that the reader got.
func (w *Workload) outOfRange(h *history.History, p int32, at time.Duration) history.OutOfRange {
	next := int64(0)
	for _, seen := range h.Polls {
		if seen.Consumer == "reader" && seen.Number == p {
			next = seen.Offset + 1
		}
	}
	return history.OutOfRange{Partition: w.at(p), Offset: next, Invoked: at}
}

const groupName = "g"

// runGroup consumes as the only member of a group and commits what it has read.
func (w *Workload) runGroup() {
	var assignments atomic.Int64
	client := w.c.Client(kgo.ConsumerGroup(groupName), kgo.ConsumeTopics(w.topic), kgo.DisableAutoCommit(),
		kgo.FetchMaxWait(500*time.Millisecond), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.SessionTimeout(6*time.Second),
		kgo.HeartbeatInterval(time.Second),
		kgo.OnPartitionsAssigned(func(context.Context, *kgo.Client, map[string][]int32) { assignments.Add(1) }))
	committer := w.c.Client(kgo.MaxVersions(kversion.V3_8_0())) // topics by name
	for w.pause(200 * time.Millisecond) {
		session := assignments.Load()
		fetches := client.PollRecords(w.ctx, 200)
		if session != assignments.Load() {
			session = 0 // of which assignment these are, nobody knows
		}
		next := map[int32]int64{}
		at := w.c.now()
		w.h.Record(func(h *history.History) {
			fetches.EachRecord(func(r *kgo.Record) {
				h.Polls = append(h.Polls, history.Poll{Partition: w.at(r.Partition), Consumer: "group", Offset: r.Offset, Epoch: r.LeaderEpoch, Value: string(r.Value), At: at, Session: int(session)})
				next[r.Partition] = r.Offset + 1
			})
		})
		if len(next) > 0 {
			w.commit(client, committer, next)
		}
	}
}

// commit commits what the member has read. It is asked by another client, in the
// member's name: kgo's own commit holds a mutex until it is answered.
func (w *Workload) commit(member, committer *kgo.Client, next map[int32]int64) {
	req := kmsg.NewPtrOffsetCommitRequest()
	req.Group = groupName
	req.MemberID, req.Generation = member.GroupMetadata()
	if req.Generation < 0 {
		return
	}
	topic := kmsg.NewOffsetCommitRequestTopic()
	topic.Topic = w.topic
	for p, offset := range next {
		one := kmsg.NewOffsetCommitRequestTopicPartition()
		one.Partition, one.Offset = p, offset
		topic.Partitions = append(topic.Partitions, one)
	}
	req.Topics = append(req.Topics, topic)
	invoked := w.c.now()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	resp, err := req.RequestWith(ctx, committer)
	err = commitError(resp, err)
	ended := w.c.now()
	w.h.Record(func(h *history.History) {
		for p, offset := range next {
			one := history.Commit{Partition: w.at(p), Group: groupName, Offset: offset, Invoked: invoked, Ended: ended}
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

// runEnds asks for the end and the beginning of every partition, and for what the group
// has committed.
func (w *Workload) runEnds() {
	admin := w.c.Admin(kgo.RequestRetries(1))
	for w.pause(300 * time.Millisecond) {
		w.askEnds(admin)
		w.askStarts(admin)
		w.askCommitted(admin)
	}
}

func (w *Workload) askStarts(admin *kadm.Client) {
	ctx, cancel := context.WithTimeout(w.ctx, 2*time.Second)
	defer cancel()
	invoked := w.c.now()
	starts, err := admin.ListStartOffsets(ctx, w.topic)
	if err != nil {
		return
	}
	ended := w.c.now()
	w.h.Record(func(h *history.History) {
		starts.Each(func(o kadm.ListedOffset) {
			if o.Err == nil {
				h.Starts = append(h.Starts, history.Start{Partition: w.at(o.Partition), Invoked: invoked, Ended: ended, Offset: o.Offset})
			}
		})
	})
}

func (w *Workload) askEnds(admin *kadm.Client) {
	ctx, cancel := context.WithTimeout(w.ctx, 2*time.Second)
	defer cancel()
	invoked := w.c.now()
	ends, err := admin.ListEndOffsets(ctx, w.topic)
	if err != nil {
		return
	}
	ended := w.c.now()
	w.h.Record(func(h *history.History) {
		ends.Each(func(o kadm.ListedOffset) {
			if o.Err == nil {
				h.Ends = append(h.Ends, history.End{Partition: w.at(o.Partition), Invoked: invoked, Ended: ended, Offset: o.Offset})
			}
		})
	})
}

func (w *Workload) askCommitted(admin *kadm.Client) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	invoked := w.c.now()
	committed, err := admin.FetchOffsets(ctx, groupName)
	if err != nil {
		return
	}
	ended := w.c.now()
	w.h.Record(func(h *history.History) {
		for p := range w.partitions {
			one := history.Commit{Partition: w.at(p), Group: groupName, Fetched: true, Offset: -1, Invoked: invoked, Ended: ended, Outcome: history.OK}
			if o, ok := committed.Lookup(w.topic, p); ok {
				if o.Err != nil {
					continue
				}
				one.Offset = o.At
			}
			h.Commits = append(h.Commits, one)
		}
	})
}

// Stop ends the clients; every answer that is still to come is waited for.
func (w *Workload) Stop() {
	w.stop()
	w.running.Wait()
}
