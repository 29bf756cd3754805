package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// describeEntities carries out --describe.
func (t *configsTool) describeEntities() error {
	switch t.types[0] {
	case entityUsers, entityClients:
		return t.describeUsersOrClients()
	case entityIPs:
		return t.describeQuotas()
	}
	entityType := t.types[0]
	entities := t.names
	if len(entities) > 0 {
		entities = entities[:1]
		if exists, err := t.exists(entityType, entities[0]); err != nil || !exists {
			return err
		}
	} else {
		var err error
		if entities, err = t.allEntities(entityType); err != nil {
			return executionFailed(err)
		}
	}
	for _, entity := range entities {
		if err := t.describeEntity(entityType, entity); err != nil {
			return err
		}
	}
	return nil
}

// exists tells whether there is such an entity, and says so where there is not.
// With --all nobody looks.
func (t *configsTool) exists(entityType, name string) (bool, error) {
	if t.set.has(t.all) {
		return true, nil
	}
	if entityType == entityTopics {
		if err := validateTopicName(name); err != nil {
			return false, err
		}
	}
	if (entityType == entityBrokers || entityType == entityLoggers) && name == "" {
		return true, nil
	}
	names, err := t.allEntities(entityType)
	if err != nil {
		return false, executionFailed(err)
	}
	if slices.Contains(names, name) {
		return true, nil
	}
	t.env.outln("The " + singular(entityType) + " '" + name + "' doesn't exist and doesn't have dynamic config.")
	return false, nil
}

// allEntities lists the entities of a type by name; for brokers the default one
// is the last.
func (t *configsTool) allEntities(entityType string) ([]string, error) {
	switch entityType {
	case entityTopics:
		if err := t.forBrokersOnly(); err != nil {
			return nil, err
		}
		return t.admin.topicNames()
	case entityBrokers, entityLoggers:
		cluster, err := t.nodes()
		if err != nil {
			return nil, err
		}
		var ids []string
		for _, id := range cluster.ids() {
			ids = append(ids, fmt.Sprint(id))
		}
		return append(ids, ""), nil
	case entityClientMetrics:
		return t.configResources(kmsg.ConfigResourceTypeClientMetrics)
	}
	names, err := t.configResources(kmsg.ConfigResourceTypeGroupConfig)
	if err != nil && !unsupported(err) {
		return nil, err
	}
	groups, err := t.admin.listAllGroups()
	for _, g := range groups {
		names = append(names, g.id)
	}
	slices.Sort(names)
	return slices.Compact(names), err
}

func (t *configsTool) nodes() (*clusterNodes, error) {
	if t.quorum != nil {
		return t.quorum.cluster, nil
	}
	return t.admin.describeCluster(clusterQuestion{})
}

func (t *configsTool) configResources(kind kmsg.ConfigResourceType) ([]string, error) {
	if err := t.forBrokersOnly(); err != nil {
		return nil, err
	}
	req := kmsg.NewPtrListConfigResourcesRequest()
	req.ResourceTypes = []int8{int8(kind)}
	resp, err := call[*kmsg.ListConfigResourcesResponse](t.admin, "listConfigResources", req)
	if err == nil {
		err = brokerError(resp.ErrorCode, nil)
	}
	if err != nil {
		return nil, err
	}
	var names []string
	for _, r := range resp.ConfigResources {
		names = append(names, r.Name)
	}
	slices.Sort(names)
	return names, nil
}

func (t *configsTool) describeEntity(entityType, entity string) error {
	switch {
	case entity == "":
		t.env.outln("Default configs for " + entityType + " in the cluster are:")
	case t.set.has(t.all):
		t.env.outln("All configs for " + singular(entityType) + " " + entity + " are:")
	default:
		t.env.outln("Dynamic configs for " + singular(entityType) + " " + entity + " are:")
	}
	entries, err := t.resourceConfig(entityType, entity, true)
	if err != nil {
		return err
	}
	for _, e := range entries {
		synonyms := make([]string, len(e.ConfigSynonyms))
		for i, s := range e.ConfigSynonyms {
			synonyms[i] = sourceName(s.Source) + ":" + s.Name + "=" + textOrNull(s.Value)
		}
		t.env.outf("  %s=%s sensitive=%t synonyms={%s}\n", e.Name, textOrNull(e.Value), e.IsSensitive, strings.Join(synonyms, ", "))
	}
	return nil
}

