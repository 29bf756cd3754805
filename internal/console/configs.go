package console

import (
	"context"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/brolga-io/brolga/internal/console/view"
)

// describeConfigs asks for configs of several resources of a kind. Without names
// of configs it asks for all of them, with documentation.
func (k *cluster) describeConfigs(ctx context.Context, kind kmsg.ConfigResourceType, resources, names []string) (map[string][]kmsg.DescribeConfigsResponseResourceConfig, error) {
	req := kmsg.NewPtrDescribeConfigsRequest()
	req.IncludeSynonyms, req.IncludeDocumentation = len(names) == 0, len(names) == 0
	for _, name := range resources {
		r := kmsg.NewDescribeConfigsRequestResource()
		r.ResourceType, r.ResourceName, r.ConfigNames = kind, name, names
		req.Resources = append(req.Resources, r)
	}
	all := map[string][]kmsg.DescribeConfigsResponseResourceConfig{}
	for _, shard := range k.client.RequestSharded(ctx, req) {
		if shard.Err != nil {
			return all, shard.Err
		}
		for _, r := range shard.Resp.(*kmsg.DescribeConfigsResponse).Resources {
			if err := brokerFailure(r.ErrorCode, r.ErrorMessage); err != nil {
				if len(resources) == 1 {
					return nil, err
				}
				continue
			}
			all[r.ResourceName] = r.Configs
		}
	}
	return all, nil
}

// resourceConfigs are all configs of one resource, for the page.
func (k *cluster) resourceConfigs(ctx context.Context, kind kmsg.ConfigResourceType, name string) (view.ConfigList, error) {
	all, err := k.describeConfigs(ctx, kind, []string{name}, nil)
	if err != nil {
		return view.ConfigList{}, err
	}
	var list view.ConfigList
	for _, r := range all[name] {
		list.Configs = append(list.Configs, configOf(kind, r))
	}
	slices.SortFunc(list.Configs, func(a, b view.Config) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

func configOf(kind kmsg.ConfigResourceType, r kmsg.DescribeConfigsResponseResourceConfig) view.Config {
	c := view.Config{ConfigDoc: docOf(kind, r.Name), Value: r.Value, Source: sourceName(r.Source)}
	c.Sensitive = r.IsSensitive
	c.ReadOnly = r.ReadOnly
	if c.Sensitive {
		c.Value = nil
	}
	if r.ConfigType != kmsg.ConfigTypeUnknown {
		c.Type = strings.ToLower(r.ConfigType.String())
	}
	if r.Documentation != nil && *r.Documentation != "" {
		c.Doc = *r.Documentation
	}
	for _, s := range r.ConfigSynonyms {
		synonym := view.ConfigSynonym{Name: s.Name, Value: s.Value, Source: sourceName(s.Source)}
		if c.Sensitive {
			synonym.Value = nil
		}
		c.Synonyms = append(c.Synonyms, synonym)
		if s.Source == kmsg.ConfigSourceDefaultConfig && !c.Sensitive {
			c.Default = s.Value
		}
	}
	return c
}

func sourceName(s kmsg.ConfigSource) view.ConfigSource {
	names := map[kmsg.ConfigSource]view.ConfigSource{
		kmsg.ConfigSourceDynamicTopicConfig: "topic", kmsg.ConfigSourceDynamicBrokerConfig: "broker",
		kmsg.ConfigSourceDynamicDefaultBrokerConfig: "cluster", kmsg.ConfigSourceStaticBrokerConfig: "static",
		kmsg.ConfigSourceDefaultConfig: "default", kmsg.ConfigSourceDynamicBrokerLoggerConfig: "logger",
		7: "client-metrics", 8: "group",
	}
	if name, ok := names[s]; ok {
		return name
	}
	return "unknown"
}

// alterConfigs sets and unsets configs of one resource, all or none.
func (k *cluster) alterConfigs(ctx context.Context, kind kmsg.ConfigResourceType, name string, in view.ConfigChange, dryRun bool) error {
	req := kmsg.NewPtrIncrementalAlterConfigsRequest()
	req.ValidateOnly = dryRun
	r := kmsg.NewIncrementalAlterConfigsRequestResource()
	r.ResourceType, r.ResourceName = kind, name
	for _, key := range sortedKeys(in.Set) {
		value := in.Set[key]
		r.Configs = append(r.Configs, kmsg.IncrementalAlterConfigsRequestResourceConfig{Name: key, Op: kmsg.IncrementalAlterConfigOpSet, Value: &value})
	}
	for _, key := range in.Unset {
		r.Configs = append(r.Configs, kmsg.IncrementalAlterConfigsRequestResourceConfig{Name: key, Op: kmsg.IncrementalAlterConfigOpDelete})
	}
	req.Resources = append(req.Resources, r)
	for _, shard := range k.client.RequestSharded(ctx, req) {
		if shard.Err != nil {
			return shard.Err
		}
		for _, r := range shard.Resp.(*kmsg.IncrementalAlterConfigsResponse).Resources {
			if err := brokerFailure(r.ErrorCode, r.ErrorMessage); err != nil {
				return configField(err, in)
			}
		}
	}
	return nil
}

// configField finds the config that a broker's sentence is about.
func configField(err error, in view.ConfigChange) error {
	f, ok := err.(*failure)
	if !ok {
		return err
	}
	for _, key := range append(sortedKeys(in.Set), in.Unset...) {
		if strings.Contains(f.message, key) {
			f.field = "configs." + key
		}
	}
	return f
}

// checkChange refuses a change of nothing, and of one thing in two ways.
func checkChange(in view.ConfigChange) error {
	if len(in.Set)+len(in.Unset) == 0 {
		return invalid("", "Nothing to change.")
	}
	for _, key := range in.Unset {
		if _, both := in.Set[key]; both {
			return invalid("configs."+key, "It cannot be set and unset at once.")
		}
	}
	return nil
}

// alterCommand is the kafka-configs line of a change.
func (k *cluster) alterCommand(in view.ConfigChange, entity ...string) *command {
	line := k.line("kafka-configs", "--alter").add(entity...)
	if len(in.Set) > 0 {
		var pairs []string
		for _, key := range sortedKeys(in.Set) {
			value := in.Set[key]
			if strings.Contains(value, ",") {
				value = "[" + value + "]"
			}
			pairs = append(pairs, key+"="+value)
		}
		line.add("--add-config", strings.Join(pairs, ","))
	}
	if len(in.Unset) > 0 {
		line.add("--delete-config", strings.Join(in.Unset, ","))
	}
	return line
}
