package cli

import (
	"strconv"
)

const consumerPerfAbout = "This tool is used to verify the consumer performance."

// consumerPerfOptions are the options of kafka-consumer-perf-test.
type consumerPerfOptions struct {
	parser *optionParser
	set    *optionSet

	bootstrap, topic, include, group                  *option
	fetchSize, property, fromLatest, socketBuffer     *option
	consumerConfig, commandConfig, printMetrics       *option
	details, timeout, messages, records               *option
	intervalMs, dateFormat, hideHeader, oldBrokerList *option
}

func newConsumerPerfOptions(env *Env) *consumerPerfOptions {
	p := newOptionParser()
	o := &consumerPerfOptions{parser: p}
	o.bootstrap = p.accepts("bootstrap-server", "REQUIRED: The server(s) to connect to.").withRequired("server to connect to")
	o.topic = p.accepts("topic", "The topic to consume from.").withRequired("topic")
	o.include = p.accepts("include", "Regular expression specifying list of topics to include for consumption.").withRequired("Java regex (String)")
	o.group = p.accepts("group", "The group id to consume on.").withRequired("gid").defaultsTo("perf-consumer-" + strconv.Itoa(env.Random(100_000)))
	o.fetchSize = p.accepts("fetch-size", "The maximum amount of data to fetch from a single partition per request.").
		withRequired("size").ofType("Integer").defaultsTo("1048576")
	o.property = p.accepts("command-property", "Kafka consumer related configuration properties like client.id. "+
		"These configs take precedence over those passed via --command-config or --consumer.config.").withRequired("prop1=val1")
	o.fromLatest = p.accepts("from-latest", "If the consumer does not already have an established offset to consume from, "+
		"start with the latest record present in the log rather than the earliest record.")
	o.socketBuffer = p.accepts("socket-buffer-size", "The size of the tcp RECV size.").withRequired("size").ofType("Integer").defaultsTo("2097152")
	o.consumerConfig = p.accepts("consumer.config", "(DEPRECATED) Consumer config properties file. "+
		"This option will be removed in a future version. Use --command-config instead.").withRequired("config file")
	o.commandConfig = p.accepts("command-config", "Config properties file.").withRequired("config file")
	o.addReports(p)
	// Spellings of other versions: an address, and two that never did anything.
	o.oldBrokerList = p.acceptsOld("broker-list").withRequired("")
	p.acceptsOld("threads").withRequired("")
	p.acceptsOld("num-fetch-threads").withRequired("")
	return o
}

func (o *consumerPerfOptions) addReports(p *optionParser) {
	o.printMetrics = p.accepts("print-metrics", "Print out the metrics.")
	o.details = p.accepts("show-detailed-stats", "If set, stats are reported for each reporting interval as configured by reporting-interval.")
	o.timeout = p.accepts("timeout", "The maximum allowed time in milliseconds between returned records.").
		withOptional("milliseconds").ofType("Long").defaultsTo("10000")
	o.messages = p.accepts("messages", "(DEPRECATED) The number of records to consume. "+
		"This option will be removed in a future version. Use --num-records instead.").withRequired("count").ofType("Long")
	o.records = p.accepts("num-records", "REQUIRED: The number of records to consume.").withRequired("count").ofType("Long")
	o.intervalMs = p.accepts("reporting-interval", "Interval in milliseconds at which to print progress info.").
		withRequired("interval_ms").ofType("Long").defaultsTo("5000")
	o.dateFormat = p.accepts("date-format", "The date format to use for formatting the time field. See java.text.SimpleDateFormat for options.").
		withRequired("date format").defaultsTo("yyyy-MM-dd HH:mm:ss:SSS")
	o.hideHeader = p.accepts("hide-header", "If set, skips printing the header for the stats.")
}

// check finds what is wrong with the combination of options; values are read
// later, after the header is printed.
func (o *consumerPerfOptions) check(env *Env, args []string) error {
	if err := o.parser.helpOrVersion(env, args, o.set, consumerPerfAbout); err != nil {
		return err
	}
	if !o.set.has(o.bootstrap) && o.set.has(o.oldBrokerList) {
		o.bootstrap = o.oldBrokerList
	}
	if err := firstError(
		requireOptions(o.set, o.bootstrap),
		requireOneOf(o.set, o.topic, o.include),
		requireOneOf(o.set, o.messages, o.records),
		refuseOptions(o.set, o.consumerConfig, o.commandConfig),
	); err != nil {
		return err
	}
	if o.set.has(o.messages) {
		env.outln("Warning: --messages is deprecated. Use --num-records instead.")
		o.records = o.messages
	}
	if o.set.has(o.consumerConfig) {
		env.outln("Warning: --consumer.config is deprecated. Use --command-config instead.")
		o.commandConfig = o.consumerConfig
	}
	return nil
}

// props are the consumer's properties. The options that have a default win over
// the file even where they are not given, as in the original.
func (o *consumerPerfOptions) props() (clientProps, error) {
	props, err := fileProps(o.set, o.commandConfig)
	if err != nil {
		return nil, err
	}
	props.merge(parseKeyValues(o.set.all(o.property)))
	for key, opt := range map[string]*option{"bootstrap.servers": o.bootstrap, "group.id": o.group} {
		if props[key], err = o.set.value(opt); err != nil {
			return nil, err
		}
	}
	size, err := o.set.number(o.fetchSize)
	if err != nil {
		return nil, err
	}
	props["max.partition.fetch.bytes"] = strconv.FormatInt(size, 10)
	if size, err = o.set.number(o.socketBuffer); err != nil {
		return nil, err
	}
	if o.set.has(o.socketBuffer) {
		props["receive.buffer.bytes"] = strconv.FormatInt(size, 10)
	}
	props["auto.offset.reset"] = "earliest"
	if o.set.has(o.fromLatest) {
		props["auto.offset.reset"] = "latest"
	}
	props["check.crcs"] = "false"
	props.orDefault("client.id", "perf-consumer-client")
	return props, nil
}

// consumerPerfPlan is what a command line of kafka-consumer-perf-test asks for.
type consumerPerfPlan struct {
	numRecords int64
	timeoutMs  int64
	intervalMs int64
	details    bool
	dates      dateFormat
}

func (o *consumerPerfOptions) plan() (*consumerPerfPlan, error) {
	p := &consumerPerfPlan{details: o.set.has(o.details)}
	var err error
	if p.numRecords, err = o.set.number(o.records); err != nil {
		return nil, err
	}
	if p.timeoutMs, err = o.set.number(o.timeout); err != nil {
		return nil, err
	}
	if p.intervalMs, err = o.set.number(o.intervalMs); err != nil {
		return nil, err
	}
	if p.intervalMs <= 0 {
		return nil, illegalArgument("Reporting interval must be greater than 0.")
	}
	pattern, err := o.set.value(o.dateFormat)
	if err != nil {
		return nil, err
	}
	p.dates, err = parseDateFormat(pattern)
	return p, err
}
