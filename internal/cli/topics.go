package cli

import (
	"math"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/wire"
)

// runTopics is kafka-topics: create, list, describe, alter and delete topics.
func runTopics(env *Env, args []string) int {
	o := newTopicsOptions()
	var err error
	if o.set, err = o.parser.parse(args); err != nil {
		return o.parser.stop(env, err)
	}
	if err := o.check(env, args); err != nil {
		return o.parser.stop(env, err)
	}
	t, err := openTopics(env, o)
	if err != nil {
		return o.parser.stop(env, err)
	}
	defer t.Close()
	if err := t.run(); err != nil {
		env.outln("Error while executing topic command : " + err.Error())
		env.log("ERROR", exceptionLine(err)+"\n", "org.apache.kafka.tools.TopicCommand")
		return 1
	}
	return 0
}

// topicsTool is one run of kafka-topics.
type topicsTool struct {
	*admin
	*topicsOptions
}

func openTopics(env *Env, o *topicsOptions) (*topicsTool, error) {
	props, err := fileProps(o.set, o.commandConfig)
	if err != nil {
		return nil, err
	}
	bootstrap, err := o.set.value(o.bootstrap)
	if err != nil {
		return nil, err
	}
	a, err := newAdmin(env, props, bootstrap)
	if err != nil {
		return nil, err
	}
	return &topicsTool{a, o}, nil
}

func (t *topicsTool) run() error {
	switch {
	case t.set.has(t.create):
		return t.createTopic()
	case t.set.has(t.alter):
		return t.alterTopics()
	case t.set.has(t.list):
		return t.listTopics()
	case t.set.has(t.describe):
		return t.describeTopics()
	default:
		return t.deleteTopics()
	}
}

func (t *topicsTool) listTopics() error {
	names, err := t.matchingTopics()
	if err != nil {
		return err
	}
	t.env.outln(strings.Join(names, "\n"))
	return nil
}

// matchingTopics returns the sorted names that --topic matches, all without it.
func (t *topicsTool) matchingTopics() ([]string, error) {
	all, err := t.topicNames()
	if err != nil {
		return nil, err
	}
	keep := func(string) bool { return true }
	if t.set.has(t.topic) {
		pattern, err := t.set.value(t.topic)
		if err != nil {
			return nil, err
		}
		filter, err := newTopicFilter(pattern)
		if err != nil {
			return nil, err
		}
		keep = filter.matches
	}
	noInternal := t.set.has(t.excludeInternal)
	return slices.DeleteFunc(all, func(name string) bool {
		return !keep(name) || noInternal && isInternalTopic(name)
	}), nil
}

func (a *admin) topicNames() ([]string, error) {
	resp, err := a.metadata("listTopics", nil)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, topic := range resp.Topics {
		if topic.Topic != nil {
			names = append(names, *topic.Topic)
		}
	}
	slices.Sort(names)
	return names, nil
}

// metadata asks for topics, nil meaning all of them; nothing is created.
func (a *admin) metadata(name string, topics []string) (*kmsg.MetadataResponse, error) {
	req := kmsg.NewPtrMetadataRequest()
	if topics != nil {
		req.Topics = []kmsg.MetadataRequestTopic{}
	}
	for _, topic := range topics {
		rt := kmsg.NewMetadataRequestTopic()
		rt.Topic = kmsg.StringPtr(topic)
		req.Topics = append(req.Topics, rt)
	}
	return call[*kmsg.MetadataResponse](a, name, req)
}

// mustExist is the complaint when --topic matches nothing.
func (t *topicsTool) mustExist(found int) error {
	name, err := t.set.value(t.topic)
	if err != nil || found > 0 || name == "" || t.set.has(t.ifExists) {
		return err
	}
	return illegalArgument("Topic '" + name + "' does not exist as expected")
}

func (t *topicsTool) createTopic() error {
	topic, err := t.newTopic()
	if err != nil {
		return err
	}
	req := kmsg.NewPtrCreateTopicsRequest()
	req.TimeoutMillis = int32(t.timeout.Milliseconds())
	req.Topics = append(req.Topics, topic)
	resp, err := call[*kmsg.CreateTopicsResponse](t.admin, "createTopics", req)
	if err != nil {
		return err
	}
	for _, r := range resp.Topics {
		err := brokerError(r.ErrorCode, r.ErrorMessage)
		if hasCode(err, wire.TopicAlreadyExists) && t.set.has(t.ifNotExists) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	t.env.outln("Created topic " + topic.Topic + ".")
	return nil
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

func (t *topicsTool) alterTopics() error {
	partitions, _, err := t.sizes()
	if err != nil {
		return err
	}
	assignment, err := t.replicaAssignment()
	if err != nil {
		return err
	}
	names, err := t.matchingTopics()
	if err != nil {
		return err
	}
	if err := t.mustExist(len(names)); err != nil || len(names) == 0 {
		return err
	}
	return t.createPartitions(names, partitions, assignment)
}

func (t *topicsTool) createPartitions(names []string, count int32, assignment [][]int32) error {
	current, err := t.metadata("describeTopics", names)
	if err != nil {
		return err
	}
	req := kmsg.NewPtrCreatePartitionsRequest()
	req.TimeoutMillis = int32(t.timeout.Milliseconds())
	for _, topic := range current.Topics {
		rt := kmsg.NewCreatePartitionsRequestTopic()
		rt.Topic, rt.Count = *topic.Topic, count
		// The list names all partitions; those that exist are not sent.
		for i := len(topic.Partitions); i < len(assignment); i++ {
			ra := kmsg.NewCreatePartitionsRequestTopicAssignment()
			ra.Replicas = assignment[i]
			rt.Assignment = append(rt.Assignment, ra)
		}
		req.Topics = append(req.Topics, rt)
	}
	resp, err := call[*kmsg.CreatePartitionsResponse](t.admin, "createPartitions", req)
	if err != nil {
		return err
	}
	var failed []error
	for _, r := range resp.Topics {
		failed = append(failed, brokerError(r.ErrorCode, r.ErrorMessage))
	}
	return firstError(failed...)
}

func (t *topicsTool) deleteTopics() error {
	names, err := t.matchingTopics()
	if err != nil {
		return err
	}
	if err := t.mustExist(len(names)); err != nil || len(names) == 0 {
		return err
	}
	req := kmsg.NewPtrDeleteTopicsRequest()
	req.TimeoutMillis = int32(t.timeout.Milliseconds())
	req.TopicNames = names
	for _, name := range names {
		rt := kmsg.NewDeleteTopicsRequestTopic()
		rt.Topic = kmsg.StringPtr(name)
		req.Topics = append(req.Topics, rt)
	}
	resp, err := call[*kmsg.DeleteTopicsResponse](t.admin, "deleteTopics", req)
	if err != nil {
		return err
	}
	var failed []error
	for _, r := range resp.Topics {
		failed = append(failed, brokerError(r.ErrorCode, r.ErrorMessage))
	}
	return firstError(failed...)
}
