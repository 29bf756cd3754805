package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/brolga-io/brolga/internal/wire"
)

// resetResult is what one group's partitions are (to be) set to.
type resetResult struct {
	group   string
	offsets map[topicPartition]int64
}

func (t *groupsTool) resetOffsets() error {
	groups, err := t.chosenGroups()
	if err != nil {
		return err
	}
	var results []resetResult
	for _, group := range groups {
		offsets, err := t.resetGroup(group)
		if err != nil {
			return err
		}
		results = append(results, resetResult{group, offsets})
	}
	if t.set.has(t.export) {
		t.exportReset(results)
	} else {
		t.printReset(results)
	}
	return nil
}

// resetGroup refuses a group that has members: their next commit would undo it.
func (t *groupsTool) resetGroup(group string) (map[topicPartition]int64, error) {
	d, err := t.describeGroup(group)
	switch {
	case hasCode(err, wire.GroupIdNotFound):
	case err != nil:
		return nil, &exception{class: "java.lang.RuntimeException", text: exceptionLine(executionFailed(err)), cause: err}
	case d.state != "Empty" && d.state != "Dead":
		printGroupsError(t.env, "Assignments can only be reset if the group '"+group+"' is inactive, but the current state is "+d.state+".")
		return nil, nil
	}
	partitions, err := t.partitionsToReset(group)
	if err != nil {
		return nil, err
	}
	if err := t.checkPartitions(partitions); err != nil {
		return nil, err
	}
	offsets, err := t.newOffsets(group, partitions)
	if err != nil || !t.set.has(t.execute) {
		return offsets, err
	}
	return offsets, t.commit(group, offsets)
}

// commit writes offsets for a group without members.
func (t *groupsTool) commit(group string, offsets map[topicPartition]int64) error {
	var commits kadm.Offsets
	for tp, offset := range offsets {
		commits.AddOffset(tp.topic, tp.partition, offset, -1)
	}
	if len(commits) == 0 {
		return nil
	}
	return t.attempt(t.coordinatorCall("commitOffsets"), func(ctx context.Context) error {
		responses, err := kadm.NewClient(t.Client).CommitOffsets(ctx, group, commits)
		return firstError(err, responses.Error())
	})
}

func (t *groupsTool) partitionsToReset(group string) ([]topicPartition, error) {
	switch {
	case t.set.has(t.allTopics):
		commits, err := t.committedOffsets(group)
		return sortedPartitions(commits), err
	case t.set.has(t.topic):
		return t.partitionsOfTopics(t.set.all(t.topic))
	case t.set.has(t.fromFile):
		return nil, nil
	}
	return nil, usage("One of the reset scopes should be defined: --all-topics, --topic.")
}

// partitionsOfTopics reads --topic values: "topic:0,1" or a whole topic.
func (t *groupsTool) partitionsOfTopics(args []string) ([]topicPartition, error) {
	var partitions []topicPartition
	var whole []string
	for _, arg := range args {
		if !strings.Contains(arg, ":") {
			whole = append(whole, arg)
			continue
		}
		listed, err := parseTopicPartitions(arg)
		if err != nil {
			return nil, err
		}
		partitions = append(partitions, listed...)
	}
	if len(whole) == 0 {
		return partitions, nil
	}
	resp, err := t.metadata("describeTopics", whole)
	if err != nil {
		return nil, err
	}
	for _, topic := range resp.Topics {
		if err := brokerError(topic.ErrorCode, nil); err != nil {
			return nil, err
		}
		for _, p := range topic.Partitions {
			partitions = append(partitions, topicPartition{*topic.Topic, p.Partition})
		}
	}
	slices.SortFunc(partitions, comparePartitions)
	return slices.Compact(partitions), nil
}

func parseTopicPartitions(arg string) ([]topicPartition, error) {
	parts := strings.Split(strings.TrimRight(arg, ":"), ":")
	if len(parts) != 2 {
		return nil, illegalArgument("Invalid topic arg '" + arg + "', expected topic name and partitions")
	}
	var partitions []topicPartition
	for _, word := range strings.Split(parts[1], ",") {
		id, err := strconv.ParseInt(word, 10, 32)
		if err != nil {
			return nil, illegalArgument("Invalid partition '" + word + "' specified in topic arg '" + arg + "''")
		}
		partitions = append(partitions, topicPartition{parts[0], int32(id)})
	}
	return partitions, nil
}

// checkPartitions wants every partition to exist and to have a leader.
func (t *groupsTool) checkPartitions(partitions []topicPartition) error {
	leaders, err := t.leaders(partitions)
	if err != nil {
		return err
	}
	var missing, leaderless []string
	for _, tp := range partitions {
		leader, exists := leaders[tp]
		switch {
		case !exists:
			missing = append(missing, tp.String())
		case leader < 0:
			leaderless = append(leaderless, tp.String())
		}
	}
	if len(missing) > 0 {
		return &exception{class: errorsPackage + "UnknownTopicOrPartitionException", text: fmt.Sprintf("The partitions \"%s\" do not exist", strings.Join(missing, ","))}
	}
	if len(leaderless) > 0 {
		return &exception{class: errorsPackage + "LeaderNotAvailableException", text: fmt.Sprintf("The partitions \"%s\" have no leader", strings.Join(leaderless, ","))}
	}
	return nil
}

func (t *groupsTool) printReset(results []resetResult) {
	tab := &table{columns: []tableColumn{{"GROUP", 15}, {"TOPIC", 15}, {"PARTITION", 10}, {"NEW-OFFSET", 0}}}
	for _, r := range results {
		for _, tp := range sortedPartitions(r.offsets) {
			tab.add(r.group, tp.topic, strconv.Itoa(int(tp.partition)), strconv.FormatInt(r.offsets[tp], 10))
		}
		tab.columns[0].width = max(tab.columns[0].width, len(r.group))
	}
	tab.fit(1)
	if len(results) > 0 {
		t.env.outf("\n%s", tab.header())
	}
	for _, row := range tab.rows {
		t.env.outf("\n%s", tab.format(row))
	}
	t.env.outln("")
}

// exportReset prints a plan that --from-file reads: with the group in front
// where more than one was asked for.
func (t *groupsTool) exportReset(results []resetResult) {
	single := len(t.set.all(t.group)) == 1
	for _, r := range results {
		for _, tp := range sortedPartitions(r.offsets) {
			fields := []string{r.group, tp.topic, strconv.Itoa(int(tp.partition)), strconv.FormatInt(r.offsets[tp], 10)}
			if single {
				fields = fields[1:]
			}
			t.env.outln(csvLine(fields))
		}
	}
	t.env.outln("")
}
