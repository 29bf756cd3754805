package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/brolga-io/brolga/internal/config"
)

// topicsOptions are the options of kafka-topics.
type topicsOptions struct {
	parser *optionParser
	set    *optionSet

	bootstrap, commandConfig                        *option
	list, create, delete, alter, describe           *option
	topic, topicID, config, deleteConfig            *option
	partitions, replicationFactor, assignment       *option
	underReplicated, unavailable                    *option
	underMinISR, atMinISR, overrides                *option
	ifExists, ifNotExists, excludeInternal, perPage *option
}

const configsToolHint = " (To alter topic configurations, the kafka-configs tool can be used.)"

func newTopicsOptions() *topicsOptions {
	p := newOptionParser()
	o := &topicsOptions{parser: p}
	o.bootstrap = p.accepts("bootstrap-server", "REQUIRED: The Kafka server to connect to.").withRequired("server to connect to")
	o.commandConfig = p.accepts("command-config", "Property file containing configs to be passed to Admin Client.").withRequired("command config property file")
	o.list = p.accepts("list", "List all available topics.")
	o.create = p.accepts("create", "Create a new topic.")
	o.delete = p.accepts("delete", "Delete a topic.")
	o.alter = p.accepts("alter", "Alter the number of partitions and replica assignment."+configsToolHint)
	o.describe = p.accepts("describe", "List details for the given topics.")
	o.topic = p.accepts("topic", "The topic to create, alter, describe or delete. It also accepts a regular expression, except for --create option.").withRequired("topic")
	o.topicID = p.accepts("topic-id", "The topic-id to describe.").withRequired("topic-id")
	o.config = p.accepts("config", "A topic configuration override for the topic being created. The following is a list of valid configurations: \n"+
		topicConfigNames()+"\nSee the Kafka documentation for full details on the topic configs. It is supported only in combination with --create."+configsToolHint).withRequired("name=value")
	o.deleteConfig = p.accepts("delete-config", "This option is no longer supported and has been deprecated since 4.0").withRequired("name")
	o.acceptSizes(p)
	o.acceptReports(p)
	p.acceptsOld("disable-rack-aware")
	p.acceptsOld("force")
	return o
}

func (o *topicsOptions) acceptSizes(p *optionParser) {
	o.partitions = p.accepts("partitions", "The number of partitions for the topic being created or altered. If not supplied with --create, the topic uses the cluster default. "+
		"(WARNING: If partitions are increased for a topic that has a key, the partition logic or ordering of the messages will be affected).").withRequired("# of partitions").ofType("Integer")
	o.replicationFactor = p.accepts("replication-factor", "The replication factor for each partition in the topic being created. If not supplied, the topic uses the cluster default.").withRequired("replication factor").ofType("Integer")
	o.assignment = p.accepts("replica-assignment", "A list of manual partition-to-broker assignments for the topic being created or altered.").
		withRequired("broker_id_for_part1_replica1 : broker_id_for_part1_replica2 , broker_id_for_part2_replica1 : broker_id_for_part2_replica2 , ...")
	o.perPage = p.accepts("partition-size-limit-per-response", "The maximum partition size to be included in one DescribeTopicPartitions response.").
		withRequired("maximum number of partitions per response").ofType("Integer")
}

func (o *topicsOptions) acceptReports(p *optionParser) {
	o.underReplicated = p.accepts("under-replicated-partitions", "If set when describing topics, only show under-replicated partitions.")
	o.unavailable = p.accepts("unavailable-partitions", "If set when describing topics, only show partitions whose leader is not available.")
	o.underMinISR = p.accepts("under-min-isr-partitions", "If set when describing topics, only show partitions whose isr count is less than the configured minimum.")
	o.atMinISR = p.accepts("at-min-isr-partitions", "If set when describing topics, only show partitions whose isr count is equal to the configured minimum.")
	o.overrides = p.accepts("topics-with-overrides", "If set when describing topics, only show topics that have overridden configs.")
	o.ifExists = p.accepts("if-exists", "If set when altering or deleting or describing topics, the action will only execute if the topic exists.")
	o.ifNotExists = p.accepts("if-not-exists", "If set when creating topics, the create request will not fail if the topic already exists, but the request will still be sent.")
	o.excludeInternal = p.accepts("exclude-internal", "Exclude internal topics when listing or describing topics. By default, the internal topics are included.")
}

