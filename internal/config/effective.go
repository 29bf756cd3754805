package config

// Effective is the configuration of one broker: what it was started with and
// the dynamic configs that the metadata log holds for it and for all brokers.
// Maps are read, never changed; nil maps are empty.
type Effective struct {
	Static    *Static
	PerBroker map[string]string // resource BROKER, this node's id
	Cluster   map[string]string // resource BROKER, empty name
}

// Lookup returns the value of a broker key in force, its default included.
// Synonyms are not followed. A stored value that is not valid is skipped.
func (e Effective) Lookup(name string) (string, bool) {
	v, _, ok := e.Get(name)
	return v, ok
}

// Get returns the value of a broker key in force and where it is from; ok is
// false when it is null or the key is unknown.
func (e Effective) Get(name string) (value string, source Source, ok bool) {
	_, _, base := SplitListenerPrefix(name)
	if d, known := Broker(base); known {
		for _, level := range e.dynamic() {
			if v, set := level.configs[name]; set {
				if v, err := d.Parse(v); err == nil {
					return v, level.source, true
				}
			}
		}
	}
	return e.Static.Get(name)
}

// level is one place where dynamic values live.
type level struct {
	configs map[string]string
	source  Source
}

func (e Effective) dynamic() [2]level {
	return [2]level{{e.PerBroker, SourceDynamicBroker}, {e.Cluster, SourceDynamicDefaultBroker}}
}

// Synonym is one place a value may come from, as DescribeConfigs lists them.
// Value is empty for a key whose values are secret.
type Synonym struct {
	Name, Value string
	Source      Source
}

// BrokerSynonyms returns the chain of a broker key, the value in force first:
// per-broker, cluster default, static and default values of the key and of its
// synonyms. It begins with the key itself, so a key that is null while a
// synonym counts has no chain, as in Kafka.
func (e Effective) BrokerSynonyms(name string) []Synonym {
	names := brokerSynonyms(name)
	var chain []Synonym
	for _, lvl := range e.dynamic() {
		for _, n := range names {
			if v, ok := lvl.configs[n]; ok {
				chain = append(chain, synonym(n, v, lvl.source))
			}
		}
	}
	for _, n := range names {
		if v, ok := e.Static.set[n]; ok {
			chain = append(chain, synonym(n, v, SourceStaticBroker))
		}
	}
	for _, n := range names {
		if d, ok := Broker(n); ok && d.HasDefault() && !d.DynamicOnly {
			chain = append(chain, synonym(n, d.Default, SourceDefault))
		}
	}
	for i := range chain {
		if chain[i].Name == name {
			return chain[i:]
		}
	}
	return nil
}

// brokerSynonyms returns a key and those that stand in for it. A key with a
// listener's prefix falls back to the plain one.
func brokerSynonyms(name string) []string {
	_, _, base := SplitListenerPrefix(name)
	if base != name {
		return []string{name, base}
	}
	d, _ := Broker(name)
	if name == "node.id" {
		return []string{name}
	}
	return append([]string{name}, d.Synonyms...)
}

func synonym(name, value string, source Source) Synonym {
	_, _, base := SplitListenerPrefix(name)
	if d, ok := Broker(base); !ok || d.Sensitive() {
		value = ""
	}
	return Synonym{name, value, source}
}

// TopicSynonyms returns the chain of a topic key, the topic's own value first,
// then the chain of the broker key that it falls back to.
func (e Effective) TopicSynonyms(name string, overrides map[string]string) []Synonym {
	d, ok := Topic(name)
	if !ok {
		return nil
	}
	var chain []Synonym
	if v, set := overrides[name]; set {
		if canonical, err := d.Parse(v); err == nil {
			v = canonical
		}
		chain = append(chain, Synonym{name, v, SourceTopic})
	}
	if len(d.Synonyms) > 0 {
		chain = append(chain, e.BrokerSynonyms(d.Synonyms[0])...)
	}
	return chain
}

// GroupSynonyms returns the chain of a group key, the group's own value first,
// then the chain of the broker key that it falls back to, or its own default.
func (e Effective) GroupSynonyms(name string, configs map[string]string) []Synonym {
	d, ok := Group(name)
	if !ok {
		return nil
	}
	var chain []Synonym
	if v, set := configs[name]; set {
		if canonical, err := d.Parse(v); err == nil {
			v = canonical
		}
		chain = append(chain, Synonym{name, v, SourceGroup})
	}
	switch {
	case len(d.Synonyms) > 0:
		chain = append(chain, e.BrokerSynonyms(d.Synonyms[0])...)
	case d.HasDefault():
		chain = append(chain, Synonym{name, d.Default, SourceDefault})
	}
	return chain
}

// GroupValue returns the value of a group key in force: the group's own, else
// that of the broker key it falls back to, else the default.
func (e Effective) GroupValue(name string, configs map[string]string) (value string, source Source, ok bool) {
	d, known := Group(name)
	if !known {
		return "", SourceUnknown, false
	}
	if v, set := configs[name]; set {
		if v, err := d.Parse(v); err == nil {
			return v, SourceGroup, true
		}
	}
	for _, s := range d.Synonyms {
		if v, source, ok := e.Get(s); ok {
			return v, source, true
		}
	}
	return d.Default, SourceDefault, !d.Null
}
