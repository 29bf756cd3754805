package cli

import (
	"slices"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/brolga-io/brolga/internal/wire"
)

// deleteGroupOffsets is --delete-offsets.
func (t *groupsTool) deleteGroupOffsets() error {
	group, err := t.set.value(t.group)
	if err != nil {
		return err
	}
	partitions, outcome, err := t.offsetsToDelete()
	if err != nil {
		return err
	}
	top := t.deleteCommits(group, partitions, outcome)
	switch {
	case top == nil:
		t.env.outln("Request succeeded for deleting offsets from group " + group + ".")
	case hasCode(top, wire.InvalidGroupId), hasCode(top, wire.GroupIdNotFound),
		hasCode(top, wire.GroupAuthorizationFailed), hasCode(top, wire.NonEmptyGroup):
		printGroupsError(t.env, top.Error())
	case hasCode(top, wire.GroupSubscribedToTopic), hasCode(top, wire.TopicAuthorizationFailed), hasCode(top, wire.UnknownTopicOrPartition):
		printGroupsError(t.env, "Encountered some partition-level error, see the follow-up details.")
	default:
		printGroupsError(t.env, "Encountered some unknown error: "+exceptionLine(top))
	}
	t.printDeleted(outcome)
	return nil
}

// offsetsToDelete reads --topic; a topic that does not exist goes straight into
// the outcome, as partition -1.
func (t *groupsTool) offsetsToDelete() ([]topicPartition, map[topicPartition]error, error) {
	outcome := map[topicPartition]error{}
	var partitions []topicPartition
	var whole []string
	for _, arg := range t.set.all(t.topic) {
		if !strings.Contains(arg, ":") {
			whole = append(whole, arg)
			continue
		}
		listed, err := parseTopicPartitions(arg)
		if err != nil {
			return nil, nil, err
		}
		partitions = append(partitions, listed...)
	}
	if len(whole) > 0 {
		resp, err := t.metadata("describeTopics", whole)
		if err != nil {
			return nil, nil, err
		}
		for _, topic := range resp.Topics {
			if err := brokerError(topic.ErrorCode, nil); err != nil {
				outcome[topicPartition{*topic.Topic, -1}] = executionFailed(err)
			}
			for _, p := range topic.Partitions {
				partitions = append(partitions, topicPartition{*topic.Topic, p.Partition})
			}
		}
	}
	slices.SortFunc(partitions, comparePartitions)
	return slices.Compact(partitions), outcome, nil
}

// deleteCommits returns the error of the whole request or, failing that, the
// first of a partition.
func (t *groupsTool) deleteCommits(group string, partitions []topicPartition, outcome map[topicPartition]error) error {
	req := kmsg.NewPtrOffsetDeleteRequest()
	req.Group = group
	for topic, ids := range byTopic(partitions) {
		rt := kmsg.NewOffsetDeleteRequestTopic()
		rt.Topic = topic
		for _, id := range ids {
			rp := kmsg.NewOffsetDeleteRequestTopicPartition()
			rp.Partition = id
			rt.Partitions = append(rt.Partitions, rp)
		}
		req.Topics = append(req.Topics, rt)
	}
	resp, err := call[*kmsg.OffsetDeleteResponse](t.admin, t.coordinatorCall("deleteConsumerGroupOffsets"), req)
	if err == nil {
		err = brokerError(resp.ErrorCode, nil)
	}
	if err != nil {
		for _, tp := range partitions {
			outcome[tp] = executionFailed(err)
		}
		return err
	}
	var first error
	for _, rt := range resp.Topics {
		for _, rp := range rt.Partitions {
			err := brokerError(rp.ErrorCode, nil)
			outcome[topicPartition{rt.Topic, rp.Partition}] = nil
			if err != nil {
				outcome[topicPartition{rt.Topic, rp.Partition}] = executionFailed(err)
			}
			first = firstError(first, err)
		}
	}
	return first
}

func (t *groupsTool) printDeleted(outcome map[topicPartition]error) {
	tab := &table{columns: []tableColumn{{"TOPIC", 15}, {"PARTITION", 10}, {"STATUS", 15}}}
	for _, tp := range sortedPartitions(outcome) {
		partition, status := "-", "Successful"
		if tp.partition >= 0 {
			partition = strconv.Itoa(int(tp.partition))
		}
		if err := outcome[tp]; err != nil {
			status = "Error: " + err.Error()
		}
		tab.add(tp.topic, partition, status)
	}
	tab.fit(0)
	t.env.outf("\n%s", tab.header())
	for _, row := range tab.rows {
		t.env.outf("\n%s", tab.format(row))
	}
	t.env.outln("")
}
