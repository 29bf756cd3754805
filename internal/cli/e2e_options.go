package cli

import (
	"fmt"
	"slices"
)

const e2eAbout = "This tool measures end-to-end latency in Kafka by sending messages and timing their reception."

// e2eOptions are the options of kafka-e2e-latency.
type e2eOptions struct {
	parser *optionParser
	set    *optionSet

	bootstrap, topic, records, acks, recordSize         *option
	keySize, headerKeySize, headerSize, headers, config *option
}

func newE2EOptions() *e2eOptions {
	p := newOptionParser()
	o := &e2eOptions{parser: p}
	o.bootstrap = p.accepts("bootstrap-server", "REQUIRED: The Kafka broker list string in the form HOST1:PORT1,HOST2:PORT2.").withRequired("bootstrap-server")
	o.topic = p.accepts("topic", "REQUIRED: The topic to use for the test.").withRequired("topic-name")
	o.records = p.accepts("num-records", "REQUIRED: The number of messages to send.").withRequired("count").ofType("Integer")
	o.acks = p.accepts("producer-acks", "REQUIRED: Producer acknowledgements. Must be '1' or 'all'.").withRequired("producer-acks")
	o.recordSize = p.accepts("record-size", "REQUIRED: The size of each message payload in bytes.").withRequired("bytes").ofType("Integer")
	o.keySize = p.accepts("record-key-size", "Optional: The size of the message key in bytes. If not set, messages are sent without a key.").
		withOptional("bytes").ofType("Integer").defaultsTo("0")
	o.headerKeySize = p.accepts("record-header-key-size", "Optional: The size of the message header key in bytes. Used together with record-header-size.").
		withOptional("bytes").ofType("Integer").defaultsTo("0")
	o.headerSize = p.accepts("record-header-size", "Optional: The size of message header value in bytes. Use -1 for null header value.").
		withOptional("bytes").ofType("Integer").defaultsTo("0")
	o.headers = p.accepts("num-headers", "Optional: The number of headers to include in each message.").
		withOptional("count").ofType("Integer").defaultsTo("0")
	o.config = p.accepts("command-config", "Optional: A property file for Kafka producer/consumer/admin client configuration.").
		withOptional("config-file")
	return o
}

// e2ePlan is what a command line of kafka-e2e-latency asks for.
type e2ePlan struct {
	topic, bootstrap, acks    string
	records, recordSize       int64
	keySize, headers          int64
	headerKeySize, headerSize int64 // a size of -1 is a null value
	props                     clientProps
}

// namedArgs turns the arguments by position of versions up to 4.1 into options.
func namedArgs(env *Env, args []string) ([]string, error) {
	names := []string{"--bootstrap-server", "--topic", "--num-records", "--producer-acks", "--record-size", "--command-config"}
	if len(args) == 0 {
		return args, nil
	}
	for _, arg := range args {
		if slices.Contains(names, arg) || arg == "--help" || arg == "--version" {
			return args, nil
		}
	}
	if len(args) != 5 && len(args) != 6 {
		return nil, terse(fmt.Sprintf("Invalid number of arguments. Expected 5 or 6 positional arguments, but got %d. "+
			"Usage: bootstrap-server topic num-records producer-acks record-size [optional] command-config", len(args)))
	}
	env.outln("WARNING: Positional argument usage is deprecated and will be removed in Apache Kafka 5.0. Please use named arguments instead: " +
		"--bootstrap-server, --topic, --num-records, --producer-acks, --record-size, --command-config")
	var named []string
	for i, arg := range args {
		named = append(named, names[i], arg)
	}
	return named, nil
}

func (o *e2eOptions) plan(env *Env, args []string) (*e2ePlan, error) {
	if err := o.parser.helpOrVersion(env, args, o.set, e2eAbout); err != nil {
		return nil, err
	}
	if err := requireOptions(o.set, o.bootstrap, o.topic, o.records, o.acks, o.recordSize); err != nil {
		return nil, err
	}
	p := &e2ePlan{}
	if err := o.readTexts(p); err != nil {
		return nil, err
	}
	if p.acks != "1" && p.acks != "all" {
		return nil, usage("Invalid value for --producer-acks. Latency testing requires synchronous acknowledgement. Please use '1' or 'all'.")
	}
	for _, n := range []struct {
		opt    *option
		value  *int64
		lowest int64
		must   string
	}{
		{o.records, &p.records, 1, "a positive integer."},
		{o.recordSize, &p.recordSize, 0, "a non-negative integer."},
		{o.keySize, &p.keySize, 0, "a non-negative integer."},
		{o.headerKeySize, &p.headerKeySize, 0, "a non-negative integer."},
		{o.headerSize, &p.headerSize, -1, "a non-negative integer or -1 for null header value."},
		{o.headers, &p.headers, 0, "a non-negative integer."},
	} {
		var err error
		if *n.value, err = o.set.number(n.opt); err != nil {
			return nil, err
		}
		if *n.value < n.lowest {
			return nil, usage("Value for --%s must be %s", n.opt.name, n.must)
		}
	}
	var err error
	p.props, err = fileProps(o.set, o.config)
	return p, err
}

func (o *e2eOptions) readTexts(p *e2ePlan) error {
	for opt, text := range map[*option]*string{o.topic: &p.topic, o.bootstrap: &p.bootstrap, o.acks: &p.acks} {
		var err error
		if *text, err = o.set.value(opt); err != nil {
			return err
		}
	}
	return nil
}
