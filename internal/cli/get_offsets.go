package cli

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

const getOffsetsAbout = "An interactive shell for getting topic-partition offsets."

// getOffsetsOptions are the options of kafka-get-offsets.
type getOffsetsOptions struct {
	parser *optionParser
	set    *optionSet

	bootstrap, brokerList, topicPartitions, topic *option
	partitions, time, commandConfig, noInternal   *option
}

func newGetOffsetsOptions() *getOffsetsOptions {
	p := newOptionParser()
	o := &getOffsetsOptions{parser: p}
	o.bootstrap = p.accepts("bootstrap-server", "REQUIRED. The server(s) to connect to in the form HOST1:PORT1,HOST2:PORT2.").withRequired("HOST1:PORT1,...,HOST3:PORT3")
	o.topicPartitions = p.accepts("topic-partitions", "Comma separated list of topic-partition patterns to get the offsets for, with the format of '"+partitionRule+"'."+
		" The first group is an optional regex for the topic name, if omitted, it matches any topic name."+
		" The section after ':' describes a 'partition' pattern, which can be: a number, a range in the format of 'NUMBER-NUMBER' (lower inclusive, upper exclusive), an inclusive lower bound in the format of 'NUMBER-', an exclusive upper bound in the format of '-NUMBER' or may be omitted to accept all partitions.").
		withRequired("topic1:1,topic2:0-3,topic3,topic4:5-,topic5:-3")
	o.topic = p.accepts("topic", "The topic to get the offsets for. It also accepts a regular expression. If not present, all authorized topics are queried. Cannot be used if --topic-partitions is present.").withRequired("topic")
	o.partitions = p.accepts("partitions", "Comma separated list of partition ids to get the offsets for. If not present, all partitions of the authorized topics are queried. Cannot be used if --topic-partitions is present.").withRequired("partition ids")
	o.time = p.accepts("time", "timestamp of the offsets before that. [Note: No offset is returned, if the timestamp greater than recently committed record timestamp is given.]").
		withRequired("<timestamp> / -1 or latest / -2 or earliest / -3 or max-timestamp / -4 or earliest-local / -5 or latest-tiered / -6 or earliest-pending-upload").defaultsTo("latest")
	o.commandConfig = p.accepts("command-config", "Property file containing configs to be passed to Admin Client.").withRequired("config file")
	o.noInternal = p.accepts("exclude-internal-topics", "By default, internal topics are included. If specified, internal topics are excluded.")
	o.brokerList = p.acceptsOld("broker-list").withRequired("")
	p.acceptsOld("max-wait-ms").withRequired("")
	p.acceptsOld("offsets").withRequired("")
	return o
}

// runGetOffsets is kafka-get-offsets, once kafka.tools.GetOffsetShell.
func runGetOffsets(env *Env, args []string) int {
	o := newGetOffsetsOptions()
	if len(args) == 0 {
		return o.parser.stop(env, usage(getOffsetsAbout))
	}
	bootstrap, err := o.read(env, args)
	if _, wrong := err.(*optionError); wrong {
		env.errln("Error occurred: " + err.Error())
		return 1
	}
	if err != nil {
		return o.parser.stop(env, err)
	}
	if err := o.print(env, bootstrap); err != nil {
		env.errln("Error occurred: " + err.Error())
		var thrown *exception
		if errors.As(err, &thrown) {
			env.errln(exceptionLine(err))
		}
		return 1
	}
	return 0
}

func (o *getOffsetsOptions) read(env *Env, args []string) (bootstrap string, err error) {
	if o.set, err = o.parser.parse(args); err != nil {
		return "", err
	}
	if err := o.parser.helpOrVersion(env, args, o.set, getOffsetsAbout); err != nil {
		return "", err
	}
	server := o.bootstrap
	if !o.set.has(server) && o.set.has(o.brokerList) {
		server = o.brokerList
	}
	if !o.set.has(server) {
		return "", requireOptions(o.set, o.bootstrap)
	}
	if bootstrap, err = o.set.value(server); err != nil {
		return "", err
	}
	return bootstrap, validateBootstrap(bootstrap)
}

