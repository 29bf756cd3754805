package cli

import (
	"errors"
	"strconv"
	"strings"
)

// clusterArgs are the sub-commands and options of kafka-cluster.
type clusterArgs struct {
	*argParser
	clusterID, unregister, listEndpoints, unregisterController, apiVersions *argParser

	server, controller, config, commandConfig, id, controllerID, fenced *argument
}

func newClusterArgs() *clusterArgs {
	p := &clusterArgs{
		server: &argument{names: []string{"--bootstrap-server", "-b"},
			help: "A list of host/port pairs to use for establishing the connection to the Kafka cluster."},
		controller: &argument{names: []string{"--bootstrap-controller", "-C"},
			help: "A list of host/port pairs to use for establishing the connection to the KRaft controllers."},
		config: &argument{names: []string{"--config"},
			help: "(DEPRECATED) A property file containing configurations for the Admin client. " +
				"This option will be removed in a future version. Use --command-config instead."},
		commandConfig: &argument{names: []string{"--command-config", "-c"}, help: "Config properties file for the Admin client."},
		id:            &argument{names: []string{"--id", "-i"}, required: true, javaType: "Integer", help: "The ID of the broker to unregister."},
		fenced: &argument{names: []string{"--include-fenced-brokers"}, flag: true,
			help: "Whether to include fenced brokers when listing broker endpoints"},
	}
	p.controllerID = &argument{names: p.id.names, required: true, javaType: "Integer", help: "The ID of the controller to unregister."}
	p.clusterID = p.sub("cluster-id", "Get information about the ID of a cluster.")
	p.unregister = p.sub("unregister", "Unregister a broker.", p.id)
	p.unregisterController = p.sub("unregister-controller", "Unregister a controller.", p.controllerID)
	p.listEndpoints = p.sub("list-endpoints", "List endpoints", p.fenced)
	p.apiVersions = p.sub("api-versions", "List the API versions that the brokers or the controllers support.")
	p.argParser = &argParser{prog: "kafka-cluster", about: "The Kafka cluster tool.", subcommands: []*argParser{
		p.clusterID, p.unregister, p.listEndpoints, p.unregisterController, p.apiVersions}}
	return p
}

func (p *clusterArgs) sub(command, about string, own ...*argument) *argParser {
	return &argParser{
		prog: "kafka-cluster", command: command, about: about, showDefault: true,
		args:      append([]*argument{p.config, p.commandConfig}, own...),
		exclusive: []*argument{p.server, p.controller}, needsOne: true,
		ordered: append([]*argument{p.server, p.controller, p.config, p.commandConfig}, own...),
	}
}

func (p *clusterArgs) props(env *Env, given *argResult) (clientProps, error) {
	path := given.value(p.commandConfig)
	if given.has(p.config) {
		if given.has(p.commandConfig) {
			return nil, argumentParser("--config and --command-config cannot be specified together.")
		}
		env.outln("Option --config has been deprecated and will be removed in a future version. Use --command-config instead.")
		path = given.value(p.config)
	}
	if path == "" {
		return clientProps{}, nil
	}
	return loadProps(path)
}

// argumentParser is a mistake that a tool of argparse4j finds after parsing and
// reports like any other failure.
func argumentParser(text string) error {
	return &exception{class: "net.sourceforge.argparse4j.inf.ArgumentParserException", text: text}
}

// endArgs prints what a tool that catches everything prints at its end.
func endArgs(env *Env, err error) int {
	var t *terseError
	if errors.As(err, &t) {
		env.errln(err.Error())
		return 1
	}
	return env.fail(err)
}

func parseInt32(text string) (int32, error) {
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return 0, numberFormat(text)
	}
	return int32(n), nil
}

func capital(word string) string { return strings.ToUpper(word[:1]) + word[1:] }
