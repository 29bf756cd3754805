package cli

import (
	"slices"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// alterEntity carries out --alter.
func (t *configsTool) alterEntity() error {
	changes, err := t.changes()
	if err != nil {
		return err
	}
	switch t.types[0] {
	case entityUsers, entityClients:
		err = t.alterUsersOrClients(changes)
	case entityIPs:
		err = t.alterIPs(changes)
	case entityLoggers:
		err = t.alterLoggers(changes)
	default:
		err = t.alterResource(changes)
	}
	if err != nil {
		return err
	}
	if name := t.names[0]; name != "" {
		t.env.outln("Completed updating config for " + singular(t.types[0]) + " " + name + ".")
	} else {
		t.env.outln("Completed updating default config for " + t.types[0] + " in the cluster.")
	}
	return nil
}

// resourceType is the number that the protocol gives an entity type.
func resourceType(entityType string) kmsg.ConfigResourceType {
	switch entityType {
	case entityTopics:
		return kmsg.ConfigResourceTypeTopic
	case entityBrokers:
		return kmsg.ConfigResourceTypeBroker
	case entityLoggers:
		return kmsg.ConfigResourceTypeBrokerLogger
	case entityClientMetrics:
		return kmsg.ConfigResourceTypeClientMetrics
	default:
		return kmsg.ConfigResourceTypeGroupConfig
	}
}

// alterResource changes what one resource has of its own: first what goes, then
// what comes.
func (t *configsTool) alterResource(changes *configChanges) error {
	req := kmsg.NewPtrIncrementalAlterConfigsRequest()
	resource := kmsg.NewIncrementalAlterConfigsRequestResource()
	resource.ResourceType, resource.ResourceName = resourceType(t.types[0]), t.names[0]
	for _, key := range changes.remove {
		c := kmsg.NewIncrementalAlterConfigsRequestResourceConfig()
		c.Name, c.Op = key, kmsg.IncrementalAlterConfigOpDelete
		resource.Configs = append(resource.Configs, c)
	}
	for _, key := range changes.keys() {
		c := kmsg.NewIncrementalAlterConfigsRequestResourceConfig()
		c.Name, c.Op, c.Value = key, kmsg.IncrementalAlterConfigOpSet, kmsg.StringPtr(changes.set[key])
		resource.Configs = append(resource.Configs, c)
	}
	req.Resources = append(req.Resources, resource)
	a := t.admin
	if t.quorum != nil {
		var err error
		if a, err = t.quorum.active(); err != nil {
			return err
		}
	}
	resp, err := call[*kmsg.IncrementalAlterConfigsResponse](a, "incrementalAlterConfigs", req)
	switch {
	case unsupported(err):
		return unsupportedVersion("The INCREMENTAL_ALTER_CONFIGS API is not supported by the cluster. The API is supported starting from version 2.3.0." +
			" You may want to use an older version of this tool to interact with your cluster, or upgrade your brokers to version 2.3.0 or newer to avoid this error.")
	case err != nil:
		return executionFailed(err)
	}
	for _, r := range resp.Resources {
		if err := brokerError(r.ErrorCode, r.ErrorMessage); err != nil {
			return executionFailed(err)
		}
	}
	return nil
}

// alterLoggers refuses names that are no loggers of the broker.
func (t *configsTool) alterLoggers(changes *configChanges) error {
	entries, err := t.resourceConfig(entityLoggers, t.names[0], false)
	if err != nil {
		return err
	}
	var unknown []string
	for _, name := range slices.Concat(changes.remove, changes.keys()) {
		if !slices.ContainsFunc(entries, func(e kmsg.DescribeConfigsResponseResourceConfig) bool { return e.Name == name }) {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		return invalidConfiguration("Invalid broker logger(s): " + strings.Join(unknown, ","))
	}
	return t.alterResource(changes)
}

func invalidConfiguration(text string) error {
	return &exception{class: errorsPackage + "InvalidConfigurationException", text: text}
}

// alterUsersOrClients changes quotas of users, clients or both, or the SCRAM
// credentials of a user.
func (t *configsTool) alterUsersOrClients(changes *configChanges) error {
	quotas := slices.ContainsFunc(slices.Concat(changes.remove, changes.keys()), isClientQuota)
	scramSet := keep(changes.keys(), isSCRAM)
	scramRemove := keep(changes.remove, isSCRAM)
	oddSet := keep(changes.keys(), func(k string) bool { return !isSCRAM(k) && !isClientQuota(k) })
	oddRemove := keep(changes.remove, func(k string) bool { return !isSCRAM(k) && !isClientQuota(k) })
	if t.types[0] == entityClients || len(t.types) == 2 {
		switch {
		case len(oddSet)+len(scramSet) > 0:
			return illegalArgument("Only quota configs can be added for 'clients' using --bootstrap-server. Unexpected config names: " +
				scalaList("Set", oddSet, scramSet))
		case len(oddRemove)+len(scramRemove) > 0:
			return illegalArgument("Only quota configs can be deleted for 'clients' using --bootstrap-server. Unexpected config names: " +
				scalaList("ArrayBuffer", oddRemove, scramRemove))
		}
		return t.alterQuotas(changes)
	}
	switch {
	case len(oddSet) > 0:
		return illegalArgument("Only quota and SCRAM credential configs can be added for 'users' using --bootstrap-server. Unexpected config names: " +
			scalaList("Set", oddSet))
	case len(oddRemove) > 0:
		return illegalArgument("Only quota and SCRAM credential configs can be deleted for 'users' using --bootstrap-server. Unexpected config names: " +
			scalaList("ArrayBuffer", oddRemove))
	case len(scramSet)+len(scramRemove) == 0:
		return t.alterQuotas(changes)
	case slices.Contains(t.names, ""):
		return illegalArgument("The use of --entity-default or --user-defaults is not allowed with User SCRAM Credentials using --bootstrap-server.")
	case quotas:
		return illegalArgument("Cannot alter both quota and SCRAM credential configs simultaneously for 'users' using --bootstrap-server.")
	}
	return t.alterSCRAM(t.names[0], scramSet, scramRemove, changes.set)
}

func (t *configsTool) alterIPs(changes *configChanges) error {
	odd := keep(slices.Concat(changes.keys(), changes.remove), func(k string) bool { return !slices.Contains(ipQuotas(), k) })
	if len(odd) > 0 {
		return illegalArgument("Only connection quota configs can be added for 'ips' using --bootstrap-server. Unexpected config names: " + strings.Join(odd, ","))
	}
	return t.alterQuotas(changes)
}

func isClientQuota(key string) bool { return slices.Contains(clientQuotas(), key) }

func isSCRAM(key string) bool { return slices.Contains(scramNames(), key) }

func keep(keys []string, wanted func(string) bool) []string {
	return slices.DeleteFunc(slices.Clone(keys), func(k string) bool { return !wanted(k) })
}

// scalaList is how the original prints the collections it found names in.
func scalaList(kind string, lists ...[]string) string {
	return kind + "(" + strings.Join(slices.Concat(lists...), ", ") + ")"
}

// parseQuota reads a quota as Java reads a double.
func parseQuota(key, text string) (float64, error) {
	value, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil {
		return 0, illegalArgument("Cannot parse quota configuration value for " + key + ": " + text)
	}
	return value, nil
}
