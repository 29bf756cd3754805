package load

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/internal/testcluster/history"
)

// finishLimit is how long the last questions and the last read may take.
const finishLimit = 90 * time.Second

// Finish asks for what the groups have committed and reads the topic from its beginning
// to its end with a client that is new. Nobody writes any more.
func (l *Load) Finish() error {
	client := l.client(kgo.RequestRetries(3))
	defer client.Close()
	admin := kadm.NewClient(client)
	deadline := time.Now().Add(finishLimit)
	for _, group := range groups {
		for !l.askCommitted(admin, group) {
			if time.Now().After(deadline) {
				return fmt.Errorf("the offsets of %s cannot be asked for", group)
			}
			time.Sleep(200 * time.Millisecond)
		}
	}
	ends, err := l.lastEnds(admin)
	if err != nil {
		return err
	}
	return errors.Join(l.lookAtChanges(admin), l.readAll(ends))
}

func (l *Load) lastEnds(admin *kadm.Client) (map[int32]int64, error) {
	for deadline := time.Now().Add(finishLimit); ; time.Sleep(200 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		listed, err := admin.ListEndOffsets(ctx, l.Topic)
		cancel()
		if err = errors.Join(err, listed.Error()); err == nil {
			ends := map[int32]int64{}
			for p, o := range listed[l.Topic] {
				ends[p] = o.Offset
			}
			return ends, nil
		}
		if time.Now().After(deadline) {
			return nil, fmt.Errorf("the last end offsets: %w", err)
		}
	}
}

// readAll reads up to ends.
func (l *Load) readAll(ends map[int32]int64) error {
	client := l.client(kgo.ConsumePartitions(l.from(kgo.NewOffset().AtStart())), kgo.ConsumeResetOffset(kgo.NoResetOffset()), kgo.FetchMaxWait(500*time.Millisecond))
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), finishLimit)
	defer cancel()
	for next := map[int32]int64{}; !reached(next, ends); {
		fetches := client.PollFetches(ctx)
		if ctx.Err() != nil {
			return fmt.Errorf("the last read came to %v of %v: %w", next, ends, fetches.Err())
		}
		fetches.EachRecord(func(r *kgo.Record) {
			next[r.Partition] = r.Offset + 1
			l.H.Final = append(l.H.Final, history.Poll{Partition: l.at(r.Partition), Consumer: "the last read", Offset: r.Offset, Epoch: r.LeaderEpoch, Value: string(r.Value), At: l.now()})
		})
	}
	return nil
}

func reached(next, ends map[int32]int64) bool {
	for p, end := range ends {
		if next[p] < end {
			return false
		}
	}
	return true
}
