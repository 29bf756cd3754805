package cli

import "strings"

// verifiableConsumerArgs are the options of kafka-verifiable-consumer.
type verifiableConsumerArgs struct {
	*argParser

	topic, groupProtocol, remoteAssignor, groupID, instanceID *argument
	maxMessages, sessionTimeout, verbose, autocommit, reset   *argument
	assignment, oldConfig, config, bootstrap                  *argument
}

func newVerifiableConsumerArgs() *verifiableConsumerArgs {
	p := &verifiableConsumerArgs{
		topic: &argument{names: []string{"--topic"}, required: true, help: "Consumes messages from this topic."},
		groupProtocol: &argument{names: []string{"--group-protocol"}, meta: "GROUP-PROTOCOL", def: "classic",
			help: "Group protocol (must be one of CLASSIC, CONSUMER)"},
		remoteAssignor: &argument{names: []string{"--group-remote-assignor"}, meta: "GROUP-REMOTE-ASSIGNOR",
			help: "Group remote assignor; only used if the group protocol is CONSUMER"},
		groupID:    &argument{names: []string{"--group-id"}, meta: "GROUP-ID", required: true, help: "The group id of the consumer group"},
		instanceID: &argument{names: []string{"--group-instance-id"}, meta: "GROUP-INSTANCE-ID", help: "A unique identifier of the consumer instance"},
		maxMessages: &argument{names: []string{"--max-messages"}, meta: "MAX-MESSAGES", javaType: "Integer", def: "-1",
			help: "Consume this many messages. If -1 (the default), the consumer will consume until the process is killed externally"},
		sessionTimeout: &argument{names: []string{"--session-timeout"}, meta: "TIMEOUT-MS", javaType: "Integer",
			help: "Set the consumer's session timeout, note that this configuration is not supported when group protocol is consumer"},
		verbose:    &argument{names: []string{"--verbose"}, flag: true, def: "false", help: "Enable to log individual consumed records"},
		autocommit: &argument{names: []string{"--enable-autocommit"}, flag: true, def: "false", help: "Enable offset auto-commit on consumer"},
		reset: &argument{names: []string{"--reset-policy"}, meta: "RESET-POLICY", def: "earliest",
			help: "Set reset policy (must be either 'earliest', 'latest', or 'none')"},
		assignment: &argument{names: []string{"--assignment-strategy"}, meta: "ASSIGNMENT-STRATEGY", def: "org.apache.kafka.clients.consumer.RangeAssignor",
			help: "Set assignment strategy (e.g. org.apache.kafka.clients.consumer.RoundRobinAssignor); only used if the group protocol is CLASSIC"},
		oldConfig: &argument{names: []string{"--consumer.config"}, meta: "CONFIG-FILE",
			help: "(DEPRECATED) Consumer config properties file. This option will be removed in a future version. Use --command-config instead"},
		config: &argument{names: []string{"--command-config"}, meta: "CONFIG-FILE", help: sharedConfigHelp},
		bootstrap: &argument{names: []string{"--bootstrap-server"}, old: "--broker-list", meta: hostPortMeta, required: true,
			help: "The server(s) to connect to. Comma-separated list of Kafka brokers in the form HOST1:PORT1,HOST2:PORT2,..."},
	}
	p.argParser = &argParser{
		prog: "verifiable-consumer", showDefault: true,
		about: "This tool consumes messages from a specific topic and emits consumer events " +
			"(e.g. group rebalances, received messages, and offsets committed) as JSON objects to STDOUT.",
		args: []*argument{p.topic, p.groupProtocol, p.remoteAssignor, p.groupID, p.instanceID, p.maxMessages, p.sessionTimeout,
			p.verbose, p.autocommit, p.reset, p.assignment, p.oldConfig, p.config},
		titled: &argGroup{title: connectionGroup, about: connectionGroupAbout, args: []*argument{p.bootstrap}},
	}
	return p
}

// verifiableConsumerPlan is what a command line of kafka-verifiable-consumer
// asks for.
type verifiableConsumerPlan struct {
	topic       string
	maxMessages int64 // negative is no end
	verbose     bool
	autocommit  bool
	props       clientProps
}

func (p *verifiableConsumerArgs) plan(env *Env, given *argResult) (*verifiableConsumerPlan, error) {
	plan := &verifiableConsumerPlan{topic: given.value(p.topic), maxMessages: given.number(p.maxMessages),
		verbose: given.has(p.verbose), autocommit: given.has(p.autocommit)}
	props, err := p.configFile(env, given, p.oldConfig, p.config)
	if err != nil {
		return nil, err
	}
	protocol := given.value(p.groupProtocol)
	switch strings.ToUpper(protocol) {
	case "CONSUMER":
		props["group.protocol"] = protocol
		if given.has(p.remoteAssignor) {
			props["group.remote.assignor"] = given.value(p.remoteAssignor)
		}
	case "CLASSIC":
		props["group.protocol"] = protocol
		props["partition.assignment.strategy"] = given.value(p.assignment)
		if given.has(p.sessionTimeout) {
			props["session.timeout.ms"] = given.value(p.sessionTimeout)
		}
	default:
		return nil, illegalArgument("No enum constant org.apache.kafka.clients.consumer.GroupProtocol." + strings.ToUpper(protocol))
	}
	props["group.id"] = given.value(p.groupID)
	if given.has(p.instanceID) {
		props["group.instance.id"] = given.value(p.instanceID)
	}
	props["bootstrap.servers"] = given.value(p.bootstrap)
	props["auto.offset.reset"] = given.value(p.reset)
	props["enable.auto.commit"] = "false"
	if plan.autocommit {
		props["enable.auto.commit"] = "true"
	}
	props.orDefault("client.id", "consumer-"+props["group.id"]+"-1")
	plan.props = props
	return plan, nil
}
