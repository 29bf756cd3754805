package load

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/internal/testcluster/history"
)

// from is every partition of the topic from an offset.
func (l *Load) from(offset kgo.Offset) map[string]map[int32]kgo.Offset {
	offsets := map[int32]kgo.Offset{}
	for p := range l.Partitions {
		offsets[p] = offset
	}
	return map[string]map[int32]kgo.Offset{l.Topic: offsets}
}

// runReader reads everything that is new.
func (l *Load) runReader() {
	client := l.client(kgo.ConsumePartitions(l.from(kgo.NewOffset().At(0))), kgo.FetchMaxWait(500*time.Millisecond), kgo.ConsumeResetOffset(kgo.NoResetOffset()), kgo.KeepRetryableFetchErrors())
	defer client.Close()
	next := map[int32]int64{}
	for l.ctx.Err() == nil {
		fetches := client.PollFetches(l.ctx)
		at := l.now()
		l.polled(reader, 1, fetches, at, next)
		l.moved(reader, next)
		fetches.EachError(func(_ string, p int32, err error) {
			if errors.Is(err, kerr.OffsetOutOfRange) {
				one := history.OutOfRange{Partition: l.at(p), Offset: next[p], Invoked: at}
				l.H.Record(func(h *history.History) { h.OutOfRanges = append(h.OutOfRanges, one) })
			}
			if damaged(err) {
				one := history.BadRead{Partition: l.at(p), Consumer: reader, Offset: next[p], At: at}
				l.H.Record(func(h *history.History) { h.BadReads = append(h.BadReads, one) })
			}
		})
	}
}

// reader is the name of the consumer that reads everything that is new.
const reader = "reader"

// damaged tells whether the client found a wrong CRC in what it was served.
func damaged(err error) bool { return strings.Contains(err.Error(), "crc") }

// polled records what a consumer got and moves its next offsets. Session is
// history.Poll.Session.
func (l *Load) polled(consumer string, session int, fetches kgo.Fetches, at time.Duration, next map[int32]int64) {
	l.H.Record(func(h *history.History) {
		fetches.EachRecord(func(r *kgo.Record) {
			next[r.Partition] = r.Offset + 1
			h.Polls = append(h.Polls, history.Poll{Partition: l.at(r.Partition), Consumer: consumer, Offset: r.Offset, Epoch: r.LeaderEpoch, Value: string(r.Value), At: at, Session: session})
		})
	})
}

// runEnds asks for the end of every partition, and for what the groups have committed.
func (l *Load) runEnds() {
	client := l.client(kgo.RequestRetries(1))
	defer client.Close()
	admin := kadm.NewClient(client)
	for pause(l.ctx, 400*time.Millisecond) {
		l.askEnds(admin)
		l.askStarts(admin)
		for _, group := range groups {
			l.askCommitted(admin, group)
		}
	}
}

func (l *Load) askStarts(admin *kadm.Client) {
	ctx, cancel := context.WithTimeout(l.ctx, 3*time.Second)
	defer cancel()
	invoked := l.now()
	starts, err := admin.ListStartOffsets(ctx, l.Topic)
	if err != nil && len(starts) == 0 {
		return
	}
	ended := l.now()
	l.H.Record(func(h *history.History) {
		starts.Each(func(o kadm.ListedOffset) {
			if o.Err == nil && o.Offset >= 0 {
				h.Starts = append(h.Starts, history.Start{Partition: l.at(o.Partition), Invoked: invoked, Ended: ended, Offset: o.Offset})
			}
		})
	})
}

func (l *Load) askEnds(admin *kadm.Client) {
	ctx, cancel := context.WithTimeout(l.ctx, 3*time.Second)
	defer cancel()
	invoked := l.now()
	ends, err := admin.ListEndOffsets(ctx, l.Topic)
	if err != nil && len(ends) == 0 {
		return
	}
	ended := l.now()
	l.H.Record(func(h *history.History) {
		ends.Each(func(o kadm.ListedOffset) {
			if o.Err == nil && o.Offset >= 0 {
				h.Ends = append(h.Ends, history.End{Partition: l.at(o.Partition), Invoked: invoked, Ended: ended, Offset: o.Offset})
			}
		})
	})
}
