package cli

import (
	"fmt"
	"time"
)

const offsetsUtilsLogger = "org.apache.kafka.tools.OffsetsUtils"

// newOffsets chooses the offsets by the scenario that was asked for.
func (t *groupsTool) newOffsets(group string, partitions []topicPartition) (map[topicPartition]int64, error) {
	switch {
	case t.set.has(t.toOffset):
		offset, err := t.set.number(t.toOffset)
		if err != nil {
			return nil, err
		}
		return t.clamp(partitions, func(topicPartition) int64 { return offset })
	case t.set.has(t.toEarliest):
		return t.listed(partitions, earliestOffset)
	case t.set.has(t.toLatest):
		return t.listed(partitions, latestOffset)
	case t.set.has(t.shiftBy):
		return t.shifted(group, partitions)
	case t.set.has(t.toDatetime):
		return t.atDatetime(partitions)
	case t.set.has(t.byDuration):
		return t.beforeNow(partitions)
	case t.set.has(t.fromFile):
		return t.planned(group)
	case t.set.has(t.toCurrent):
		return t.current(group, partitions)
	}
	return nil, usage("Option '%s' requires one of the following scenarios: [%s]", t.reset, joinOptions(t.scenarios()))
}

// listed returns the offsets of a timestamp; a partition without one fails.
func (t *groupsTool) listed(partitions []topicPartition, timestamp int64) (map[topicPartition]int64, error) {
	listed, err := t.listOffsets(partitions, timestamp)
	if err != nil {
		return nil, runtimeFailed(err)
	}
	offsets := map[topicPartition]int64{}
	for _, tp := range partitions {
		if err := listed[tp].err; err != nil {
			return nil, runtimeFailed(err)
		}
		offsets[tp] = listed[tp].offset
	}
	return offsets, nil
}

// runtimeFailed is how the original passes on a failed request.
func runtimeFailed(err error) error {
	return &exception{class: "java.lang.RuntimeException", text: exceptionLine(executionFailed(err)), cause: err}
}

// clamp moves offsets that the log does not have to its nearer end.
func (t *groupsTool) clamp(partitions []topicPartition, want func(topicPartition) int64) (map[topicPartition]int64, error) {
	starts, err := t.listed(partitions, earliestOffset)
	if err != nil {
		return nil, err
	}
	ends, err := t.listed(partitions, latestOffset)
	if err != nil {
		return nil, err
	}
	offsets := map[topicPartition]int64{}
	for _, tp := range partitions {
		offset := want(tp)
		switch start, end := starts[tp], ends[tp]; {
		case offset > end:
			t.env.log("WARN", fmt.Sprintf("New offset (%d) is higher than latest offset for topic partition %s. Value will be set to %d", offset, tp, end), offsetsUtilsLogger)
			offset = end
		case offset < start:
			t.env.log("WARN", fmt.Sprintf("New offset (%d) is lower than earliest offset for topic partition %s. Value will be set to %d", offset, tp, start), offsetsUtilsLogger)
			offset = start
		}
		offsets[tp] = offset
	}
	return offsets, nil
}

func (t *groupsTool) shifted(group string, partitions []topicPartition) (map[topicPartition]int64, error) {
	by, err := t.set.number(t.shiftBy)
	if err != nil {
		return nil, err
	}
	commits, err := t.committedOffsets(group)
	if err != nil {
		return nil, err
	}
	for _, tp := range partitions {
		if _, ok := commits[tp]; !ok {
			return nil, illegalArgument("Cannot shift offset for partition " + tp.String() + " since there is no current committed offset")
		}
	}
	return t.clamp(partitions, func(tp topicPartition) int64 { return commits[tp].offset + by })
}

func (t *groupsTool) atDatetime(partitions []topicPartition) (map[topicPartition]int64, error) {
	text, err := t.set.value(t.toDatetime)
	if err != nil {
		return nil, err
	}
	at, err := parseDatetime(text)
	if err != nil {
		return nil, &exception{class: "java.lang.RuntimeException", text: exceptionLine(err), cause: err}
	}
	return t.atTimestamp(partitions, at)
}

func (t *groupsTool) beforeNow(partitions []topicPartition) (map[topicPartition]int64, error) {
	text, err := t.set.value(t.byDuration)
	if err != nil {
		return nil, err
	}
	d, err := parseDuration(text)
	if err != nil {
		return nil, err
	}
	return t.atTimestamp(partitions, t.env.Now().Add(-d))
}

// atTimestamp returns the first offset from that time on, the end of the log
// where nothing is that new.
func (t *groupsTool) atTimestamp(partitions []topicPartition, at time.Time) (map[topicPartition]int64, error) {
	offsets, err := t.listed(partitions, max(at.UnixMilli(), 0))
	if err != nil {
		return nil, err
	}
	var beyond []topicPartition
	for _, tp := range partitions {
		if offsets[tp] < 0 {
			t.env.outf("\nWarn: Partition %d from topic %s is empty. Falling back to latest known offset.\n", tp.partition, tp.topic)
			beyond = append(beyond, tp)
		}
	}
	ends, err := t.listed(beyond, latestOffset)
	for tp, end := range ends {
		offsets[tp] = end
	}
	return offsets, err
}

// current keeps what was committed and takes the log's end for the rest.
func (t *groupsTool) current(group string, partitions []topicPartition) (map[topicPartition]int64, error) {
	commits, err := t.committedOffsets(group)
	if err != nil {
		return nil, err
	}
	offsets := map[topicPartition]int64{}
	var uncommitted []topicPartition
	for _, tp := range partitions {
		if c, ok := commits[tp]; ok {
			offsets[tp] = c.offset
		} else {
			uncommitted = append(uncommitted, tp)
		}
	}
	ends, err := t.listed(uncommitted, latestOffset)
	for tp, end := range ends {
		offsets[tp] = end
	}
	return offsets, err
}

func (t *groupsTool) planned(group string) (map[topicPartition]int64, error) {
	path, err := t.set.value(t.fromFile)
	if err != nil {
		return nil, err
	}
	plan, err := readResetPlan(path, t.set.all(t.group))
	if err != nil {
		return nil, err
	}
	wanted, ok := plan[group]
	if !ok {
		printGroupsError(t.env, "No reset plan for group "+group+" found")
		return nil, nil
	}
	return t.clamp(sortedPartitions(wanted), func(tp topicPartition) int64 { return wanted[tp] })
}
