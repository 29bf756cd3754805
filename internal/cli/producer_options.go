package cli

// producerOptions are the options of kafka-console-producer.
type producerOptions struct {
	parser *optionParser
	set    *optionSet

	topic, bootstrap, brokerList, sync, compression    *option
	batchSize, retries, retryBackoff, linger, acks     *option
	requestTimeout, metadataExpiry, maxBlock, memory   *option
	partitionMemory, lineReader, socketBuffer          *option
	property, readerProperty, readerConfig             *option
	producerProperty, commandProperty, oldConfig, conf *option
}

const producerAbout = "This tool helps to read data from standard input and publish it to Kafka."

func newProducerOptions() *producerOptions {
	p := newOptionParser()
	o := &producerOptions{parser: p}
	o.topic = p.accepts("topic", "REQUIRED: The topic name to produce messages to.").withRequired("topic")
	o.bootstrap = p.accepts("bootstrap-server", "REQUIRED: The server(s) to connect to. The broker list string in the form HOST1:PORT1,HOST2:PORT2.").withRequired("server to connect to")
	o.brokerList = p.acceptsOld("broker-list").withRequired("")
	o.sync = p.accepts("sync", "If set message send requests to the brokers are synchronously, one at a time as they arrive.")
	o.compression = p.accepts("compression-codec", "The compression codec: either 'none', 'gzip', 'snappy', 'lz4', or 'zstd'.If specified without value, then it defaults to 'gzip'").withOptional("compression-codec")
	o.acceptBatching(p)
	o.acceptLimits(p)
	o.acceptReader(p)
	o.acceptConfig(p)
	return o
}

func (o *producerOptions) acceptBatching(p *optionParser) {
	o.batchSize = p.accepts("batch-size", "The buffer size in bytes allocated for a partition. When records are received which are smaller than this size the producer "+
		"will attempt to optimistically group them together until this size is reached. This is the option to control batch.size in producer configs. "+
		"Please note that this option will be replaced if max-partition-memory-bytes is also set.").withRequired("size").ofType("Integer").defaultsTo("16384")
	o.retries = p.accepts("message-send-max-retries", "Brokers can fail receiving the message for multiple reasons, and being unavailable transiently is just one of them. "+
		"This property specifies the number of retries before the producer give up and drop this message. This is the option to control `retries` in producer configs.").withRequired("").ofType("Integer").defaultsTo("3")
	o.retryBackoff = p.accepts("retry-backoff-ms", "Before each retry, the producer refreshes the metadata of relevant topics. "+
		"Since leader election takes a bit of time, this property specifies the amount of time that the producer waits before refreshing the metadata. "+
		"This is the option to control `retry.backoff.ms` in producer configs.").withRequired("").ofType("Long").defaultsTo("100")
	o.linger = p.accepts("timeout", "If set and the producer is running in asynchronous mode, this gives the maximum amount of time a message will queue awaiting sufficient batch size. "+
		"The value is given in ms. This is the option to control `linger.ms` in producer configs.").withRequired("timeout_ms").ofType("Long").defaultsTo("1000")
	o.acks = p.accepts("request-required-acks", "The required `acks` of the producer requests").withRequired("request required acks").defaultsTo("-1")
}

func (o *producerOptions) acceptLimits(p *optionParser) {
	o.requestTimeout = p.accepts("request-timeout-ms", "The ack timeout of the producer requests. Value must be non-negative and non-zero.").withRequired("request timeout ms").ofType("Integer").defaultsTo("1500")
	o.metadataExpiry = p.accepts("metadata-expiry-ms", "The period of time in milliseconds after which we force a refresh of metadata even if we haven't seen any leadership changes. "+
		"This is the option to control `metadata.max.age.ms` in producer configs.").withRequired("metadata expiration interval").ofType("Long").defaultsTo("300000")
	o.maxBlock = p.accepts("max-block-ms", "The max time that the producer will block for during a send request.").withRequired("max block on send").ofType("Long").defaultsTo("60000")
	o.memory = p.accepts("max-memory-bytes", "The total memory used by the producer to buffer records waiting to be sent to the server. "+
		"This is the option to control `buffer.memory` in producer configs.").withRequired("total memory in bytes").ofType("Long").defaultsTo("33554432")
	o.partitionMemory = p.accepts("max-partition-memory-bytes", "(Deprecated) The buffer size in bytes allocated for a partition. "+
		"When records are received which are smaller than this size the producer will attempt to optimistically group them together until this size is reached. "+
		"This is the option to control batch.size in producer configs. This option will be removed in Apache Kafka 5.0. Use --batch-size instead.").withRequired("memory in bytes per partition").ofType("Integer").defaultsTo("16384")
	o.socketBuffer = p.accepts("socket-buffer-size", "The size of the tcp RECV size. This is the option to control `send.buffer.bytes` in producer configs.").withRequired("size").ofType("Integer").defaultsTo("102400")
}

const readerPropertyText = "A mechanism to pass user-defined properties in the form key=value to the message reader. This allows custom configuration for a user-defined message reader." +
	"\nDefault properties include:" +
	"\n parse.key=false" +
	"\n parse.headers=false" +
	"\n ignore.error=false" +
	"\n key.separator=\\t" +
	"\n headers.delimiter=\\t" +
	"\n headers.separator=," +
	"\n headers.key.separator=:" +
	"\n null.marker=   When set, any fields (key, value and headers) equal to this will be replaced by null" +
	"\nDefault parsing pattern when:" +
	"\n parse.headers=true and parse.key=true:" +
	"\n  \"h1:v1,h2:v2...\\tkey\\tvalue\"" +
	"\n parse.key=true:" +
	"\n  \"key\\tvalue\"" +
	"\n parse.headers=true:" +
	"\n  \"h1:v1,h2:v2...\\tvalue\""

