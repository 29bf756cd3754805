package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// consumerOptions are the options of kafka-console-consumer.
type consumerOptions struct {
	parser *optionParser
	set    *optionSet

	topic, include, whitelist, partition, offset      *option
	consumerProperty, commandProperty, oldConfig      *option
	conf, formatter, property, formatterProperty      *option
	formatterConfig, fromBeginning, maxMessages       *option
	timeoutMs, skipOnError, bootstrap, keyDeserial    *option
	valueDeserial, systestEvents, isolation, groupOpt *option
}

const consumerAbout = "This tool helps to read data from Kafka topics and outputs it to standard output."

const formatterPropertyText = "The properties to initialize the message formatter. Default properties include: \n" +
	" print.timestamp=true|false\n" +
	" print.key=true|false\n" +
	" print.offset=true|false\n" +
	" print.epoch=true|false\n" +
	" print.partition=true|false\n" +
	" print.headers=true|false\n" +
	" print.value=true|false\n" +
	" key.separator=<key.separator>\n" +
	" line.separator=<line.separator>\n" +
	" headers.separator=<headers.separator>\n" +
	" null.literal=<null.literal>\n" +
	" key.deserializer=<key.deserializer>\n" +
	" value.deserializer=<value.deserializer>\n" +
	" header.deserializer=<header.deserializer>\n" +
	"\nUsers can also pass in customized properties for their formatter; more specifically, users can pass in properties keyed with 'key.deserializer.', 'value.deserializer.' and 'headers.deserializer.' prefixes to configure their deserializers."

func newConsumerOptions() *consumerOptions {
	p := newOptionParser()
	o := &consumerOptions{parser: p}
	o.topic = p.accepts("topic", "The topic to consume from.").withRequired("topic")
	o.include = p.accepts("include", "Regular expression specifying list of topics to include for consumption.").withRequired("Java regex (String)")
	o.whitelist = p.acceptsOld("whitelist").withRequired("")
	o.partition = p.accepts("partition", "The partition to consume from. Consumption starts from the end of the partition unless '--offset' is specified.").withRequired("partition").ofType("Integer")
	o.offset = p.accepts("offset", "The offset to consume from (a non-negative number), or 'earliest' which means from beginning, or 'latest' which means from end").withRequired("consume offset").defaultsTo("latest")
	o.consumerProperty = p.accepts("consumer-property", "(DEPRECATED) Consumer config properties in the form key=value. This option will be removed in a future version. Use --command-property instead.").withRequired("consumer_prop")
	o.commandProperty = p.accepts("command-property", "Consumer config properties in the form key=value.").withRequired("consumer_prop")
	o.oldConfig = p.accepts("consumer.config", "(DEPRECATED) Consumer config properties file. Note that [command-property] takes precedence over this config. This option will be removed in a future version. Use --command-config instead.").withRequired("config file")
	o.conf = p.accepts("command-config", "Consumer config properties file. Note that [command-property] takes precedence over this config.").withRequired("config file")
	o.acceptFormatter(p)
	o.acceptReading(p)
	return o
}

func (o *consumerOptions) acceptFormatter(p *optionParser) {
	o.formatter = p.accepts("formatter", "The name of a class to use for formatting kafka messages for display.").withRequired("class").defaultsTo("org.apache.kafka.tools.consumer.DefaultMessageFormatter")
	o.property = p.accepts("property", "(DEPRECATED) "+formatterPropertyText+"\nThis option will be removed in a future version. Use --formatter-property instead.").withRequired("prop")
	o.formatterProperty = p.accepts("formatter-property", formatterPropertyText).withRequired("prop")
	o.formatterConfig = p.accepts("formatter-config", "Config properties file to initialize the message formatter. Note that [formatter-property] takes precedence over this config.").withRequired("config file")
	o.keyDeserial = p.accepts("key-deserializer", "The name of the class to use for deserializing keys.").withRequired("deserializer for keys")
	o.valueDeserial = p.accepts("value-deserializer", "The name of the class to use for deserializing values.").withRequired("deserializer for values")
}

func (o *consumerOptions) acceptReading(p *optionParser) {
	o.fromBeginning = p.accepts("from-beginning", "If the consumer does not already have an established offset to consume from, start with the earliest message present in the log rather than the latest message.")
	o.maxMessages = p.accepts("max-messages", "The maximum number of messages to consume before exiting. If not set, consumption is continual.").withRequired("num_messages").ofType("Integer")
	o.timeoutMs = p.accepts("timeout-ms", "If specified, exit if no message is available for consumption for the specified interval.").withRequired("timeout_ms").ofType("Long")
	o.skipOnError = p.accepts("skip-message-on-error", "If there is an error when processing a message, skip it instead of halt.")
	o.bootstrap = p.accepts("bootstrap-server", "REQUIRED: The server(s) to connect to.").withRequired("server to connect to")
	o.systestEvents = p.accepts("enable-systest-events", "Log lifecycle events of the consumer in addition to logging consumed messages. (This is specific for system tests.)")
	o.isolation = p.accepts("isolation-level", "Set to read_committed in order to filter out transactional messages which are not committed. Set to read_uncommitted to read all messages.").withRequired("").defaultsTo("read_uncommitted")
	o.groupOpt = p.accepts("group", "The consumer group id of the consumer.").withRequired("consumer group id")
}

