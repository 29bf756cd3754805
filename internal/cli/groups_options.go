package cli

// groupsOptions are the options of kafka-consumer-groups.
type groupsOptions struct {
	parser *optionParser
	set    *optionSet

	bootstrap, commandConfig, timeoutMs       *option
	list, describe, delete, reset             *option
	deleteOffsets, validateRegex              *option
	group, allGroups, topic, allTopics        *option
	dryRun, execute, export                   *option
	toOffset, fromFile, toDatetime            *option
	byDuration, toEarliest, toLatest          *option
	toCurrent, shiftBy                        *option
	members, verbose, offsets, state, typeOpt *option
}

func newGroupsOptions() *groupsOptions {
	p := newOptionParser()
	o := &groupsOptions{parser: p}
	o.bootstrap = p.accepts("bootstrap-server", "The server(s) to connect to. REQUIRED for all options except for --validate-regex.").withRequired("server to connect to")
	o.commandConfig = p.accepts("command-config", "Property file containing configs to be passed to Admin Client and Consumer.").withRequired("command config property file")
	o.timeoutMs = p.accepts("timeout", "The timeout that can be set for some use cases. For example, it can be used when describing the group "+
		"to specify the maximum amount of time in milliseconds to wait before the group stabilizes (when the group is just created, "+
		"or is going through some changes).").withRequired("timeout (ms)").ofType("Long").defaultsTo("30000")
	o.acceptActions(p)
	o.acceptScope(p)
	o.acceptReset(p)
	o.acceptDetail(p)
	return o
}

func (o *groupsOptions) acceptActions(p *optionParser) {
	o.list = p.accepts("list", "List all consumer groups.")
	o.describe = p.accepts("describe", "Describe consumer group and list offset lag (number of messages not yet processed) related to given group.")
	o.delete = p.accepts("delete", "Pass in groups to delete topic partition offsets and ownership information over the entire consumer group. For instance --group g1 --group g2")
	o.reset = p.accepts("reset-offsets", "Reset offsets of consumer group. Supports one consumer group at the time, and instances should be inactive\n"+
		"Has 2 execution options: --dry-run (the default) to plan which offsets to reset, and --execute to update the offsets. "+
		"Additionally, the --export option is used to export the results to a CSV format.\n"+
		"You must choose one of the following reset specifications: --to-datetime, --by-duration, --to-earliest, "+
		"--to-latest, --shift-by, --from-file, --to-current, --to-offset.\n"+
		"To define the scope use --all-topics or --topic. One scope must be specified unless you use '--from-file'.")
	o.deleteOffsets = p.accepts("delete-offsets", "Delete offsets of consumer group. Supports one consumer group at the time, and multiple topics.")
	o.validateRegex = p.accepts("validate-regex", "Validate that the syntax of the provided regular expression is valid according to the RE2 format.").withRequired("regex")
}

func (o *groupsOptions) acceptScope(p *optionParser) {
	o.group = p.accepts("group", "The consumer group we wish to act on.").withRequired("consumer group")
	o.allGroups = p.accepts("all-groups", "Apply to all consumer groups.")
	o.topic = p.accepts("topic", "The topic whose consumer group information should be deleted or topic whose should be included in the reset offset process. "+
		"In `reset-offsets` case, partitions can be specified using this format: `topic1:0,1,2`, where 0,1,2 are the partition to be included in the process. "+
		"Reset-offsets also supports multiple topic inputs.").withRequired("topic")
	o.allTopics = p.accepts("all-topics", "Consider all topics assigned to a group in the `reset-offsets` process.")
}

func (o *groupsOptions) acceptReset(p *optionParser) {
	o.dryRun = p.accepts("dry-run", "Only show results without executing changes on Consumer Groups. Supported operations: reset-offsets.")
	o.execute = p.accepts("execute", "Execute operation. Supported operations: reset-offsets.")
	o.export = p.accepts("export", "Export operation execution to a CSV file. Supported operations: reset-offsets.")
	o.toOffset = p.accepts("to-offset", "Reset offsets to a specific offset.").withRequired("offset").ofType("Long")
	o.fromFile = p.accepts("from-file", "Reset offsets to values defined in CSV file.").withRequired("path to CSV file")
	o.toDatetime = p.accepts("to-datetime", "Reset offsets to offset from datetime. Format: 'YYYY-MM-DDThh:mm:ss.sss'").withRequired("datetime")
	o.byDuration = p.accepts("by-duration", "Reset offsets to offset by duration from current timestamp. Format: 'PnDTnHnMnS'").withRequired("duration")
	o.toEarliest = p.accepts("to-earliest", "Reset offsets to earliest offset.")
	o.toLatest = p.accepts("to-latest", "Reset offsets to latest offset.")
	o.toCurrent = p.accepts("to-current", "Reset offsets to current offset.")
	o.shiftBy = p.accepts("shift-by", "Reset offsets shifting current offset by 'n', where 'n' can be positive or negative.").withRequired("number-of-offsets").ofType("Long")
}

