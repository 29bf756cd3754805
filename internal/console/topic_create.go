package console

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/console/view"
)

// topicName is what Kafka takes as a name (its class Topic).
var topicName = regexp.MustCompile(`^[a-zA-Z0-9._-]+$`)

const maxTopicName = 249

// checkTopicName says what is wrong with a name before a broker does.
func checkTopicName(name string) error {
	switch {
	case name == "":
		return invalid("name", "A topic needs a name.")
	case name == "." || name == "..":
		return invalid("name", "A topic cannot be called . or ..")
	case len(name) > maxTopicName:
		return invalid("name", fmt.Sprintf("The name has %d letters; %d are allowed.", len(name), maxTopicName))
	case !topicName.MatchString(name):
		return invalid("name", "Allowed are letters, digits, dot, underscore and hyphen.")
	}
	return nil
}

// createTopic makes a topic; with dryRun the controller checks it only.
func (c *call) createTopic(in view.NewTopic) (view.Done, error) {
	k, err := c.cluster()
	if err != nil {
		return view.Done{}, err
	}
	if in.Partitions == 0 {
		in.Partitions = -1
	}
	if in.ReplicationFactor == 0 {
		in.ReplicationFactor = -1
	}
	if err := checkNewTopic(in); err != nil {
		return view.Done{}, err
	}
	made, err := k.sendCreate(c, in, c.dryRun)
	if err != nil {
		return view.Done{}, err
	}
	line := k.line("kafka-topics", "--create", "--topic", in.Name)
	if in.Partitions > 0 {
		line.add("--partitions", strconv.Itoa(int(in.Partitions)))
	}
	if in.ReplicationFactor > 0 {
		line.add("--replication-factor", strconv.Itoa(int(in.ReplicationFactor)))
	}
	done := view.Done{Command: line.addMap("--config", in.Configs).String(), DryRun: c.dryRun, Warnings: topicWarnings(in)}
	if c.dryRun {
		done.Message = fmt.Sprintf("Topic %s can be created.", in.Name)
		return done, nil
	}
	done.Message = fmt.Sprintf("Topic %s was created.", in.Name)
	if made.NumPartitions > 0 {
		done.Message = fmt.Sprintf("Topic %s was created with %s.", in.Name, count(int(made.NumPartitions), "partition"))
	}
	c.changed(k, view.Event{Topic: in.Name, Sentence: done.Message})
	k.settleTopic(c, in.Name, true)
	return done, nil
}

func checkNewTopic(in view.NewTopic) error {
	if err := checkTopicName(in.Name); err != nil {
		return err
	}
	const mostPartitions = 100_000
	switch {
	case in.Partitions < -1 || in.Partitions > mostPartitions:
		return invalid("partitions", fmt.Sprintf("From 1 to %d partitions, or -1 for the broker's default.", mostPartitions))
	case in.ReplicationFactor < -1:
		return invalid("replicationFactor", "At least 1 replica, or -1 for the broker's default.")
	}
	for _, name := range sortedKeys(in.Configs) {
		d, ok := config.Topic(name)
		if !ok {
			continue // the broker knows better
		}
		if _, err := d.Parse(in.Configs[name]); err != nil {
			return invalid("configs."+name, err.Error())
		}
	}
	return nil
}

// topicWarnings tells what is allowed and regretted later.
func topicWarnings(in view.NewTopic) []string {
	var all []string
	if strings.Contains(in.Name, ".") || strings.Contains(in.Name, "_") {
		all = append(all, "Metrics write . and _ alike: best use only one of them in names of topics.")
	}
	if isr, err := strconv.Atoi(in.Configs["min.insync.replicas"]); err == nil && in.ReplicationFactor > 0 && isr > int(in.ReplicationFactor) {
		all = append(all, fmt.Sprintf("min.insync.replicas is %d with a replication factor of %d: nothing could be written with acks=all.", isr, in.ReplicationFactor))
	}
	return all
}

