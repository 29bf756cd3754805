package cli

import (
	"math"
	"strings"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/wire"
)

func (t *topicsTool) createTopic() error {
	topic, err := t.newTopic()
	if err != nil {
		return err
	}
	err = t.admin.createTopic(topic)
	if hasCode(err, wire.TopicAlreadyExists) && t.set.has(t.ifNotExists) {
		return nil
	}
	if err != nil {
		return err
	}
	t.env.outln("Created topic " + topic.Topic + ".")
	return nil
}

func (a *admin) createTopic(topic kmsg.CreateTopicsRequestTopic) error {
	req := kmsg.NewPtrCreateTopicsRequest()
	req.TimeoutMillis = int32(a.timeout.Milliseconds())
	req.Topics = append(req.Topics, topic)
	resp, err := call[*kmsg.CreateTopicsResponse](a, "createTopics", req)
	if err != nil {
		return err
	}
	for _, r := range resp.Topics {
		err = firstError(err, brokerError(r.ErrorCode, r.ErrorMessage))
	}
	return err
}

func (t *topicsTool) newTopic() (kmsg.CreateTopicsRequestTopic, error) {
	topic := kmsg.NewCreateTopicsRequestTopic()
	name, err := t.set.value(t.topic)
	if err != nil {
		return topic, err
	}
	topic.Topic = name
	topic.NumPartitions, topic.ReplicationFactor = -1, -1
	partitions, replication, err := t.sizes()
	if err != nil {
		return topic, err
	}
	assignment, err := t.replicaAssignment()
	if err != nil {
		return topic, err
	}
	if topic.Configs, err = t.configs(); err != nil {
		return topic, err
	}
	if strings.ContainsAny(name, "._") {
		t.env.outln("WARNING: Due to limitations in metric names, topics with a period ('.') or underscore ('_') could " +
			"collide. To avoid issues it is best to use either, but not both.")
	}
	if t.set.has(t.replicationFactor) {
		if replication < 1 || replication > math.MaxInt16 {
			return topic, illegalArgument("The replication factor must be between 1 and 32767 inclusive")
		}
		topic.ReplicationFactor = int16(replication)
	}
	if t.set.has(t.partitions) {
		if partitions < 1 {
			return topic, illegalArgument("The partitions must be greater than 0")
		}
		topic.NumPartitions = partitions
	}
	if name == "" {
		return topic, &exception{class: errorsPackage + "InvalidTopicException", text: "The given topic name '' cannot be represented in a request."}
	}
	for i, replicas := range assignment {
		ra := kmsg.NewCreateTopicsRequestTopicReplicaAssignment()
		ra.Partition, ra.Replicas = int32(i), replicas
		topic.ReplicaAssignment = append(topic.ReplicaAssignment, ra)
	}
	return topic, nil
}

func (t *topicsTool) sizes() (partitions, replication int32, err error) {
	if t.set.has(t.partitions) {
		n, err := t.set.number(t.partitions)
		if err != nil {
			return 0, 0, err
		}
		partitions = int32(n)
	}
	if t.set.has(t.replicationFactor) {
		n, err := t.set.number(t.replicationFactor)
		if err != nil {
			return 0, 0, err
		}
		replication = int32(n)
	}
	return partitions, replication, nil
}

func (t *topicsTool) replicaAssignment() ([][]int32, error) {
	text, err := t.set.value(t.assignment)
	if err != nil || text == "" {
		return nil, err
	}
	return parseAssignment(text)
}

// configs reads the --config options. A name that this release does not know is
// left for the broker to judge, a known one's value is checked here.
func (t *topicsTool) configs() ([]kmsg.CreateTopicsRequestTopicConfig, error) {
	var configs []kmsg.CreateTopicsRequestTopicConfig
	for _, pair := range t.set.all(t.config) {
		key, value, ok := strings.Cut(pair, "=")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		if !ok || value == "" || strings.Contains(value, "=") {
			return nil, illegalArgument("requirement failed: Invalid topic config: all configs to be added must be in the format \"key=val\".")
		}
		if def, known := config.Topic(key); known {
			if _, err := def.Parse(value); err != nil {
				return nil, configError(err.Error())
			}
		}
		c := kmsg.NewCreateTopicsRequestTopicConfig()
		c.Name, c.Value = key, kmsg.StringPtr(value)
		configs = append(configs, c)
	}
	return configs, nil
}