func (o *getOffsetsOptions) print(env *Env, bootstrap string) error {
	filter, timestamp, err := o.question()
	if err != nil {
		return err
	}
	props, err := fileProps(o.set, o.commandConfig)
	if err != nil {
		return err
	}
	props["client.id"] = "GetOffsetShell"
	a, err := newAdmin(env, props, bootstrap)
	if err != nil {
		return err
	}
	defer a.Close()
	partitions, err := a.matchingPartitions(filter, o.set.has(o.noInternal))
	if err != nil {
		return executionFailed(err)
	}
	if len(partitions) == 0 {
		return fmt.Errorf("Could not match any topic-partitions with the specified filters")
	}
	offsets, err := a.listOffsets(partitions, timestamp)
	if err != nil {
		return executionFailed(err)
	}
	slices.SortFunc(partitions, func(a, b topicPartition) int { return strings.Compare(a.String(), b.String()) })
	for _, tp := range partitions {
		listed := offsets[tp]
		if listed.err != nil {
			env.errln("Skip getting offsets for topic-partition " + tp.String() + " due to error: " + exceptionLine(listed.err))
		} else if listed.offset >= 0 {
			env.outf("%s:%d:%d\n", tp.topic, tp.partition, listed.offset)
		}
	}
	return nil
}

// question reads which partitions and which time are asked for.
func (o *getOffsetsOptions) question() (partitionFilter, int64, error) {
	if o.set.has(o.topicPartitions) && (o.set.has(o.topic) || o.set.has(o.partitions)) {
		return nil, 0, fmt.Errorf("--topic-partitions cannot be used with --topic or --partitions")
	}
	when, err := o.set.value(o.time)
	if err != nil {
		return nil, 0, err
	}
	timestamp, err := parseOffsetTime(when)
	if err != nil {
		return nil, 0, err
	}
	if o.set.has(o.topicPartitions) {
		rules, err := o.set.value(o.topicPartitions)
		if err != nil {
			return nil, 0, err
		}
		filter, err := parsePartitionRules(rules)
		return filter, timestamp, err
	}
	topic, err := o.set.value(o.topic)
	if err != nil {
		return nil, 0, err
	}
	ids, err := o.set.value(o.partitions)
	if err != nil {
		return nil, 0, err
	}
	filter, err := newPartitionFilter(topic, ids)
	return filter, timestamp, err
}

func parseOffsetTime(text string) (int64, error) {
	switch text {
	case "latest":
		return latestOffset, nil
	case "earliest":
		return earliestOffset, nil
	case "max-timestamp":
		return maxTimestampOffset, nil
	case "earliest-local":
		return earliestLocalOffset, nil
	case "latest-tiered":
		return latestTieredOffset, nil
	case "earliest-pending-upload":
		return earliestPendingUploadOffset, nil
	}
	timestamp, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("Malformed time argument %s. Please use -1 or latest / -2 or earliest / -3 or max-timestamp / "+
			"-4 or earliest-local / -5 or latest-tiered / -6 or earliest-pending-upload, or a specified long format timestamp", text)
	}
	return timestamp, nil
}

func (a *admin) matchingPartitions(filter partitionFilter, noInternal bool) ([]topicPartition, error) {
	resp, err := a.metadata("listTopics", nil)
	if err != nil {
		return nil, err
	}
	var partitions []topicPartition
	for _, topic := range resp.Topics {
		if topic.Topic == nil || noInternal && topic.IsInternal {
			continue
		}
		for _, p := range topic.Partitions {
			if filter(*topic.Topic, p.Partition) {
				partitions = append(partitions, topicPartition{*topic.Topic, p.Partition})
			}
		}
	}
	return partitions, nil
}
