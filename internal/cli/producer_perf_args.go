package cli

// producerPerfArgs are the options of kafka-producer-perf-test.
type producerPerfArgs struct {
	*argParser

	bootstrap, topic, numRecords, delimiter, throughput  *argument
	oldProps, properties, oldConfig, commandConfig       *argument
	printMetrics, transactionalID, transactionDurationMs *argument
	warmupRecords, reportingIntervalMs                   *argument
	recordSize, payloadFile, payloadMonotonic            *argument
}

func newProducerPerfArgs() *producerPerfArgs {
	p := &producerPerfArgs{
		bootstrap: &argument{names: []string{"--bootstrap-server"}, meta: "BOOTSTRAP-SERVER",
			help: "The server(s) to connect to. This config takes precedence over bootstrap.servers specified via --command-property or --command-config."},
		topic:      &argument{names: []string{"--topic"}, required: true, help: "Produce records to this topic."},
		numRecords: &argument{names: []string{"--num-records"}, required: true, meta: "NUM-RECORDS", javaType: "Long", help: "Number of records to produce."},
		delimiter: &argument{names: []string{"--payload-delimiter"}, meta: "PAYLOAD-DELIMITER", def: `\n`,
			help: "Provides the delimiter to be used when --payload-file is provided. Defaults to new line. " +
				"Note that this parameter will be ignored if --payload-file is not provided."},
		throughput: &argument{names: []string{"--throughput"}, required: true, javaType: "Double",
			help: "Throttle maximum record throughput to *approximately* THROUGHPUT records/sec. Set this to -1 to disable throttling."},
		printMetrics: &argument{names: []string{"--print-metrics"}, flag: true, def: "false", help: "Print out metrics at the end of the test."},
		warmupRecords: &argument{names: []string{"--warmup-records"}, meta: "WARMUP-RECORDS", javaType: "Long", def: "0",
			help: "The number of records to treat as warmup. These initial records will not be included in steady-state statistics. " +
				"An additional summary line will be printed describing the steady-state statistics."},
		reportingIntervalMs: &argument{names: []string{"--reporting-interval"}, meta: "INTERVAL-MS", javaType: "Long", def: "5000",
			help: "Interval in milliseconds at which to print progress info."},
	}
	p.addProperties()
	p.addTransactions()
	p.addPayload()
	p.argParser = &argParser{
		prog: "kafka-producer-perf-test", showDefault: true,
		about: "This tool is used to verify the producer performance. To enable transactions, " +
			"you can specify a transactional id or set a transaction duration using --transaction-duration-ms. " +
			"There are three ways to specify the transactional id: set transactional.id=<id> via --command-property, " +
			"set transactional.id=<id> in the config file via --command-config, or use --transactional-id <id>.",
		args: []*argument{p.bootstrap, p.topic, p.numRecords, p.delimiter, p.throughput, p.oldProps, p.properties, p.oldConfig,
			p.commandConfig, p.printMetrics, p.transactionalID, p.transactionDurationMs, p.warmupRecords, p.reportingIntervalMs},
		exclusive: []*argument{p.recordSize, p.payloadFile, p.payloadMonotonic}, needsOne: true,
		oneAbout: "Note that you must provide exactly one of --record-size, --payload-file or --payload-monotonic.",
	}
	return p
}

func (p *producerPerfArgs) addProperties() {
	const pair, file = "PROP-NAME=PROP-VALUE", "CONFIG-FILE"
	p.oldProps = &argument{names: []string{"--producer-props"}, many: true, meta: pair,
		help: "(DEPRECATED) Kafka producer related configuration properties like client.id. " +
			"These configs take precedence over those passed via --command-config or --producer.config. " +
			"This option will be removed in a future version. Use --command-property instead. Example: --command-property linger.ms=10 batch.size=32768"}
	p.properties = &argument{names: []string{"--command-property"}, many: true, meta: pair,
		help: "Kafka producer related configuration properties like client.id. " +
			"These configs take precedence over those passed via --command-config or --producer.config. Example: --command-property linger.ms=10 batch.size=32768"}
	p.oldConfig = &argument{names: []string{"--producer.config"}, meta: file,
		help: "(DEPRECATED) Producer config properties file. This option will be removed in a future version. Use --command-config instead."}
	p.commandConfig = &argument{names: []string{"--command-config"}, meta: file, help: "Producer config properties file."}
}

func (p *producerPerfArgs) addTransactions() {
	p.transactionalID = &argument{names: []string{"--transactional-id"}, meta: "TRANSACTIONAL-ID",
		help: "The transactional id to use. This config takes precedence over the transactional.id " +
			"specified via --command-property or --command-config. Note that if the transactional id " +
			"is not specified while --transaction-duration-ms is provided, the default value for the " +
			"transactional id will be performance-producer- followed by a random uuid."}
	p.transactionDurationMs = &argument{names: []string{"--transaction-duration-ms"}, meta: "TRANSACTION-DURATION", javaType: "Long",
		help: "The maximum duration of each transaction. The commitTransaction will be called after this time has elapsed. " +
			"The value should be greater than 0. If the transactional id is specified via --command-property, " +
			"--command-config or --transactional-id but --transaction-duration-ms is not specified, " +
			"the default value will be 3000."}
}

func (p *producerPerfArgs) addPayload() {
	p.recordSize = &argument{names: []string{"--record-size"}, meta: "RECORD-SIZE", javaType: "Integer",
		help: "Record size in bytes. Note that you must provide exactly one of --record-size, --payload-file or --payload-monotonic."}
	p.payloadFile = &argument{names: []string{"--payload-file"}, meta: "PAYLOAD-FILE",
		help: "File to read the record payloads from. This works only for UTF-8 encoded text files. " +
			"Payloads will be read from this file and a payload will be randomly selected when sending records. " +
			"Note that you must provide exactly one of --record-size, --payload-file or --payload-monotonic."}
	p.payloadMonotonic = &argument{names: []string{"--payload-monotonic"}, flag: true, meta: "PAYLOAD-MONOTONIC", def: "false",
		help: "Payload is a monotonically increasing integer. Note that you must provide exactly one of --record-size, " +
			"--payload-file or --payload-monotonic."}
}
