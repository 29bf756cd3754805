package peer

import (
	"context"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Held returns every record that a topic holds, by partition and offset.
// Compaction may have left gaps, but not at the end of a partition.
func Held(t testing.TB, address, topic string) []Record {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), clientLimit)
	defer cancel()
	client := NewFranz(t, address)
	defer client.Close()
	admin := kadm.NewClient(client)
	starts, err := admin.ListStartOffsets(ctx, topic)
	if err != nil {
		t.Fatal(err)
	}
	ends, err := admin.ListEndOffsets(ctx, topic)
	if err != nil {
		t.Fatal(err)
	}
	var records []Record
	for _, end := range ends.Offsets().Sorted() {
		start, _ := starts.Lookup(topic, end.Partition)
		if start.Offset < end.At {
			records = append(records, heldBy(t, address, topic, end.Partition, end.At)...)
		}
	}
	return records
}

// heldBy reads a partition from its beginning to the record before end.
func heldBy(t testing.TB, address, topic string, partition int32, end int64) []Record {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), clientLimit)
	defer cancel()
	client := NewFranz(t, address, kgo.KeepControlRecords(), kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{
		topic: {partition: kgo.NewOffset().AtStart()},
	}))
	defer client.Close()
	var records []Record
	for {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err0(); err != nil {
			t.Fatalf("%s-%d: %v after %d records, want those before %d", topic, partition, err, len(records), end)
		}
		for _, r := range fetches.Records() {
			if r.Offset >= end {
				return records
			}
			records = append(records, fromFranz(r))
			if r.Offset == end-1 {
				return records
			}
		}
	}
}
