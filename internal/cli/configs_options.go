package cli

import (
	"slices"
	"strings"

	"github.com/brolga-io/brolga/internal/config"
)

// The entity types of kafka-configs, in the order of its messages.
const (
	entityTopics        = "topics"
	entityClients       = "clients"
	entityUsers         = "users"
	entityBrokers       = "brokers"
	entityIPs           = "ips"
	entityClientMetrics = "client-metrics"
	entityGroups        = "groups"
	entityLoggers       = "broker-loggers"
)

func entityTypes() []string {
	return []string{entityTopics, entityClients, entityUsers, entityBrokers, entityIPs, entityClientMetrics, entityGroups, entityLoggers}
}

// configsOptions are the options of kafka-configs.
type configsOptions struct {
	parser *optionParser
	set    *optionSet

	bootstrap, controller, commandConfig  *option
	alter, describe, all                  *option
	entityType, entityName, entityDefault *option
	add, addFile, remove                  *option
	shortcuts, defaults                   []entityFlag
}

// entityFlag is an option that stands for an entity type with a name or, among
// the defaults, with its default entity.
type entityFlag struct {
	option     *option
	entityType string
}

func newConfigsOptions() *configsOptions {
	p := newOptionParser()
	o := &configsOptions{parser: p}
	o.bootstrap = p.accepts("bootstrap-server", "The Kafka servers to connect to.").withRequired("server to connect to")
	o.controller = p.accepts("bootstrap-controller", "The Kafka controllers to connect to.").withRequired("controller to connect to")
	o.commandConfig = p.accepts("command-config", "Property file containing configs to be passed to Admin Client. "+
		"This is used only with --bootstrap-server option for describing and altering broker configs.").withRequired("command config property file")
	o.alter = p.accepts("alter", "Alter the configuration for the entity.")
	o.describe = p.accepts("describe", "List configs for the given entity.")
	o.all = p.accepts("all", "List all configs for the given entity, including static configs if available.")
	o.entityType = p.accepts("entity-type", "Type of entity (topics/clients/users/brokers/broker-loggers/ips/client-metrics/groups)").withRequired("")
	o.entityName = p.accepts("entity-name", "Name of entity (topic name/client id/user principal name/broker id/ip/client metrics/group id)").withRequired("")
	o.entityDefault = p.accepts("entity-default", "Default entity name for clients/users/brokers/ips (applies to corresponding entity type)")
	o.add = p.accepts("add-config", "Key Value pairs of configs to add. Square brackets can be used to group values which contain commas: "+
		"'k1=v1,k2=[v1,v2,v2],k3=v3'. The following is a list of valid configurations: "+knownConfigs()).withRequired("")
	o.addFile = p.accepts("add-config-file", "Path to a properties file with configs to add. See add-config for a list of valid configurations.").withRequired("")
	o.remove = p.accepts("delete-config", "config keys to remove 'k1,k2'").withRequired("")
	p.acceptsOld("force")
	o.acceptShortcuts(p)
	return o
}

func (o *configsOptions) acceptShortcuts(p *optionParser) {
	named := func(name, desc, entityType string) {
		o.shortcuts = append(o.shortcuts, entityFlag{p.accepts(name, desc).withRequired(""), entityType})
	}
	byDefault := func(name, desc, entityType string) {
		o.defaults = append(o.defaults, entityFlag{p.accepts(name, desc), entityType})
	}
	named("topic", "The topic's name.", entityTopics)
	named("client", "The client's ID.", entityClients)
	named("user", "The user's principal name.", entityUsers)
	named("broker", "The broker's ID.", entityBrokers)
	named("broker-logger", "The broker's ID for its logger config.", entityLoggers)
	named("ip", "The IP address.", entityIPs)
	named("client-metrics", "The client metrics config resource name.", entityClientMetrics)
	named("group", "The group's ID.", entityGroups)
	byDefault("client-defaults", "The config defaults for all clients.", entityClients)
	byDefault("user-defaults", "The config defaults for all users.", entityUsers)
	byDefault("broker-defaults", "The config defaults for all brokers.", entityBrokers)
	byDefault("ip-defaults", "The config defaults for all IPs.", entityIPs)
}

// givenTypes are the entity types given, by name or by shortcut.
func (o *configsOptions) givenTypes() []string {
	types := slices.Clone(o.set.all(o.entityType))
	for _, f := range slices.Concat(o.shortcuts, o.defaults) {
		if o.set.has(f.option) {
			types = append(types, f.entityType)
		}
	}
	return types
}

// givenNames are the entities given, in the order of their types; empty means the
// default entity.
func (o *configsOptions) givenNames() ([]string, error) {
	var names []string
	given := o.set.all(o.entityName)
	for _, occurrence := range o.set.order {
		switch occurrence {
		case o.entityName:
			names = append(names, given[0])
			given = given[1:]
		case o.entityDefault:
			names = append(names, "")
		}
	}
	for _, f := range o.shortcuts {
		if o.set.has(f.option) {
			name, err := o.set.value(f.option)
			if err != nil {
				return nil, err
			}
			names = append(names, name)
		}
	}
	for _, f := range o.defaults {
		if o.set.has(f.option) {
			names = append(names, "")
		}
	}
	return names, nil
}

// knownConfigs is the part of the help that lists what can be set.
func knownConfigs() string {
	var broker, group, metrics []string
	for _, d := range config.BrokerDefs() {
		if !d.Own && !d.Internal && d.Update != config.ReadOnly {
			broker = append(broker, d.Name)
		}
	}
	for _, d := range config.GroupDefs() {
		group = append(group, d.Name)
	}
	for _, d := range config.ClientMetricsDefs() {
		metrics = append(metrics, d.Name)
	}
	section := func(entityType string, names []string) string {
		slices.Sort(names)
		text := "For entity-type '" + entityType + "': \n"
		for _, name := range names {
			text += "\t" + name + "\n"
		}
		return text
	}
	return "For entity-type 'topics': \n" + topicConfigNames() + "\n" + section(entityBrokers, broker) +
		section(entityUsers, append(scramNames(), clientQuotas()...)) + section(entityClients, clientQuotas()) +
		section(entityIPs, ipQuotas()) + section(entityClientMetrics, metrics) + section(entityGroups, group) +
		"Entity types 'users' and 'clients' may be specified together to update config for clients of a specific user."
}

func scramNames() []string { return []string{"SCRAM-SHA-256", "SCRAM-SHA-512"} }

func clientQuotas() []string {
	return []string{"consumer_byte_rate", "controller_mutation_rate", "producer_byte_rate", "request_percentage"}
}

func ipQuotas() []string { return []string{"connection_creation_rate"} }

// singular is a type without its last letter, as the messages have it.
func singular(entityType string) string { return strings.TrimSuffix(entityType, "s") }
