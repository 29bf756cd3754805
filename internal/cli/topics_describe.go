package cli

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/brolga-io/brolga/internal/wire"
)

// describedTopic is a topic as kafka-topics --describe shows it.
type describedTopic struct {
	name       string
	id         wire.UUID
	partitions []describedPartition
	configs    []describedConfig
}

type describedPartition struct {
	partition, leader     int32 // leader -1: none
	replicas, isr         []int32
	elr, lastKnownELR     []int32
	adding, removing, all []int32 // of a reassignment in progress; all nil: none
}

type describedConfig struct {
	name, value string
	isDefault   bool
}

func (t *topicsTool) describeTopics() error {
	topics, err := t.describedTopics()
	if err != nil {
		return err
	}
	if err := t.addConfigs(topics); err != nil {
		return err
	}
	live, err := t.liveBrokers()
	if err != nil {
		return err
	}
	if err := t.addReassignments(topics); err != nil {
		return err
	}
	report := describeReport{t.topicsOptions, live}
	for _, topic := range topics {
		fmt.Fprint(t.env.Stdout, report.text(topic))
	}
	return nil
}

// describedTopics finds the topics by id if one is given, else by name.
func (t *topicsTool) describedTopics() ([]*describedTopic, error) {
	id, err := t.wantedID()
	if err != nil {
		return nil, err
	}
	if id != (wire.UUID{}) {
		return t.topicByID(id)
	}
	names, err := t.matchingTopics()
	if err != nil {
		return nil, err
	}
	if err := t.mustExist(len(names)); err != nil || len(names) == 0 {
		return nil, err
	}
	perPage := int64(2000)
	if t.set.has(t.perPage) {
		if perPage, err = t.set.number(t.perPage); err != nil {
			return nil, err
		}
	}
	return t.describeNames(names, int32(perPage))
}

func (t *topicsTool) wantedID() (wire.UUID, error) {
	text, err := t.set.value(t.topicID)
	if err != nil || text == "" {
		return wire.UUID{}, err
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return wire.UUID{}, illegalArgument("Input string `" + text + "` is not a base64-encoded UUID")
	}
	if len(raw) != 16 {
		return wire.UUID{}, illegalArgument(fmt.Sprintf("Input string `%s` decoded as %d bytes, which is not equal to the expected 16 bytes of a base64-encoded UUID", text, len(raw)))
	}
	return wire.UUID(raw), nil
}

func (t *topicsTool) topicByID(id wire.UUID) ([]*describedTopic, error) {
	resp, err := t.metadata("listTopics", nil)
	if err != nil {
		return nil, err
	}
	for _, topic := range resp.Topics {
		if wire.UUID(topic.TopicID) == id && !(t.set.has(t.excludeInternal) && topic.IsInternal) {
			return t.describeNames([]string{*topic.Topic}, 2000)
		}
	}
	if t.set.has(t.ifExists) {
		return nil, nil
	}
	return nil, illegalArgument("TopicId '" + id.String() + "' does not exist as expected")
}

// describeNames asks with the newest API, page by page, and falls back to plain
// metadata where the cluster does not have it.
func (a *admin) describeNames(names []string, perPage int32) ([]*describedTopic, error) {
	byName := map[string]*describedTopic{}
	req := kmsg.NewPtrDescribeTopicPartitionsRequest()
	req.ResponsePartitionLimit = perPage
	for _, name := range names {
		rt := kmsg.NewDescribeTopicPartitionsRequestTopic()
		rt.Topic = name
		req.Topics = append(req.Topics, rt)
	}
	for {
		resp, err := call[*kmsg.DescribeTopicPartitionsResponse](a, "describeTopicPartitions", req)
		if err != nil {
			if unsupported(err) {
				return a.describeByMetadata(names)
			}
			return nil, err
		}
		for _, topic := range resp.Topics {
			if err := addPage(byName, topic); err != nil {
				return nil, err
			}
		}
		if resp.NextCursor == nil {
			return inNameOrder(byName), nil
		}
		req.Cursor = &kmsg.DescribeTopicPartitionsRequestCursor{Topic: resp.NextCursor.Topic, Partition: resp.NextCursor.Partition}
		req.Topics = slices.DeleteFunc(req.Topics, func(rt kmsg.DescribeTopicPartitionsRequestTopic) bool {
			return rt.Topic < resp.NextCursor.Topic
		})
	}
}

