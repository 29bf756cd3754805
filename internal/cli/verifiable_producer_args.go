package cli

import (
	"strconv"
	"time"
)

// verifiableProducerArgs are the options of kafka-verifiable-producer.
type verifiableProducerArgs struct {
	*argParser

	topic, maxMessages, throughput, acks, oldConfig *argument
	createTime, valuePrefix, repeatingKeys, config  *argument
	bootstrap                                       *argument
}

const (
	connectionGroup      = "Connection Group"
	connectionGroupAbout = "Group of arguments for connection to brokers"
	hostPortMeta         = "HOST1:PORT1[,HOST2:PORT2[...]]"
	sharedConfigHelp     = "Config properties file (config options shared with command line parameters will be overridden)."
)

func newVerifiableProducerArgs() *verifiableProducerArgs {
	p := &verifiableProducerArgs{
		topic: &argument{names: []string{"--topic"}, required: true, help: "Produce messages to this topic."},
		maxMessages: &argument{names: []string{"--max-messages"}, meta: "MAX-MESSAGES", javaType: "Integer", def: "-1",
			help: "Produce this many messages. If -1, produce messages until the process is killed externally."},
		throughput: &argument{names: []string{"--throughput"}, javaType: "Integer", def: "-1",
			help: "If set >= 0, throttle maximum message throughput to *approximately* THROUGHPUT messages/sec."},
		acks: &argument{names: []string{"--acks"}, javaType: "Integer", choices: "0,1,-1", def: "-1",
			help: "Acks required on each produced message. See Kafka docs on acks for details."},
		oldConfig: &argument{names: []string{"--producer.config"}, meta: "CONFIG-FILE",
			help: "(DEPRECATED) Producer config properties file. This option will be removed in a future version. Use --command-config instead."},
		createTime: &argument{names: []string{"--message-create-time"}, meta: "CREATE-TIME", javaType: "Long", def: "-1",
			help: "Send messages with creation time starting at the arguments value, in milliseconds since epoch"},
		valuePrefix: &argument{names: []string{"--value-prefix"}, meta: "VALUE-PREFIX", javaType: "Integer",
			help: "If specified, each produced value will have this prefix with a dot separator"},
		repeatingKeys: &argument{names: []string{"--repeating-keys"}, meta: "REPEATING-KEYS", javaType: "Integer",
			help: "If specified, each produced record will have a key starting at 0 increment by 1 up to the number specified (exclusive), then the key is set to 0 again"},
		config: &argument{names: []string{"--command-config"}, meta: "CONFIG-FILE", help: sharedConfigHelp},
		bootstrap: &argument{names: []string{"--bootstrap-server"}, old: "--broker-list", meta: hostPortMeta,
			help: "REQUIRED: The server(s) to connect to. Comma-separated list of Kafka brokers in the form HOST1:PORT1,HOST2:PORT2,..."},
	}
	p.argParser = &argParser{
		prog: "verifiable-producer", showDefault: true,
		about: `This tool produces increasing integers to the specified topic and prints JSON metadata to stdout on each "send" request, ` +
			"making externally visible which messages have been acked and which have not.",
		args:   []*argument{p.topic, p.maxMessages, p.throughput, p.acks, p.oldConfig, p.createTime, p.valuePrefix, p.repeatingKeys, p.config},
		titled: &argGroup{title: connectionGroup, about: connectionGroupAbout, needsOne: true, args: []*argument{p.bootstrap}},
	}
	return p
}

// verifiableProducerPlan is what a command line of kafka-verifiable-producer
// asks for.
type verifiableProducerPlan struct {
	topic         string
	maxMessages   int64 // negative is no end
	perSecond     int64 // negative is no limit
	createTime    time.Time
	prefix        string
	repeatingKeys int64 // 0 is no keys
	props         clientProps
}

func (p *verifiableProducerArgs) plan(env *Env, given *argResult) (*verifiableProducerPlan, error) {
	plan := &verifiableProducerPlan{
		topic: given.value(p.topic), maxMessages: given.number(p.maxMessages),
		perSecond: given.number(p.throughput), repeatingKeys: given.number(p.repeatingKeys),
	}
	if ms := given.number(p.createTime); ms != -1 {
		plan.createTime = time.UnixMilli(ms)
	}
	if given.has(p.valuePrefix) {
		plan.prefix = strconv.FormatInt(given.number(p.valuePrefix), 10) + "."
	}
	file, err := p.configFile(env, given, p.oldConfig, p.config)
	if err != nil {
		return nil, err
	}
	// The file wins, even over the address.
	plan.props = clientProps{"bootstrap.servers": given.value(p.bootstrap), "acks": given.value(p.acks), "retries": "0"}.merge(file)
	plan.props.orDefault("client.id", "producer-1")
	return plan, nil
}

// configFile reads the file of either spelling of an option. A file that cannot
// be read is a mistake of the command line.
func (p *argParser) configFile(env *Env, given *argResult, old, now *argument) (clientProps, error) {
	path := given.value(now)
	if given.has(old) && given.has(now) {
		return nil, p.wrong("Options " + old.String() + " and --command-config are mutually exclusive.")
	}
	if given.has(old) {
		env.outln("Option " + old.String() + " has been deprecated and will be removed in a future version. Use --command-config instead.")
		path = given.value(old)
	}
	if path == "" {
		return clientProps{}, nil
	}
	props, err := loadProps(path)
	if err != nil {
		return nil, p.wrong(err.Error())
	}
	return props, nil
}
