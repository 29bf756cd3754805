package console

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/brolga-io/brolga/internal/console/view"
)

// deleteTargets finds where each partition is to begin, and where it begins now.
func (c *call) deleteTargets(k *cluster, t *topicMeta, in view.DeleteRecords) (to, from map[int32]int64, err error) {
	ways := 0
	for _, given := range []bool{in.All, in.Timestamp != nil, len(in.Offsets) > 0} {
		if given {
			ways++
		}
	}
	if ways != 1 {
		return nil, nil, invalid("", "Say either all, or a timestamp, or offsets.")
	}
	partitions, err := choosePartitions(t, in.Partitions)
	if err != nil {
		return nil, nil, err
	}
	if len(in.Offsets) > 0 {
		partitions = nil
		for _, o := range in.Offsets {
			partitions = append(partitions, o.Partition)
		}
		if partitions, err = choosePartitions(t, partitions); err != nil {
			return nil, nil, err
		}
	}
	ends, err := k.topicBounds(c, t.name, partitions, 0)
	if err != nil {
		return nil, nil, err
	}
	to, from = map[int32]int64{}, map[int32]int64{}
	for p, b := range ends {
		from[p], to[p] = b.start, b.end
	}
	switch {
	case in.Timestamp != nil:
		err = c.deleteBefore(k, t.name, int64(*in.Timestamp), to, from)
	case len(in.Offsets) > 0:
		err = deleteAt(in.Offsets, to, from)
	}
	return to, from, err
}

// deleteBefore replaces the ends in to by the first offset of a time.
func (c *call) deleteBefore(k *cluster, topic string, timestamp int64, to, from map[int32]int64) error {
	if timestamp < 0 {
		return invalid("timestamp", "The time is before 1970.")
	}
	want := map[tp]int64{}
	for p := range to {
		want[tp{topic, p}] = timestamp
	}
	for p, l := range k.listOffsets(c, 0, want) {
		switch {
		case l.err != nil:
			return partitionError(topic, p.partition, l.err)
		case l.offset >= 0: // else everything is older
			to[p.partition] = max(l.offset, from[p.partition])
		}
	}
	return nil
}

func deleteAt(offsets []view.BeforeOffset, to, from map[int32]int64) error {
	for _, o := range offsets {
		at := int64(o.Offset)
		switch {
		case at == -1:
			continue // the end, as it is
		case at < from[o.Partition] || at > to[o.Partition]:
			return invalid("offsets", fmt.Sprintf("Partition %d has offsets from %d to %d.", o.Partition, from[o.Partition], to[o.Partition]))
		}
		to[o.Partition] = at
	}
	return nil
}

// choosePartitions checks numbers of partitions; none stands for all.
func choosePartitions(t *topicMeta, chosen []int32) ([]int32, error) {
	if len(chosen) == 0 {
		all := make([]int32, len(t.partitions))
		for i := range all {
			all[i] = int32(i)
		}
		return all, nil
	}
	chosen = slices.Clone(chosen)
	slices.Sort(chosen)
	chosen = slices.Compact(chosen)
	for _, p := range chosen {
		if p < 0 || int(p) >= len(t.partitions) {
			return nil, invalid("partitions", fmt.Sprintf("%s has no partition %d: they are 0 to %d.", clip(t.name, 249), p, len(t.partitions)-1))
		}
	}
	return chosen, nil
}

// deleteRecordsCommand writes the file that kafka-delete-records reads, too.
func deleteRecordsCommand(k *cluster, topic string, to map[int32]int64) string {
	type line struct {
		Topic     string `json:"topic"`
		Partition int32  `json:"partition"`
		Offset    int64  `json:"offset"`
	}
	plan := struct {
		Partitions []line `json:"partitions"`
		Version    int    `json:"version"`
	}{Version: 1}
	for _, p := range sortedInts(to) {
		plan.Partitions = append(plan.Partitions, line{topic, p, to[p]})
	}
	b, err := json.Marshal(plan)
	if err != nil {
		panic("BUG: " + err.Error()) // numbers and text only
	}
	return "echo " + shellQuote(string(b)) + " > delete.json && " + k.line("kafka-delete-records", "--offset-json-file", "delete.json").String()
}

func sortedInts[N cmp.Ordered, V any](m map[N]V) []N {
	keys := make([]N, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