func addPage(byName map[string]*describedTopic, topic kmsg.DescribeTopicPartitionsResponseTopic) error {
	if err := brokerError(topic.ErrorCode, nil); err != nil {
		return err
	}
	name := *topic.Topic
	d := byName[name]
	if d == nil {
		d = &describedTopic{name: name, id: wire.UUID(topic.TopicID)}
		byName[name] = d
	}
	for _, p := range topic.Partitions {
		d.partitions = append(d.partitions, describedPartition{
			partition: p.Partition, leader: p.LeaderID, replicas: p.Replicas, isr: p.ISR,
			elr: p.EligibleLeaderReplicas, lastKnownELR: p.LastKnownELR,
		})
	}
	return nil
}

func (a *admin) describeByMetadata(names []string) ([]*describedTopic, error) {
	resp, err := a.metadata("describeTopics", names)
	if err != nil {
		return nil, err
	}
	byName := map[string]*describedTopic{}
	for _, topic := range resp.Topics {
		if err := brokerError(topic.ErrorCode, nil); err != nil {
			return nil, err
		}
		d := &describedTopic{name: *topic.Topic, id: wire.UUID(topic.TopicID)}
		for _, p := range topic.Partitions {
			d.partitions = append(d.partitions, describedPartition{
				partition: p.Partition, leader: p.Leader, replicas: p.Replicas, isr: p.ISR})
		}
		byName[d.name] = d
	}
	return inNameOrder(byName), nil
}

func inNameOrder(byName map[string]*describedTopic) []*describedTopic {
	topics := make([]*describedTopic, 0, len(byName))
	for _, d := range byName {
		slices.SortFunc(d.partitions, func(a, b describedPartition) int { return int(a.partition) - int(b.partition) })
		topics = append(topics, d)
	}
	slices.SortFunc(topics, func(a, b *describedTopic) int { return strings.Compare(a.name, b.name) })
	return topics
}

func (t *topicsTool) addConfigs(topics []*describedTopic) error {
	if len(topics) == 0 {
		return nil
	}
	byName := map[string]*describedTopic{}
	req := kmsg.NewPtrDescribeConfigsRequest()
	for _, topic := range topics {
		r := kmsg.NewDescribeConfigsRequestResource()
		r.ResourceType, r.ResourceName = kmsg.ConfigResourceTypeTopic, topic.name
		req.Resources = append(req.Resources, r)
		byName[topic.name] = topic
	}
	resp, err := call[*kmsg.DescribeConfigsResponse](t.admin, "describeConfigs", req)
	if err != nil {
		return err
	}
	for _, r := range resp.Resources {
		if err := brokerError(r.ErrorCode, r.ErrorMessage); err != nil {
			return err
		}
		topic := byName[r.ResourceName]
		if topic == nil {
			continue
		}
		for _, c := range r.Configs {
			entry := describedConfig{name: c.Name, value: "null", isDefault: c.Source == kmsg.ConfigSourceDefaultConfig || c.IsDefault}
			if c.Value != nil {
				entry.value = *c.Value
			}
			topic.configs = append(topic.configs, entry)
		}
	}
	return nil
}

func (t *topicsTool) liveBrokers() ([]int32, error) {
	resp, err := t.metadata("describeCluster", []string{})
	if err != nil {
		return nil, err
	}
	ids := make([]int32, len(resp.Brokers))
	for i, b := range resp.Brokers {
		ids[i] = b.NodeID
	}
	return ids, nil
}

// addReassignments leaves the topics as they are where the cluster cannot tell
// or does not want to.
func (t *topicsTool) addReassignments(topics []*describedTopic) error {
	req := kmsg.NewPtrListPartitionReassignmentsRequest()
	req.TimeoutMillis = int32(t.timeout.Milliseconds())
	req.Topics = []kmsg.ListPartitionReassignmentsRequestTopic{}
	for _, topic := range topics {
		rt := kmsg.NewListPartitionReassignmentsRequestTopic()
		rt.Topic = topic.name
		for _, p := range topic.partitions {
			rt.Partitions = append(rt.Partitions, p.partition)
		}
		req.Topics = append(req.Topics, rt)
	}
	if len(req.Topics) == 0 {
		return nil
	}
	resp, err := call[*kmsg.ListPartitionReassignmentsResponse](t.admin, "listPartitionReassignments", req)
	if err == nil {
		err = brokerError(resp.ErrorCode, resp.ErrorMessage)
	}
	if unsupported(err) || hasCode(err, wire.ClusterAuthorizationFailed) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, rt := range resp.Topics {
		i := slices.IndexFunc(topics, func(d *describedTopic) bool { return d.name == rt.Topic })
		for _, rp := range rt.Partitions {
			for j := range topics[max(i, 0)].partitions {
				if p := &topics[max(i, 0)].partitions[j]; i >= 0 && p.partition == rp.Partition {
					p.adding, p.removing, p.all = rp.AddingReplicas, rp.RemovingReplicas, rp.Replicas
				}
			}
		}
	}
	return nil
}