// check finds the mistakes that the original finds before it reads any file.
func (o *consumerOptions) check(env *Env, args []string) error {
	s := o.set
	if err := o.parser.helpOrVersion(env, args, s, consumerAbout); err != nil {
		return err
	}
	if !s.has(o.include) && s.has(o.whitelist) {
		o.include = o.whitelist
	}
	if err := requireOneOf(s, o.topic, o.include); err != nil {
		return err
	}
	switch {
	case s.has(o.partition) && !s.has(o.topic):
		return usage("The topic is required when partition is specified.")
	case s.has(o.partition) && s.has(o.fromBeginning) && s.has(o.offset):
		return usage("Options from-beginning and offset cannot be specified together.")
	case !s.has(o.partition) && s.has(o.offset):
		return usage("The partition is required when offset is specified.")
	}
	if err := requireOptions(s, o.bootstrap); err != nil {
		return err
	}
	switch {
	case s.has(o.consumerProperty) && s.has(o.commandProperty):
		return usage("Options --consumer-property and --command-property cannot be specified together.")
	case s.has(o.oldConfig) && s.has(o.conf):
		return usage("Options --consumer.config and --command-config cannot be specified together.")
	}
	o.replaceOld(env)
	return nil
}

func (o *consumerOptions) replaceOld(env *Env) {
	if o.set.has(o.consumerProperty) {
		env.outln("Option --consumer-property is deprecated and will be removed in a future version. Use --command-property instead.")
		o.commandProperty = o.consumerProperty
	}
	if o.set.has(o.oldConfig) {
		env.outln("Option --consumer.config is deprecated and will be removed in a future version. Use --command-config instead.")
		o.conf = o.oldConfig
	}
}

// props are the consumer's properties.
func (o *consumerOptions) props(env *Env) (clientProps, error) {
	props, err := fileProps(o.set, o.conf)
	if err != nil {
		return nil, err
	}
	extra := parseKeyValues(o.set.all(o.commandProperty))
	group, err := o.group(props, extra)
	if err != nil {
		return nil, err
	}
	props.merge(extra)
	if err := o.resetPolicy(env, props); err != nil {
		return nil, err
	}
	if props["bootstrap.servers"], err = o.set.value(o.bootstrap); err != nil {
		return nil, err
	}
	props.orDefault("client.id", "console-consumer")
	if err := props.mergeOption("isolation.level", o.set, o.isolation); err != nil {
		return nil, err
	}
	if group == "" {
		// A group that nobody will come back to leaves no offsets behind.
		group = fmt.Sprintf("console-consumer-%d", env.Random(100000))
		props.orDefault("enable.auto.commit", "false")
	}
	props["group.id"] = group
	return props, nil
}

// group is the group id, which must be the same wherever it is given.
func (o *consumerOptions) group(file, extra clientProps) (string, error) {
	var ids []string
	if o.set.has(o.groupOpt) {
		id, err := o.set.value(o.groupOpt)
		if err != nil {
			return "", err
		}
		ids = append(ids, id)
	}
	for _, props := range []clientProps{file, extra} {
		if id, ok := props["group.id"]; ok && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if len(ids) > 1 {
		return "", usage("The group ids provided in different places (directly using '--group', "+
			"via '--consumer-property', or via '--consumer.config') do not match. Detected group ids: '%s'", strings.Join(ids, "', '"))
	}
	if len(ids) == 1 && o.set.has(o.partition) {
		return "", usage("Options group and partition cannot be specified together.")
	}
	return strings.Join(ids, ""), nil
}

func (o *consumerOptions) resetPolicy(env *Env, props clientProps) error {
	policy, set := props["auto.offset.reset"]
	switch {
	case set && o.set.has(o.fromBeginning) && policy != "earliest":
		env.errln("Can't simultaneously specify --from-beginning and 'auto.offset.reset=" + policy + "', please remove one option")
		return &exitError{1}
	case set:
	case o.set.has(o.fromBeginning):
		props["auto.offset.reset"] = "earliest"
	default:
		props["auto.offset.reset"] = "latest"
	}
	return nil
}

// startOffset is where --partition begins: an offset, or latestOffset or
// earliestOffset.
func (o *consumerOptions) startOffset() (int64, error) {
	if !o.set.has(o.offset) {
		if o.set.has(o.fromBeginning) {
			return earliestOffset, nil
		}
		return latestOffset, nil
	}
	text, err := o.set.value(o.offset)
	if err != nil {
		return 0, err
	}
	switch strings.ToLower(text) {
	case "earliest":
		return earliestOffset, nil
	case "latest":
		return latestOffset, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, usage("The provided offset value '%s' is incorrect. Valid values are 'earliest', 'latest', or a non-negative long.", text)
	}
	return n, nil
}

// formatterProps are the formatter's properties; the deserializer options are
// weaker than properties of the same name.
func (o *consumerOptions) formatterProps(env *Env) (clientProps, error) {
	if o.set.has(o.formatterProperty) && o.set.has(o.property) {
		return nil, usage("Options --property and --formatter-property cannot be specified together.")
	}
	if o.set.has(o.property) {
		env.outln("Option --property is deprecated and will be removed in a future version. Use --formatter-property instead.")
		o.formatterProperty = o.property
	}
	props, err := fileProps(o.set, o.formatterConfig)
	if err != nil {
		return nil, err
	}
	for key, opt := range map[string]*option{"key.deserializer": o.keyDeserial, "value.deserializer": o.valueDeserial} {
		class, err := o.set.value(opt)
		if err != nil {
			return nil, err
		}
		if class != "" {
			props[key] = class
		}
	}
	return props.merge(parseKeyValues(o.set.all(o.formatterProperty))), nil
}
