package cli

import (
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kmsg"
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
