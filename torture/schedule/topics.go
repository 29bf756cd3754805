package schedule

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/internal/testcluster/history"
)

// Churned is the topic that is deleted and created under the same name.
const Churned = "churned"

// topics is F20: a topic that comes and goes, one that grows, configurations that
// change under load.
func topics() []kind {
	return []kind{
		{"topics", "delete-recreate", laneAdmin, recreate},
		{"topics", "more-partitions", laneAdmin, grow},
		{"topics", "config-flip", laneAdmin, flip},
		{"topics", "delete-records", laneAdmin, deleteRecords},
	}
}

// recreate deletes the churned topic and makes it again, three times; each life has
// values of its own, and nobody may see another life's.
func recreate(ctx context.Context, w *World, rng *rand.Rand) (string, bool, error) {
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*adminLimit)
	defer cancel()
	lives := 0
	for range 3 {
		if ctx.Err() != nil {
			break
		}
		if err := w.deleteTopic(limited); err != nil {
			return "", false, err
		}
		hold(ctx, between(rng, 0, time.Second))
		if err := w.Cluster.CreateTopic(limited, w.Admin, Churned, 2, nil); err != nil {
			return "", false, err
		}
		life := fmt.Sprintf("life %x", rng.Uint64())
		sent, err := w.live(limited, life)
		if err != nil {
			return "", false, err
		}
		lives++
		hold(ctx, between(rng, 0, time.Duration(1+sent)*50*time.Millisecond))
	}
	return fmt.Sprintf("%s was deleted and created %d times", Churned, lives), lives > 0, nil
}

func (w *World) deleteTopic(ctx context.Context) error {
	for {
		resp, err := w.Admin.DeleteTopic(ctx, Churned)
		if err == nil {
			err = resp.Err
		}
		if err == nil || errors.Is(err, kerr.UnknownTopicOrPartition) {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// live sends a few records to the topic as it is now, and reads all there is.
func (w *World) live(ctx context.Context, life string) (sent int, err error) {
	client, err := w.Cluster.Client(kgo.ConsumeTopics(Churned), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.RecordPartitioner(kgo.RoundRobinPartitioner()), kgo.UnknownTopicRetries(-1), kgo.FetchMaxWait(200*time.Millisecond))
	if err != nil {
		return 0, err
	}
	defer client.Close()
	const records = 20
	var all []*kgo.Record
	for i := range records {
		all = append(all, &kgo.Record{Topic: Churned, Value: fmt.Appendf(nil, "%s record %d", life, i)})
	}
	for _, r := range client.ProduceSync(ctx, all...) {
		if r.Err == nil {
			sent++
		}
	}
	read := map[string]bool{}
	for len(read) < sent && ctx.Err() == nil {
		client.PollFetches(ctx).EachRecord(func(r *kgo.Record) {
			if !strings.HasPrefix(string(r.Value), life) {
				w.Found("I21 topic identity: %s-%d@%d is %q while %q is sent", Churned, r.Partition, r.Offset, r.Value, life)
			}
			read[string(r.Value)] = true
		})
	}
	if len(read) < sent {
		return sent, fmt.Errorf("%d of %d records of %s were read: %w", len(read), sent, life, ctx.Err())
	}
	return sent, nil
}

// grow gives a topic of its own more partitions, again and again.
func grow(ctx context.Context, w *World, rng *rand.Rand) (string, bool, error) {
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*adminLimit)
	defer cancel()
	const name = "growing"
	if err := w.Cluster.CreateTopic(limited, w.Admin, name, 1, nil); err != nil {
		return "", false, err
	}
	more, n := 1+rng.IntN(4), 0
	err := insist(limited, func(ctx context.Context) error {
		resp, err := w.Admin.CreatePartitions(ctx, more, name)
		return errors.Join(err, resp.Error())
	})
	if err == nil {
		err = insist(limited, func(ctx context.Context) error {
			listed, err := w.Admin.ListTopics(ctx, name)
			n = len(listed[name].Partitions)
			return err
		})
	}
	if err != nil {
		return "", false, err
	}
	return fmt.Sprintf("%s has %d partitions now", name, n), n > 1, nil
}

// flip changes configurations of the topic under load that keep what it promises.
func flip(ctx context.Context, w *World, rng *rand.Rand) (string, bool, error) {
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), adminLimit)
	defer cancel()
	choices := [][2]string{
		{"segment.bytes", fmt.Sprint(1<<20 + rng.IntN(1<<20))}, {"flush.messages", fmt.Sprint(1 + rng.IntN(1000))},
		{"index.interval.bytes", fmt.Sprint(rng.IntN(8192))}, {"max.message.bytes", fmt.Sprint(1<<20 + rng.IntN(1<<20))},
		{"retention.bytes", fmt.Sprint(int64(1)<<40 + rng.Int64N(1000))},
		{"segment.ms", fmt.Sprint(3_000 + rng.IntN(60_000))}, {"unclean.leader.election.enable", "false"},
	}
	one := choices[rng.IntN(len(choices))]
	err := insist(limited, func(ctx context.Context) error {
		resp, err := w.Admin.AlterTopicConfigs(ctx, []kadm.AlterConfig{{Op: kadm.SetConfig, Name: one[0], Value: kadm.StringPtr(one[1])}}, w.Topic)
		if err == nil && len(resp) == 1 {
			err = resp[0].Err
		}
		return err
	})
	return fmt.Sprintf("%s=%s", one[0], one[1]), err == nil, err
}

// deleteRecords moves the beginning of a partition up, not past what consumers need.
func deleteRecords(ctx context.Context, w *World, rng *rand.Rand) (string, bool, error) {
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), adminLimit)
	defer cancel()
	p := rng.Int32N(w.Partitions)
	before := w.Read(p) / 2
	if before <= 0 {
		return "", false, errMissed
	}
	one := history.Delete{Partition: history.Partition{Topic: w.Topic, Number: p}, Before: before, Invoked: w.Now()}
	offsets := kadm.Offsets{}
	offsets.Add(kadm.Offset{Topic: w.Topic, Partition: p, At: before})
	err := insist(limited, func(ctx context.Context) error {
		resp, err := w.Admin.DeleteRecords(ctx, offsets)
		return errors.Join(err, resp.Error())
	})
	if err == nil {
		one.Outcome = history.OK
	}
	one.Ended = w.Now()
	w.History.Record(func(h *history.History) { h.Deletes = append(h.Deletes, one) })
	return fmt.Sprintf("partition %d begins at %d", p, before), err == nil, err
}