func textOrNull(s *string) string {
	if s == nil {
		return "null"
	}
	return *s
}

// resourceConfig returns the settings of a resource by name: its own ones, or
// with --all whatever is in effect. Loggers have no setting that is not their own.
func (t *configsTool) resourceConfig(entityType, entity string, synonyms bool) ([]kmsg.DescribeConfigsResponseResourceConfig, error) {
	a, err := t.nodeOf(entityType, entity)
	if err != nil {
		return nil, err
	}
	req := kmsg.NewPtrDescribeConfigsRequest()
	req.IncludeSynonyms = synonyms
	resource := kmsg.NewDescribeConfigsRequestResource()
	resource.ResourceType, resource.ResourceName = resourceType(entityType), entity
	req.Resources = append(req.Resources, resource)
	resp, err := call[*kmsg.DescribeConfigsResponse](a, "describeConfigs", req)
	if err != nil {
		return nil, executionFailed(err)
	}
	own, isOwn := ownSource(entityType, entity)
	var entries []kmsg.DescribeConfigsResponseResourceConfig
	for _, r := range resp.Resources {
		if err := brokerError(r.ErrorCode, r.ErrorMessage); err != nil {
			return nil, executionFailed(err)
		}
		for _, e := range r.Configs {
			if t.set.has(t.all) || !isOwn || e.Source == own {
				entries = append(entries, e)
			}
		}
	}
	slices.SortFunc(entries, func(a, b kmsg.DescribeConfigsResponseResourceConfig) int { return strings.Compare(a.Name, b.Name) })
	return entries, nil
}

// nodeOf picks the node that knows a resource: with controllers that is the
// controller of a broker's id, otherwise the client library finds it.
func (t *configsTool) nodeOf(entityType, entity string) (*admin, error) {
	if t.quorum == nil {
		return t.admin, nil
	}
	if entityType != entityBrokers && entityType != entityLoggers {
		return nil, executionFailed(t.forBrokersOnly())
	}
	if entity == "" {
		return t.quorum.active()
	}
	id, err := parseInt32(entity)
	if err != nil {
		return nil, err
	}
	return t.quorum.node(id)
}

// ownSource is the source of a setting that belongs to the resource itself.
func ownSource(entityType, entity string) (kmsg.ConfigSource, bool) {
	switch entityType {
	case entityTopics:
		return kmsg.ConfigSourceDynamicTopicConfig, true
	case entityBrokers:
		if entity == "" {
			return kmsg.ConfigSourceDynamicDefaultBrokerConfig, true
		}
		return kmsg.ConfigSourceDynamicBrokerConfig, true
	case entityClientMetrics:
		return kmsg.ConfigSourceClientMetricsConfig, true
	case entityGroups:
		return kmsg.ConfigSourceGroupConfig, true
	}
	return 0, false
}

// sourceName is the name of a source in Java's enumeration.
func sourceName(source kmsg.ConfigSource) string {
	switch source {
	case kmsg.ConfigSourceDynamicTopicConfig:
		return "DYNAMIC_TOPIC_CONFIG"
	case kmsg.ConfigSourceDynamicBrokerConfig:
		return "DYNAMIC_BROKER_CONFIG"
	case kmsg.ConfigSourceDynamicDefaultBrokerConfig:
		return "DYNAMIC_DEFAULT_BROKER_CONFIG"
	case kmsg.ConfigSourceStaticBrokerConfig:
		return "STATIC_BROKER_CONFIG"
	case kmsg.ConfigSourceDefaultConfig:
		return "DEFAULT_CONFIG"
	case kmsg.ConfigSourceDynamicBrokerLoggerConfig:
		return "DYNAMIC_BROKER_LOGGER_CONFIG"
	case kmsg.ConfigSourceClientMetricsConfig:
		return "DYNAMIC_CLIENT_METRICS_CONFIG"
	case kmsg.ConfigSourceGroupConfig:
		return "DYNAMIC_GROUP_CONFIG"
	}
	return "UNKNOWN"
}
