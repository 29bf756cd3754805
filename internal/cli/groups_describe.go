package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/brolga-io/brolga/internal/wire"
)

// describedGroup is a group as its coordinator describes it. Epochs are -1
// where the group's protocol has none.
type describedGroup struct {
	id, state, assignor    string
	coordinator            kgo.BrokerMetadata
	members                []describedMember
	epoch, assignmentEpoch int32
}

type describedMember struct {
	id, instanceID, host, clientID string
	assigned, target               []topicPartition
	epoch                          int32
	upgraded                       string // "true", "false" or "" where not known
}

// describeGroup asks with the new API first, since only it knows the groups of
// the new protocol, and falls back to the classic one.
func (a *admin) describeGroup(group string) (*describedGroup, error) {
	d, err := a.describeNewGroup(group)
	if err == nil {
		return d, nil
	}
	if !unsupported(err) && !hasCode(err, wire.GroupIdNotFound) {
		return nil, err
	}
	return a.describeClassicGroup(group)
}

func (a *admin) describeNewGroup(group string) (*describedGroup, error) {
	req := kmsg.NewPtrConsumerGroupDescribeRequest()
	req.Groups = []string{group}
	var d *describedGroup
	var failed error
	err := callEach(a, a.coordinatorCall("describeConsumerGroups"), req, func(meta kgo.BrokerMetadata, resp *kmsg.ConsumerGroupDescribeResponse) {
		for _, g := range resp.Groups {
			failed = brokerError(g.ErrorCode, g.ErrorMessage)
			d = &describedGroup{id: g.Group, state: g.State, assignor: g.AssignorName, coordinator: meta,
				epoch: g.Epoch, assignmentEpoch: g.AssignmentEpoch}
			for _, m := range g.Members {
				d.members = append(d.members, newMember(m))
			}
		}
	})
	return d, firstError(err, failed)
}

func newMember(m kmsg.ConsumerGroupDescribeResponseGroupMember) describedMember {
	d := describedMember{id: m.MemberID, host: m.ClientHost, clientID: m.ClientID, epoch: m.MemberEpoch}
	if m.InstanceID != nil {
		d.instanceID = *m.InstanceID
	}
	switch m.MemberType {
	case 0:
		d.upgraded = "false"
	case 1:
		d.upgraded = "true"
	}
	for _, t := range m.Assignment.TopicPartitions {
		d.assigned = appendPartitions(d.assigned, t.Topic, t.Partitions)
	}
	for _, t := range m.TargetAssignment.TopicPartitions {
		d.target = appendPartitions(d.target, t.Topic, t.Partitions)
	}
	return d
}

func appendPartitions(to []topicPartition, topic string, ids []int32) []topicPartition {
	for _, id := range ids {
		to = append(to, topicPartition{topic, id})
	}
	return to
}

func (a *admin) describeClassicGroup(group string) (*describedGroup, error) {
	req := kmsg.NewPtrDescribeGroupsRequest()
	req.Groups = []string{group}
	var d *describedGroup
	var failed error
	err := callEach(a, a.coordinatorCall("describeConsumerGroups"), req, func(meta kgo.BrokerMetadata, resp *kmsg.DescribeGroupsResponse) {
		for _, g := range resp.Groups {
			failed = brokerError(g.ErrorCode, g.ErrorMessage)
			if failed == nil && g.ProtocolType != "" && g.ProtocolType != "consumer" {
				failed = illegalArgument("GroupId " + g.Group + " is not a consumer group (" + g.ProtocolType + ").")
			}
			d = &describedGroup{id: g.Group, state: g.State, assignor: g.Protocol, coordinator: meta, epoch: -1, assignmentEpoch: -1}
			for _, m := range g.Members {
				d.members = append(d.members, classicMember(m))
			}
		}
	})
	return d, firstError(err, failed)
}

func classicMember(m kmsg.DescribeGroupsResponseGroupMember) describedMember {
	d := describedMember{id: m.MemberID, host: m.ClientHost, clientID: m.ClientID, epoch: -1}
	if m.InstanceID != nil {
		d.instanceID = *m.InstanceID
	}
	var assignment kmsg.ConsumerMemberAssignment
	if assignment.ReadFrom(m.MemberAssignment) == nil {
		for _, t := range assignment.Topics {
			d.assigned = appendPartitions(d.assigned, t.Topic, t.Partitions)
		}
	}
	return d
}

// committed is what a group committed for a partition.
type committed struct {
	offset int64
	epoch  int32 // -1: none was sent
}

