package cli

// storageArgs are the sub-commands of kafka-storage and their options.
type storageArgs struct {
	*argParser
	info, format, mapping, dependencies, randomUUID *argParser

	config, clusterID, scram, ignoreFormatted, release, feature *argument
	standalone, noControllers, controllers                      *argument
	mappingRelease, dependency                                  *argument
}

func newStorageArgs() *storageArgs {
	s := &storageArgs{}
	s.config = &argument{names: []string{"--config", "-c"}, required: true, help: "The Kafka configuration file to use."}
	s.info = s.sub("info", "Get information about the Kafka log directories on this node.", s.config)
	s.format = s.formatArgs()
	s.mappingRelease = &argument{names: []string{"--release-version", "-r"}, help: "The release version to use for the corresponding feature mapping. The minimum is 3.3-IV3; the default is " + releaseOf(latestMetadataLevel)}
	s.mapping = s.sub("version-mapping", "Look up the corresponding features for a given metadata version. Using the command with no --release-version  argument will return the mapping for the latest stable metadata version", s.mappingRelease)
	s.dependency = &argument{names: []string{"--feature", "-f"}, required: true,
		help: "The features and their versions to look up dependencies for, in feature=version format. For example: `metadata.version=5`."}
	s.dependencies = s.sub("feature-dependencies", "Look up dependencies for a given feature version. If the feature is not known or the version not yet defined, an error is thrown. Multiple features can be specified.", s.dependency)
	s.randomUUID = s.sub("random-uuid", "Print a random UUID.")
	s.argParser = &argParser{prog: "kafka-storage", about: "The Kafka storage tool.",
		subcommands: []*argParser{s.info, s.format, s.mapping, s.dependencies, s.randomUUID}}
	return s
}

func (s *storageArgs) sub(command, about string, args ...*argument) *argParser {
	return &argParser{prog: "kafka-storage", command: command, about: about, args: args}
}

func (s *storageArgs) formatArgs() *argParser {
	s.clusterID = &argument{names: []string{"--cluster-id", "-t"}, required: true, help: "The cluster ID to use."}
	s.scram = &argument{names: []string{"--add-scram", "-S"},
		help: "A SCRAM_CREDENTIAL to add to the __cluster_metadata log e.g.\n'SCRAM-SHA-256=[name=alice,password=alice-secret]'\n'SCRAM-SHA-512=[name=alice,iterations=8192,salt=\"N3E=\",saltedpassword=\"YCE=\"]'"}
	s.ignoreFormatted = &argument{names: []string{"--ignore-formatted", "-g"}, flag: true, help: "When this option is passed, the format command will skip over already formatted directories rather than failing."}
	s.release = &argument{names: []string{"--release-version", "-r"}, help: "The release version to use for the initial feature settings. The minimum is 3.3-IV3; the default is " + releaseOf(latestMetadataLevel) +
		". Note: formatted directories are not forward-compatible — the broker version must be greater than or equal to the kafka-storage tool that formatted the directory, regardless of this setting."}
	s.feature = &argument{names: []string{"--feature", "-f"}, help: "The setting to use for a specific feature, in feature=level format. For example: `kraft.version=1`."}
	s.standalone = &argument{names: []string{"--standalone", "-s"}, flag: true, help: "Used to initialize a controller as a single-node dynamic quorum. When setting this flag, the controller.quorum.voters config must not be set, and controller.quorum.bootstrap.servers is set instead."}
	s.noControllers = &argument{names: []string{"--no-initial-controllers", "-N"}, flag: true, help: "Used to initialize a server without specifying a dynamic quorum. When setting this flag, the controller.quorum.voters config should not be set, and controller.quorum.bootstrap.servers is set instead."}
	s.controllers = &argument{names: []string{"--initial-controllers", "-I"}, help: "Used to initialize a server with the specified dynamic quorum. The argument is a comma-separated list of id@hostname:port:directory. The same values must be used to format all nodes. For example:\n" +
		"0@example.com:8082:JEXY6aqzQY-32P5TStzaFg,1@example.com:8083:MvDxzVmcRsaTz33bUuRU6A,2@example.com:8084:07R5amHmR32VDA6jHkGbTA\n. When setting this flag, the controller.quorum.voters config must not be set, and controller.quorum.bootstrap.servers is set instead."}
	p := s.sub("format", "Format the Kafka log directories on this node.", s.config, s.clusterID, s.scram, s.ignoreFormatted, s.release, s.feature)
	p.exclusive = []*argument{s.standalone, s.noControllers, s.controllers}
	return p
}

// runStorage is kafka-storage.
func runStorage(env *Env, args []string) int {
	if len(args) == 1 && args[0] == "--version" {
		env.outln(Version)
		return 0
	}
	s := newStorageArgs()
	r, err := s.parse(args)
	if err != nil {
		return s.stop(env, err)
	}
	code := 0
	switch r.parser {
	case s.info:
		code, err = storageInfo(env, r.value(s.config))
	case s.format:
		err = s.runFormat(env, r)
	case s.mapping:
		err = printVersionMapping(env, r.value(s.mappingRelease))
	case s.dependencies:
		err = printDependencies(env, r.values[s.dependency])
	case s.randomUUID:
		env.outln(newUUID().String())
	}
	if err != nil {
		env.errln(err.Error())
		return 1
	}
	return code
}
