package cli

// featureArgs are the sub-commands and options of kafka-features.
type featureArgs struct {
	*argParser
	describe, upgrade, downgrade, disable, mapping, dependencies *argParser

	server, controller, config, nodeID         *argument
	metadata, release, feature, unsafe, dryRun *argument
	required                                   *argument // the features of feature-dependencies
}

const releaseExample = " For example, 3.9-IV0 will set metadata.version=21 and kraft.version=1. " +
	"Use the version-mapping command to learn which features will be set for any given version."

func newFeatureArgs() *featureArgs {
	p := &featureArgs{
		server: &argument{names: []string{"--bootstrap-server"},
			help: "A comma-separated list of host:port pairs to use for establishing the connection to the Kafka cluster."},
		controller: &argument{names: []string{"--bootstrap-controller"},
			help: "A comma-separated list of host:port pairs to use for establishing the connection to the KRaft quorum."},
		config: &argument{names: []string{"--command-config"}, help: "Property file containing configs to be passed to Admin Client."},
		nodeID: &argument{names: []string{"--node-id"}, javaType: "Integer",
			help: "The node id to which the requests should be sent. If not specified, the requests will be sent to an arbitrary controller/broker."},
		metadata: &argument{names: []string{"--metadata"}},
		release:  &argument{names: []string{"--release-version"}},
		feature:  &argument{names: []string{"--feature"}},
		unsafe:   &argument{names: []string{"--unsafe"}, flag: true},
		dryRun:   &argument{names: []string{"--dry-run"}, flag: true},
		required: &argument{names: []string{"--feature"}, required: true},
	}
	p.describe = p.sub("describe", "Describes the current active feature flags.", p.nodeID)
	p.upgrade = p.sub("upgrade", "Upgrade one or more feature flags.",
		p.metadata.with("DEPRECATED -- The level to which we should upgrade the metadata. For example, 3.3-IV3."),
		p.release.with("The release version to update all features to."+releaseExample),
		p.feature.with("A feature upgrade we should perform, in feature=level format. For example: `metadata.version=5`."),
		p.dryRun.with("Validate this upgrade, but do not perform it."))
	p.downgrade = p.sub("downgrade", "Downgrade one or more feature flags.",
		p.metadata.with("DEPRECATED -- The level to which we should downgrade the metadata. For example, 3.3-IV0."),
		p.release.with("The release version to downgrade all features to."+releaseExample),
		p.feature.with("A feature downgrade we should perform, in feature=level format. For example: `metadata.version=5`."),
		p.unsafe.with("Perform this downgrade even if it may irreversibly destroy metadata."),
		p.dryRun.with("Validate this downgrade, but do not perform it."))
	p.disable = p.sub("disable", "Disable one or more feature flags. This is the same as downgrading the version to zero.",
		p.feature.with("A feature flag to disable."),
		p.unsafe.with("Disable this feature flag even if it may irreversibly destroy metadata."),
		p.dryRun.with("Perform a dry-run of this disable operation."))
	p.mapping = p.sub("version-mapping", "Look up the corresponding features for a given metadata version. "+
		"Using the command with no --release-version  argument will return the mapping for the latest stable metadata version",
		p.release.with("The release version to use for the corresponding feature mapping. The minimum is "+
			metadataVersions()[0].release+"; the default is "+releaseOf(latestMetadataLevel)))
	p.dependencies = p.sub("feature-dependencies", "Look up dependencies for a given feature version. "+
		"If the feature is not known or the version not yet defined, an error is thrown. Multiple features can be specified.",
		p.required.with("The feature and version to look up dependencies for, in feature=version format. For example: `metadata.version=5`."))
	p.argParser = &argParser{prog: "kafka-features", about: "This tool manages feature flags in Kafka.", showDefault: true,
		args: []*argument{p.config}, exclusive: []*argument{p.server, p.controller}, ordered: []*argument{p.server, p.controller, p.config},
		subcommands: []*argParser{p.describe, p.upgrade, p.downgrade, p.disable, p.mapping, p.dependencies}}
	return p
}

func (p *featureArgs) sub(command, about string, args ...*argument) *argParser {
	return &argParser{prog: "kafka-features", command: command, about: about, showDefault: true, args: args}
}

// with is the same option in a sub-command that says something else about it.
func (a *argument) with(help string) *argument {
	b := *a
	b.help = help
	return &b
}

// given finds an option that several sub-commands have, by its name.
func (r *argResult) given(a *argument) []string {
	for _, own := range r.parser.all() {
		if own.names[0] == a.names[0] {
			return r.values[own]
		}
	}
	return nil
}
