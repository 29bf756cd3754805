package controller

import (
	"strings"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// newTopicConfigs checks the configs of a topic to be created and returns their
// records. Of a key that is given twice the last value counts.
func (d *decision) newTopicConfigs(caller Caller, t *wire.CreateTopicsRequestCreatableTopic) ([]wire.Record, *fault) {
	resource := metadata.Resource{Type: metadata.TopicResource, Name: t.Name}
	a := newAlteration(resource, nil)
	var null []string
	for i := range t.Configs {
		if c := &t.Configs[i]; c.Value == nil {
			null = append(null, c.Name)
		} else {
			a.set(c.Name, c.Value)
		}
	}
	if len(null) > 0 {
		return nil, refuse(wire.InvalidConfig, "Null value not supported for topic configs: %s", strings.Join(null, ","))
	}
	if len(a.changes) == 0 {
		return nil, nil
	}
	if f := d.checkAlteration(caller, a); f != nil {
		return nil, f
	}
	return a.records(), nil
}

// describeNewTopic returns all configs that a topic with these overrides has, with
// where each comes from (KIP-525). Ordered by name.
func (d *decision) describeNewTopic(t *wire.CreateTopicsRequestCreatableTopic) []wire.CreateTopicsResponseCreatableTopicConfigs {
	overrides := make(map[string]string, len(t.Configs))
	for i := range t.Configs {
		overrides[t.Configs[i].Name] = *t.Configs[i].Value
	}
	defs := d.topicDefs()
	described := make([]wire.CreateTopicsResponseCreatableTopicConfigs, 0, len(defs))
	for _, def := range defs {
		value, overridden := overrides[def.Name]
		source := config.SourceTopic
		switch {
		case !overridden && def.Internal:
			continue
		case !overridden:
			value, source = d.inherited(def)
		}
		entry := wire.CreateTopicsResponseCreatableTopicConfigs{
			Name: def.Name, ConfigSource: int8(source), IsSensitive: def.Sensitive(),
		}
		if !def.Sensitive() {
			entry.Value = &value
		}
		described = append(described, entry)
	}
	return described
}

// topicDefs returns the topic keys. They are asked for once in the life of a
// machine: the copy that config gives out is not free.
func (m *machine) topicDefs() []config.Def {
	if m.topicKeys == nil {
		m.topicKeys = config.TopicDefs()
	}
	return m.topicKeys
}

// inherited returns the value that a topic has without setting it, and where it is
// from: dynamic for this node, dynamic for all, the file, built in. At each level
// the nearest key that stands in for the topic's counts.
func (d *decision) inherited(def config.Def) (string, config.Source) {
	node := d.image.Config(metadata.BrokerResource, brokerName(d.NodeID))
	cluster := d.image.Config(metadata.BrokerResource, "")
	for _, level := range []struct {
		lookup func(key string) (string, bool)
		source config.Source
	}{
		{func(key string) (string, bool) { v, ok := node[key]; return v, ok }, config.SourceDynamicBroker},
		{func(key string) (string, bool) { v, ok := cluster[key]; return v, ok }, config.SourceDynamicDefaultBroker},
		{d.fromFile, config.SourceStaticBroker},
	} {
		for _, key := range def.Synonyms {
			if _, ok := level.lookup(key); !ok {
				continue
			}
			// Asked for this key alone, TopicValue also turns hours into milliseconds.
			value, _ := config.TopicValue(def, nil, func(asked string) (string, bool) {
				if asked != key {
					return "", false
				}
				return level.lookup(key)
			})
			return value, level.source
		}
	}
	return def.Default, config.SourceDefault
}

// fromFile returns a value that the node was started with, unless it is built in.
func (m *machine) fromFile(key string) (string, bool) {
	if !m.Static.IsSet(key) {
		return "", false
	}
	return m.Static.String(key), true
}