// topicConfigNames lists the topic configurations, one a line, as the help does.
func topicConfigNames() string {
	var names []string
	for _, d := range config.TopicDefs() {
		if !d.Internal || d.Own {
			names = append(names, "\t"+d.Name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, "\n")
}

// check finds the mistakes that the original finds, in its order.
func (o *topicsOptions) check(env *Env, args []string) error {
	if len(args) == 0 {
		return usage("Create, delete, describe, or change a topic.")
	}
	if err := o.parser.helpOrVersion(env, args, o.set, "This tool helps to create, delete, describe, or change a topic."); err != nil {
		return err
	}
	if countGiven(o.set, o.create, o.list, o.alter, o.describe, o.delete) != 1 {
		return usage("Command must include exactly one action: --list, --describe, --create, --alter or --delete")
	}
	if o.set.has(o.deleteConfig) {
		env.errln("delete-config option is no longer supported and deprecated since version 4.0. The config will be fully removed in future releases.")
	}
	if err := o.checkRequired(env); err != nil {
		return err
	}
	return o.checkCombinations()
}

func (o *topicsOptions) checkRequired(env *Env) error {
	s := o.set
	if !s.has(o.bootstrap) {
		return usage("--bootstrap-server must be specified")
	}
	if s.has(o.describe) && s.has(o.ifExists) {
		if !s.has(o.topic) && !s.has(o.topicID) {
			return usage("--topic or --topic-id is required to describe a topic")
		}
		if s.has(o.topic) && s.has(o.topicID) {
			env.outln("Only topic id will be used when both --topic and --topic-id are specified and topicId is not Uuid.ZERO_UUID")
		}
	}
	if !s.has(o.list) && !s.has(o.describe) {
		if err := requireOptions(s, o.topic); err != nil {
			return err
		}
	}
	if !s.has(o.alter) {
		return nil
	}
	if s.has(o.config) {
		return usage("Option combination \"[%s, %s]\" can't be used with option \"%s\"%s", o.bootstrap, o.config, o.alter, configsToolHint)
	}
	return requireOptions(s, o.partitions)
}

func (o *topicsOptions) checkCombinations() error {
	actions := []*option{o.alter, o.create, o.describe, o.list, o.delete}
	only := func(used *option, allowed ...*option) error {
		others := slices.DeleteFunc(slices.Clone(actions), func(a *option) bool { return slices.Contains(allowed, a) })
		return refuseOptions(o.set, used, others...)
	}
	err := firstError(
		only(o.config, o.alter, o.create),
		only(o.partitions, o.alter, o.create),
		only(o.replicationFactor, o.create),
		only(o.assignment, o.alter, o.create))
	if err == nil && o.set.has(o.create) {
		err = refuseOptions(o.set, o.assignment, o.partitions, o.replicationFactor)
	}
	if err != nil {
		return err
	}
	for _, report := range o.reports() {
		if err := firstError(only(report, o.describe), refuseOptions(o.set, report, o.overrides)); err != nil {
			return err
		}
	}
	return firstError(
		only(o.overrides, o.describe),
		refuseOptions(o.set, o.overrides, o.reports()...),
		only(o.ifExists, o.alter, o.delete, o.describe),
		only(o.ifNotExists, o.create),
		only(o.excludeInternal, o.list, o.describe))
}

func (o *topicsOptions) reports() []*option {
	return []*option{o.underReplicated, o.underMinISR, o.atMinISR, o.unavailable}
}

// parseAssignment reads "1:2,2:3": for each partition its replicas.
func parseAssignment(text string) ([][]int32, error) {
	var assignment [][]int32
	for i, partition := range strings.Split(strings.TrimRight(text, ","), ",") {
		var replicas []int32
		var duplicates []string
		for _, word := range strings.Split(partition, ":") {
			word = strings.TrimSpace(word)
			id, err := strconv.ParseInt(word, 10, 32)
			if err != nil {
				return nil, &exception{class: "java.lang.NumberFormatException", text: "For input string: \"" + word + "\""}
			}
			if slices.Contains(replicas, int32(id)) {
				duplicates = append(duplicates, word)
			}
			replicas = append(replicas, int32(id))
		}
		if len(duplicates) > 0 {
			return nil, &exception{class: "org.apache.kafka.tools.AdminCommandFailedException",
				text: "Partition replica lists may not contain duplicate entries: " + strings.Join(slices.Compact(duplicates), ",")}
		}
		if i > 0 && len(replicas) != len(assignment[0]) {
			return nil, &exception{class: "org.apache.kafka.tools.AdminOperationException",
				text: fmt.Sprintf("Partition %d has different replication factor: [%s]", i, joinIDs(replicas, ", "))}
		}
		assignment = append(assignment, replicas)
	}
	return assignment, nil
}

func joinIDs(ids []int32, separator string) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = strconv.Itoa(int(id))
	}
	return strings.Join(words, separator)
}
