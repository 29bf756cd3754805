package cli

// quorumArgs are the sub-commands and options of kafka-metadata-quorum.
type quorumArgs struct {
	*argParser
	describe, add, remove *argParser

	server, controller, config         *argument
	status, replication, human, dryRun *argument
	controllerID, directoryID          *argument
}

func newQuorumArgs() *quorumArgs {
	p := &quorumArgs{
		server: &argument{names: []string{"--bootstrap-server"},
			help: "A comma-separated list of host:port pairs to use for establishing the connection to the Kafka cluster."},
		controller: &argument{names: []string{"--bootstrap-controller"},
			help: "A comma-separated list of host:port pairs to use for establishing the connection to the Kafka controllers."},
		config: &argument{names: []string{"--command-config"}, help: "Property file containing configs to be passed to Admin Client. " +
			"For add-controller, the file is used to specify the controller properties as well."},
		status: &argument{names: []string{"--status"}, flag: true, help: "A short summary of the quorum status and the other provides " +
			"detailed information about the status of replication."},
		replication:  &argument{names: []string{"--replication"}, flag: true, help: "Detailed information about the status of replication"},
		human:        &argument{names: []string{"--human-readable"}, flag: true, help: "Human-readable output"},
		dryRun:       &argument{names: []string{"--dry-run"}, flag: true, help: "True if we should print what would be done, but not do it."},
		controllerID: &argument{names: []string{"--controller-id", "-i"}, required: true, javaType: "Integer", help: "The id of the controller to remove."},
		directoryID:  &argument{names: []string{"--controller-directory-id", "-d"}, required: true, help: "The directory ID of the controller to remove."},
	}
	p.argParser = &argParser{prog: "kafka-metadata-quorum", about: "This tool describes kraft metadata quorum status.",
		args: []*argument{p.config}, exclusive: []*argument{p.server, p.controller}, needsOne: true,
		ordered: []*argument{p.server, p.controller, p.config}}
	p.describe = p.sub("describe", "Describe the metadata quorum info")
	p.describe.groups = []*argGroup{{title: "Status", args: []*argument{p.status}}, {title: "Replication", args: []*argument{p.replication, p.human}}}
	p.add = p.sub("add-controller", "Add a controller to the KRaft controller cluster", p.dryRun)
	p.remove = p.sub("remove-controller", "Remove a controller from the KRaft controller cluster", p.controllerID, p.directoryID, p.dryRun)
	p.subcommands = []*argParser{p.describe, p.add, p.remove}
	return p
}

func (p *quorumArgs) sub(command, about string, args ...*argument) *argParser {
	return &argParser{prog: p.prog, command: command, about: about, args: args, parent: p.argParser}
}