func (o *groupsOptions) acceptDetail(p *optionParser) {
	o.members = p.accepts("members", "Describe members of the group. This option may be used with '--describe' and '--bootstrap-server' options only.\n"+
		"Example: --bootstrap-server localhost:9092 --describe --group group1 --members").availableIf(o.describe)
	o.verbose = p.accepts("verbose", "Provide additional information, if any, when describing the group. This option may be used "+
		"with '--offsets'/'--members'/'--state' and '--bootstrap-server' options only.\nExample: --bootstrap-server localhost:9092 --describe --group group1 --members --verbose").availableIf(o.describe)
	o.offsets = p.accepts("offsets", "Describe the group and list all topic partitions in the group along with their offset lag. "+
		"This is the default sub-action of and may be used with '--describe' and '--bootstrap-server' options only.\n"+
		"Example: --bootstrap-server localhost:9092 --describe --group group1 --offsets").availableIf(o.describe)
	o.state = p.accepts("state", "When specified with '--describe', includes the state of the group.\n"+
		"Example: --bootstrap-server localhost:9092 --describe --group group1 --state\n"+
		"When specified with '--list', it displays the state of all groups. It can also be used to list groups with specific states.\n"+
		"Example: --bootstrap-server localhost:9092 --list --state stable,empty\n"+
		"This option may be used with '--describe', '--list' and '--bootstrap-server' options only.").withOptional("").availableIf(o.describe, o.list)
	o.typeOpt = p.accepts("type", "When specified with '--list', it displays the types of all the groups. It can also be used to list groups with specific types.\n"+
		"Example: --bootstrap-server localhost:9092 --list --type classic,consumer\n"+
		"This option may be used with the '--list' option only.").withOptional("").availableIf(o.list)
}

const groupsAbout = "This tool helps to list all consumer groups, describe a consumer group, delete consumer group info, or reset consumer group offsets."

// check finds the mistakes that the original finds, in its order.
func (o *groupsOptions) check(env *Env, args []string) error {
	if err := o.parser.helpOrVersion(env, args, o.set, groupsAbout); err != nil {
		return err
	}
	if !o.set.has(o.validateRegex) {
		if err := requireOptions(o.set, o.bootstrap); err != nil {
			return err
		}
	}
	err := firstError(o.checkDescribe(), o.checkDelete(), o.checkReset(env),
		refuseOptions(o.set, o.group, o.allGroups),
		refuseOptions(o.set, o.group, o.list),
		refuseOptions(o.set, o.topic, o.list, o.describe))
	if err != nil {
		return err
	}
	if countGiven(o.set, o.list, o.describe, o.delete, o.reset, o.deleteOffsets, o.validateRegex) != 1 {
		return usage("Command must include exactly one action: --list, --describe, --delete, --reset-offsets, --delete-offsets, --validate-regex")
	}
	return nil
}

func (o *groupsOptions) checkDescribe() error {
	s := o.set
	if !s.has(o.describe) {
		return nil
	}
	if !s.has(o.group) && !s.has(o.allGroups) {
		return usage("Option %s takes one of these options: %s, %s", o.describe, o.group, o.allGroups)
	}
	if countGiven(s, o.members, o.offsets, o.state) > 1 {
		return usage("Option %s takes at most one of these options: %s", o.describe, joinOptions([]*option{o.members, o.offsets, o.state}))
	}
	if len(s.all(o.state)) > 0 {
		return usage("Option %s does not take a value for %s", o.describe, o.state)
	}
	return nil
}

func (o *groupsOptions) checkDelete() error {
	s := o.set
	if s.has(o.delete) {
		if !s.has(o.group) && !s.has(o.allGroups) {
			return usage("Option %s takes one of these options: %s, %s", o.delete, o.group, o.allGroups)
		}
		if s.has(o.topic) {
			return usage("The consumer does not support topic-specific offset deletion from a consumer group.")
		}
	}
	if s.has(o.deleteOffsets) && (!s.has(o.group) || !s.has(o.topic)) {
		return usage("Option %s takes the following options: %s, %s", o.deleteOffsets, o.group, o.topic)
	}
	return nil
}

func (o *groupsOptions) checkReset(env *Env) error {
	s := o.set
	if !s.has(o.reset) {
		return nil
	}
	if s.has(o.dryRun) && s.has(o.execute) {
		return usage("Option %s only accepts one of %s and %s", o.reset, o.execute, o.dryRun)
	}
	if !s.has(o.dryRun) && !s.has(o.execute) {
		env.errln("WARN: No action will be performed as the --execute option is missing. " +
			"In version 5.0, this command will require either --dry-run or --execute to be specified. " +
			"You should add the --dry-run option explicitly if you are scripting this command and want to " +
			"keep the current default behavior without prompting.")
	}
	if !s.has(o.group) && !s.has(o.allGroups) {
		return usage("Option %s takes one of these options: %s, %s", o.reset, o.group, o.allGroups)
	}
	scenarios := o.scenarios()
	for _, scenario := range []*option{o.toOffset, o.toDatetime, o.byDuration, o.toEarliest, o.toLatest, o.toCurrent, o.shiftBy, o.fromFile} {
		if err := refuseOptions(s, scenario, scenarios...); err != nil {
			return err
		}
	}
	return nil
}

// scenarios are the ways to choose new offsets, in the order of the original's
// message about them.
func (o *groupsOptions) scenarios() []*option {
	return []*option{o.toLatest, o.byDuration, o.toDatetime, o.fromFile, o.shiftBy, o.toOffset, o.toEarliest, o.toCurrent}
}