func (a *admin) committedOffsets(group string) (map[topicPartition]committed, error) {
	var responses kadm.OffsetResponses
	err := a.attempt(a.coordinatorCall("listConsumerGroupOffsets"), func(ctx context.Context) (err error) {
		responses, err = kadm.NewClient(a.Client).FetchOffsets(ctx, group)
		return firstError(err, responses.Error())
	})
	if err != nil {
		return nil, executionFailed(err)
	}
	offsets := map[topicPartition]committed{}
	for topic, partitions := range responses {
		for id, r := range partitions {
			if r.At >= 0 {
				offsets[topicPartition{topic, id}] = committed{r.At, r.LeaderEpoch}
			}
		}
	}
	return offsets, nil
}

func (t *groupsTool) describeGroups() error {
	groups, err := t.chosenGroups()
	if err != nil {
		return err
	}
	var described []*describedGroup
	for _, g := range groups {
		d, err := t.describeGroup(g)
		if err != nil {
			return executionFailed(err)
		}
		described = append(described, d)
	}
	slices.SortFunc(described, func(a, b *describedGroup) int { return strings.Compare(a.id, b.id) })
	described = slices.CompactFunc(described, func(a, b *describedGroup) bool { return a.id == b.id })
	for _, d := range described {
		switch {
		case t.set.has(t.members):
			t.printMembers(d)
		case t.set.has(t.state):
			t.printState(d)
		default:
			rows, err := t.offsetRows(d)
			if err != nil {
				return err
			}
			t.printOffsets(d, rows)
		}
	}
	return nil
}

// offsetRow is one partition of a group; nil offsets print as "-".
type offsetRow struct {
	topicPartition
	offset, end   *int64
	epoch         int32
	member        describedMember
	hasNoConsumer bool
}

// offsetRows lists the partitions of the members, the member with the most
// first, then those with commits that nobody reads.
func (t *groupsTool) offsetRows(d *describedGroup) ([]offsetRow, error) {
	commits, err := t.committedOffsets(d.id)
	if err != nil {
		return nil, err
	}
	members := slices.Clone(d.members)
	slices.SortStableFunc(members, func(a, b describedMember) int { return len(b.assigned) - len(a.assigned) })
	assigned := map[topicPartition]bool{}
	var rows []offsetRow
	for _, m := range members {
		partitions := slices.Clone(m.assigned)
		slices.SortFunc(partitions, comparePartitions)
		for _, tp := range partitions {
			assigned[tp] = true
			rows = append(rows, offsetRow{topicPartition: tp, member: m})
		}
	}
	for _, tp := range sortedPartitions(commits) {
		if !assigned[tp] {
			rows = append(rows, offsetRow{topicPartition: tp, hasNoConsumer: true})
		}
	}
	return rows, t.fillOffsets(rows, commits)
}

func (t *groupsTool) fillOffsets(rows []offsetRow, commits map[topicPartition]committed) error {
	var partitions []topicPartition
	for _, r := range rows {
		partitions = append(partitions, r.topicPartition)
	}
	known, err := t.leaders(partitions)
	if err != nil {
		return err
	}
	var led []topicPartition
	for tp, leader := range known {
		if leader >= 0 {
			led = append(led, tp)
		}
	}
	ends, err := t.listOffsets(led, latestOffset)
	if err != nil {
		return executionFailed(err)
	}
	for i := range rows {
		row := &rows[i]
		row.epoch = -1
		if c, ok := commits[row.topicPartition]; ok {
			row.offset, row.epoch = &c.offset, c.epoch
		}
		if end, ok := ends[row.topicPartition]; ok && end.err == nil && end.offset >= 0 {
			row.end = &end.offset
		}
	}
	return nil
}

// leaders returns the leader of each partition that exists, -1 for none.
// Partitions of topics that are gone are left out: their commits still show.
func (a *admin) leaders(partitions []topicPartition) (map[topicPartition]int32, error) {
	leaders := map[topicPartition]int32{}
	if len(partitions) == 0 {
		return leaders, nil
	}
	var topics []string
	for topic := range byTopic(partitions) {
		topics = append(topics, topic)
	}
	resp, err := a.metadata("describeTopics", topics)
	if err != nil {
		return nil, executionFailed(err)
	}
	for _, topic := range resp.Topics {
		for _, p := range topic.Partitions {
			tp := topicPartition{*topic.Topic, p.Partition}
			if slices.Contains(partitions, tp) {
				leaders[tp] = p.Leader
			}
		}
	}
	return leaders, nil
}

// assignmentText is "topic:0,1;other:2".
func assignmentText(partitions []topicPartition) string {
	if len(partitions) == 0 {
		return "-"
	}
	var topics []string
	for topic, ids := range byTopic(partitions) {
		slices.Sort(ids)
		topics = append(topics, fmt.Sprintf("%s:%s", topic, joinIDs(ids, ",")))
	}
	slices.Sort(topics)
	return strings.Join(topics, ";")
}