func (k *cluster) sendCreate(ctx context.Context, in view.NewTopic, validate bool) (kmsg.CreateTopicsResponseTopic, error) {
	req := kmsg.NewPtrCreateTopicsRequest()
	req.ValidateOnly, req.TimeoutMillis = validate, 10_000
	t := kmsg.NewCreateTopicsRequestTopic()
	t.Topic, t.NumPartitions, t.ReplicationFactor = in.Name, in.Partitions, in.ReplicationFactor
	for _, name := range sortedKeys(in.Configs) {
		value := in.Configs[name]
		t.Configs = append(t.Configs, kmsg.CreateTopicsRequestTopicConfig{Name: name, Value: &value})
	}
	req.Topics = append(req.Topics, t)
	resp, err := req.RequestWith(ctx, k.client)
	if err != nil {
		return kmsg.CreateTopicsResponseTopic{}, err
	}
	if len(resp.Topics) != 1 {
		return kmsg.CreateTopicsResponseTopic{}, fmt.Errorf("CreateTopics answered for %d topics, not one", len(resp.Topics))
	}
	r := resp.Topics[0]
	return r, configField(brokerFailure(r.ErrorCode, r.ErrorMessage), view.ConfigChange{Set: in.Configs})
}

// topicDefaults lets the controller check a topic that is never made, and reads
// what it would have got.
func (c *call) topicDefaults() (view.TopicDefaults, error) {
	k, err := c.cluster()
	if err != nil {
		return view.TopicDefaults{}, err
	}
	m, err := k.metadata(c)
	if err != nil {
		return view.TopicDefaults{}, err
	}
	made, err := k.sendCreate(c, view.NewTopic{Name: "brolga-console-" + newToken(8), Partitions: -1, ReplicationFactor: -1}, true)
	if err != nil {
		return view.TopicDefaults{}, err
	}
	d := view.TopicDefaults{Brokers: m.online(), Partitions: max(1, made.NumPartitions), ReplicationFactor: max(1, made.ReplicationFactor)}
	inForce := map[string]*string{}
	for _, cfg := range made.Configs {
		inForce[cfg.Name] = cfg.Value
	}
	for _, def := range config.TopicDefs() {
		if def.Internal {
			continue
		}
		doc := docOfDef(def)
		if value, ok := inForce[def.Name]; ok {
			doc.Default = value
		} else if len(inForce) > 0 {
			continue // a config that this cluster does not know
		}
		d.Configs = append(d.Configs, doc)
	}
	slices.SortFunc(d.Configs, func(a, b view.ConfigDoc) int { return cmp.Compare(a.Name, b.Name) })
	return d, nil
}

// cloneTopic makes a topic with the partitions, replicas and own configs of
// another.
func (c *call) cloneTopic(in view.CloneTopic) (view.Done, error) {
	k, err := c.cluster()
	if err != nil {
		return view.Done{}, err
	}
	m, err := k.metadata(c)
	if err != nil {
		return view.Done{}, err
	}
	t, err := m.topic(c.vars("topic"))
	if err != nil {
		return view.Done{}, err
	}
	configs, err := k.describeConfigs(c, kmsg.ConfigResourceTypeTopic, []string{t.name}, nil)
	if err != nil {
		return view.Done{}, err
	}
	own := map[string]string{}
	for _, cfg := range configs[t.name] {
		if cfg.Source == kmsg.ConfigSourceDynamicTopicConfig && cfg.Value != nil {
			own[cfg.Name] = *cfg.Value
		}
	}
	return c.createTopic(view.NewTopic{Name: in.Name, Partitions: int32(len(t.partitions)), ReplicationFactor: int16(t.replicas), Configs: own})
}

// settleTopic waits until a topic is, or is no longer, in what the cluster says.
func (k *cluster) settleTopic(ctx context.Context, name string, there bool) {
	const rounds = 20
	for range rounds {
		k.settle(ctx, k.meta)
		m := k.meta.newest.Load()
		if m == nil || ctx.Err() != nil {
			return
		}
		if t := m.topics[name]; (t != nil && t.problem == nil && t.offline == 0) == there {
			break
		}
	}
	k.settle(ctx, k.ends)
}