func (o *producerOptions) acceptReader(p *optionParser) {
	o.lineReader = p.accepts("line-reader", "The class name of the class to use for reading lines from standard in. By default each line is read as a separate message.").
		withRequired("reader_class").defaultsTo("org.apache.kafka.tools.LineMessageReader")
	o.property = p.accepts("property", "(DEPRECATED) "+readerPropertyText+"\n This option will be removed in a future version. Use --reader-property instead.").withRequired("prop")
	o.readerProperty = p.accepts("reader-property", readerPropertyText).withRequired("prop")
	o.readerConfig = p.accepts("reader-config", "Config properties file for the message reader. Note that [reader-property] takes precedence over this config.").withRequired("config file")
}

func (o *producerOptions) acceptConfig(p *optionParser) {
	o.producerProperty = p.accepts("producer-property", "(DEPRECATED) Producer config properties in the form key=value. This option will be removed in a future version. Use --command-property instead.").withRequired("producer_prop")
	o.commandProperty = p.accepts("command-property", "Producer config properties in the form key=value.").withRequired("producer_prop")
	o.oldConfig = p.accepts("producer.config", "(DEPRECATED) Producer config properties file. Note that [command-property] takes precedence over this config. This option will be removed in a future version. Use --command-config instead.").withRequired("config file")
	o.conf = p.accepts("command-config", "Producer config properties file. Note that [command-property] takes precedence over this config.").withRequired("config file")
}

// check finds the mistakes that the original finds, and replaces the new
// spellings by the old ones where those were used.
func (o *producerOptions) check(env *Env, args []string) error {
	s := o.set
	if err := o.parser.helpOrVersion(env, args, s, producerAbout); err != nil {
		return err
	}
	if err := requireOptions(s, o.topic); err != nil {
		return err
	}
	switch {
	case s.has(o.conf) && s.has(o.oldConfig):
		return usage("Options --command-config and --producer.config cannot be specified together.")
	case s.has(o.commandProperty) && s.has(o.producerProperty):
		return usage("Options --command-property and --producer-property cannot be specified together.")
	case s.has(o.readerProperty) && s.has(o.property):
		return usage("Options --reader-property and --property cannot be specified together.")
	}
	o.replaceOld(env)
	if !s.has(o.bootstrap) && s.has(o.brokerList) {
		o.bootstrap = o.brokerList
	}
	bootstrap, err := s.value(o.bootstrap)
	if err != nil {
		return err
	}
	return validateBootstrap(bootstrap)
}

func (o *producerOptions) replaceOld(env *Env) {
	s := o.set
	if s.has(o.producerProperty) {
		env.outln("Warning: --producer-property is deprecated and will be removed in a future version. Use --command-property instead.")
		o.commandProperty = o.producerProperty
	}
	if s.has(o.oldConfig) {
		env.outln("Warning: --producer.config is deprecated and will be removed in a future version. Use --command-config instead.")
		o.conf = o.oldConfig
	}
	if s.has(o.property) {
		env.outln("Warning: --property is deprecated and will be removed in a future version. Use --reader-property instead.")
		o.readerProperty = o.property
	}
	if s.has(o.partitionMemory) {
		env.outln("Warning: --max-partition-memory-bytes is deprecated and will be removed in Apache Kafka 5.0. Use --batch-size instead.")
	}
}

// props are the producer's properties: an option that was given, else the
// properties, else the option's default.
func (o *producerOptions) props() (clientProps, error) {
	props, err := fileProps(o.set, o.conf)
	if err != nil {
		return nil, err
	}
	props.merge(parseKeyValues(o.set.all(o.commandProperty)))
	if props["bootstrap.servers"], err = o.set.value(o.bootstrap); err != nil {
		return nil, err
	}
	props["compression.type"] = o.codec()
	props.orDefault("client.id", "console-producer")
	for _, merge := range []struct {
		key    string
		option *option
	}{
		{"linger.ms", o.linger}, {"acks", o.acks}, {"request.timeout.ms", o.requestTimeout},
		{"retries", o.retries}, {"retry.backoff.ms", o.retryBackoff}, {"send.buffer.bytes", o.socketBuffer},
		{"buffer.memory", o.memory}, {"batch.size", o.batchSize}, {"batch.size", o.partitionMemory},
		{"metadata.max.age.ms", o.metadataExpiry}, {"max.block.ms", o.maxBlock},
	} {
		if err := props.mergeOption(merge.key, o.set, merge.option); err != nil {
			return nil, err
		}
	}
	return props, nil
}

// codec is "none" without the option and "gzip" with it but without a value.
func (o *producerOptions) codec() string {
	switch values := o.set.all(o.compression); {
	case !o.set.has(o.compression):
		return "none"
	case len(values) == 0 || values[0] == "":
		return "gzip"
	default:
		return values[0]
	}
}

func (o *producerOptions) readerProps() (clientProps, error) {
	props, err := fileProps(o.set, o.readerConfig)
	if err != nil {
		return nil, err
	}
	return props.merge(parseKeyValues(o.set.all(o.readerProperty))), nil
}
