package testcluster

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"

	"github.com/brolga-io/brolga/internal/testcluster/history"
)

// runWatermarks asks one broker again and again how far the partitions are committed,
// and then for the last record below that. Followers answer as leaders do (KIP-392).
func (w *Workload) runWatermarks(m *Member) {
	client := w.c.Client(kgo.MaxVersions(kversion.V3_0_0()), kgo.RequestRetries(0)) // topics by name
	for w.pause(150 * time.Millisecond) {
		life := m.lives.Load()
		for p := range w.partitions {
			high, start, _, ok := w.fetchAt(client, m, p, 0)
			if !ok || high <= start {
				continue
			}
			_, start, records, ok := w.fetchAt(client, m, p, high-1)
			if !ok || m.lives.Load() != life || start >= high {
				continue
			}
			one := history.Shown{Partition: w.at(p), Node: m.ID, At: w.c.now(), HighWatermark: high, Given: records > 0}
			w.h.Record(func(h *history.History) { h.Shown = append(h.Shown, one) })
		}
	}
}

// fetchAt fetches a partition from one broker. A refusal for any other reason than the
// offset is not ok.
func (w *Workload) fetchAt(client *kgo.Client, m *Member, p int32, offset int64) (high, start int64, bytes int, ok bool) {
	req := kmsg.NewPtrFetchRequest()
	req.ReplicaID, req.SessionEpoch, req.MaxBytes = -1, -1, 1<<20
	topic := kmsg.NewFetchRequestTopic()
	topic.Topic = w.topic
	part := kmsg.NewFetchRequestTopicPartition()
	part.Partition, part.FetchOffset, part.PartitionMaxBytes = p, offset, 1
	topic.Partitions = append(topic.Partitions, part)
	req.Topics = append(req.Topics, topic)
	ctx, cancel := context.WithTimeout(w.ctx, 2*time.Second)
	defer cancel()
	answer, err := client.Broker(int(m.ID)).Request(ctx, req)
	if err != nil {
		return 0, 0, 0, false
	}
	resp, isFetch := answer.(*kmsg.FetchResponse)
	if !isFetch || len(resp.Topics) != 1 || len(resp.Topics[0].Partitions) != 1 {
		return 0, 0, 0, false
	}
	got := resp.Topics[0].Partitions[0]
	ok = got.ErrorCode == 0 || got.ErrorCode == kerr.OffsetOutOfRange.Code
	return got.HighWatermark, got.LogStartOffset, len(got.RecordBatches), ok
}
