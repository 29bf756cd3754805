package cli

import (
	"slices"
	"strings"
)

const reassignAbout = "This tool helps to move topic partitions between replicas."

// reassignOptions are the options of kafka-reassign-partitions.
type reassignOptions struct {
	parser *optionParser
	set    *optionSet
	action *option

	generate, execute, verify, cancel, list       *option
	bootstrap, controller, commandConfig          *option
	file, topicsFile, brokers, noRacks            *option
	throttle, dirsThrottle, timeout               *option
	additional, preserveThrottles, sameReplicaQty *option
}

func newReassignOptions() *reassignOptions {
	p := newOptionParser()
	o := &reassignOptions{parser: p}
	o.verify = p.accepts("verify", "Verify if the reassignment completed as specified by the --reassignment-json-file option. "+
		"If there is a throttle engaged for the replicas specified, and the rebalance has completed, the throttle will be removed")
	o.generate = p.accepts("generate", "Generate a candidate partition reassignment configuration. "+
		"Note that this only generates a candidate assignment, it does not execute it.")
	o.execute = p.accepts("execute", "Kick off the reassignment as specified by the --reassignment-json-file option.")
	o.cancel = p.accepts("cancel", "Cancel an active reassignment.")
	o.list = p.accepts("list", "List all active partition reassignments.")
	o.bootstrap = p.accepts("bootstrap-server", "the server(s) to use for bootstrapping.").withOptional("Server(s) to use for bootstrapping")
	o.controller = p.accepts("bootstrap-controller", "The controller to use for reassignment. By default, the tool will get the quorum controller. "+
		"This option supports the actions --cancel and --list.").withOptional("bootstrap controller to connect to")
	o.commandConfig = p.accepts("command-config", "Property file containing configs to be passed to Admin Client.").withRequired("Admin client property file")
	o.addFiles(p)
	o.noRacks = p.accepts("disable-rack-aware", "Disable rack aware replica assignment")
	const limit = "will be throttled to this value (bytes/sec). This option can be included with --execute when a reassignment is started, " +
		"and it can be altered by resubmitting the current reassignment along with the --additional flag. The throttle rate should be at least 1 KB/s."
	o.throttle = p.accepts("throttle", "The movement of partitions between brokers "+limit).withRequired("throttle").ofType("Long").defaultsTo("-1")
	o.dirsThrottle = p.accepts("replica-alter-log-dirs-throttle", "The movement of replicas between log directories on the same broker "+limit).
		withRequired("replicaAlterLogDirsThrottle").ofType("Long").defaultsTo("-1")
	o.timeout = p.accepts("timeout", "The maximum time in ms to wait for log directory replica assignment to begin.").
		withRequired("timeout").ofType("Long").defaultsTo("10000")
	o.additional = p.accepts("additional", "Execute this reassignment in addition to any other ongoing ones. "+
		"This option can also be used to change the throttle of an ongoing reassignment.")
	o.preserveThrottles = p.accepts("preserve-throttles", "Do not modify broker or topic throttles.")
	o.sameReplicaQty = p.accepts("disallow-replication-factor-change", "Denies the ability to change a partition's replication factor "+
		"as part of this reassignment through adding validation against it.")
	return o
}

func (o *reassignOptions) addFiles(p *optionParser) {
	o.file = p.accepts("reassignment-json-file", "The JSON file with the partition reassignment configuration"+
		"The format to use is - \n{\"partitions\":\n\t[{\"topic\": \"foo\",\n\t  \"partition\": 1,\n\t  \"replicas\": [1,2,3],\n"+
		"\t  \"log_dirs\": [\"dir1\",\"dir2\",\"dir3\"]  }],\n\"version\":1\n}\n"+
		"Note that \"log_dirs\" is optional. When it is specified, its length must equal the length of the replicas list. "+
		"The value in this list can be either \"any\" or the absolution path of the log directory on the broker. "+
		"If absolute log directory path is specified, the replica will be moved to the specified log directory on the broker.").
		withRequired("manual assignment json file path")
	o.topicsFile = p.accepts("topics-to-move-json-file", "Generate a reassignment configuration to move the partitions of the specified topics "+
		"to the list of brokers specified by the --broker-list option. The format to use is - \n"+
		"{\"topics\":\n\t[{\"topic\": \"foo\"},{\"topic\": \"foo1\"}],\n\"version\":1\n}").withRequired("topics to reassign json file path")
	o.brokers = p.accepts("broker-list", "The list of brokers to which the partitions need to be reassigned in the form \"0,1,2\". "+
		"This is required if --topics-to-move-json-file is used to generate reassignment configuration").withRequired("brokerlist")
}

// check finds the one action and what does not go with it.
func (o *reassignOptions) check(env *Env, args []string) error {
	if err := o.parser.helpOrVersion(env, args, o.set, reassignAbout); err != nil {
		return err
	}
	actions := []*option{o.generate, o.execute, o.verify, o.cancel, o.list}
	if countGiven(o.set, actions...) != 1 {
		return usage("Command must include exactly one action: --generate, --execute, --verify, --cancel, --list")
	}
	o.action = actions[slices.IndexFunc(actions, o.set.has)]
	switch servers, controllers := o.set.has(o.bootstrap), o.set.has(o.controller); {
	case servers && controllers:
		return usage("Please don't specify both --bootstrap-server and --bootstrap-controller")
	case !servers && !controllers:
		return usage("Please specify either --bootstrap-server or --bootstrap-controller")
	}
	required := map[*option][]*option{o.verify: {o.file}, o.generate: {o.topicsFile, o.brokers}, o.execute: {o.file}, o.cancel: {o.file}}[o.action]
	if err := requireOptions(o.set, required...); err != nil {
		return err
	}
	permitted := map[*option][]*option{
		o.verify:   {o.preserveThrottles},
		o.generate: {o.noRacks},
		o.execute:  {o.additional, o.throttle, o.dirsThrottle, o.timeout, o.sameReplicaQty},
		o.cancel:   {o.controller, o.preserveThrottles, o.timeout},
		o.list:     {o.controller},
	}[o.action]
	allowed := slices.Concat(required, permitted, []*option{o.action, o.bootstrap, o.commandConfig})
	for _, given := range o.set.order {
		if !slices.Contains(allowed, given) {
			return usage("Option \"%s\" can't be used with action \"%s\"", given, o.action)
		}
	}
	return nil
}

// readFile returns the text of the file that an option names.
func (o *reassignOptions) readFile(opt *option) (string, error) {
	path, err := o.set.value(opt)
	if err != nil {
		return "", err
	}
	return readText(strings.TrimSpace(path))
}
