package console

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

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

// policies remembers the cleanup policy of topics for a while.
type policies struct {
	mu    sync.Mutex
	known map[string]policy
}

type policy struct {
	value  string
	minISR int
	until  time.Time
}

const (
	policyTime  = 30 * time.Second
	maxPolicies = 20_000
)

// addPolicies tells of each topic of a page whether it is compacted. Where that
// cannot be had in time, the page goes without.
func (k *cluster) addPolicies(ctx context.Context, rows []view.TopicRow) {
	var ask []string
	now := k.now()
	k.policies.mu.Lock()
	for _, r := range rows {
		if p, ok := k.policies.known[r.Name]; !ok || now.After(p.until) {
			ask = append(ask, r.Name)
		}
	}
	k.policies.mu.Unlock()
	if len(ask) > 0 {
		k.learnPolicies(ctx, ask)
	}
	k.policies.mu.Lock()
	defer k.policies.mu.Unlock()
	for i := range rows {
		p := k.policies.known[rows[i].Name]
		rows[i].CleanupPolicy = p.value
		rows[i].Exact = p.value == "delete" && rows[i].Records >= 0
	}
}

func (k *cluster) learnPolicies(ctx context.Context, topics []string) {
	const patience = 2 * time.Second
	asking, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	all, err := k.describeConfigs(asking, kmsg.ConfigResourceTypeTopic, topics, []string{"cleanup.policy", minISRKey})
	if err != nil {
		k.log.Debug("The cleanup policies are not known", "err", err)
	}
	k.policies.mu.Lock()
	defer k.policies.mu.Unlock()
	if k.policies.known == nil || len(k.policies.known) > maxPolicies {
		k.policies.known = map[string]policy{}
	}
	for topic, configs := range all {
		p := policy{until: k.now().Add(policyTime)}
		for _, c := range configs {
			switch {
			case c.Value == nil:
			case c.Name == minISRKey:
				p.minISR, _ = strconv.Atoi(*c.Value) // no number: not known
			default:
				p.value = *c.Value
			}
		}
		k.policies.known[topic] = p
	}
}

const minISRKey = "min.insync.replicas"

// minISR is min.insync.replicas of a topic, 0 where it is not known.
func (k *cluster) minISR(ctx context.Context, topic string) int {
	k.policies.mu.Lock()
	p, ok := k.policies.known[topic]
	k.policies.mu.Unlock()
	if !ok {
		k.learnPolicies(ctx, []string{topic})
		k.policies.mu.Lock()
		p = k.policies.known[topic]
		k.policies.mu.Unlock()
	}
	return p.minISR
}

func (k *cluster) forgetPolicy(topic string) {
	k.policies.mu.Lock()
	defer k.policies.mu.Unlock()
	delete(k.policies.known, topic)
}
