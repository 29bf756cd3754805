package config

import (
	"slices"
	"sort"
	"strings"
)

// brokerTables are the tables of broker and controller keys, one per subject.
var brokerTables = [...][]Def{
	nodeKeys, networkKeys, topicsKeys, logKeys, replicaKeys, quorumKeys,
	groupCoordinatorKeys, shareKeys, streamsKeys, txnKeys, saslKeys, sslKeys,
	metricsKeys, remoteKeys, throttleKeys, brolgaKeys,
}

// Broker returns the broker key of that name. Listener prefixes are not
// removed; see SplitListenerPrefix.
func Broker(name string) (Def, bool) {
	for _, table := range brokerTables {
		if d, ok := find(table, name); ok {
			return d, true
		}
	}
	return Def{}, false
}

// BrokerDefs returns all broker keys, sorted by name. The slice is the caller's.
func BrokerDefs() []Def {
	var all []Def
	for _, table := range brokerTables {
		all = append(all, table...)
	}
	slices.SortFunc(all, func(a, b Def) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// Topic returns the topic key of that name.
func Topic(name string) (Def, bool) { return find(topicKeys, name) }

// TopicDefs returns all topic keys, sorted by name. The slice is the caller's.
func TopicDefs() []Def { return slices.Clone(topicKeys) }

// Group returns the group key of that name.
func Group(name string) (Def, bool) { return find(groupKeys, name) }

// GroupDefs returns all group keys, sorted by name. The slice is the caller's.
func GroupDefs() []Def { return slices.Clone(groupKeys) }

// ClientMetrics returns the client-metrics key of that name.
func ClientMetrics(name string) (Def, bool) { return find(clientMetricsKeys, name) }

// ClientMetricsDefs returns all client-metrics keys, sorted by name. The slice
// is the caller's.
func ClientMetricsDefs() []Def { return slices.Clone(clientMetricsKeys) }

// find does a binary search in one table.
func find(table []Def, name string) (Def, bool) {
	// By index: a Def is large, and a comparison that is given one copies it.
	i := sort.Search(len(table), func(i int) bool { return table[i].Name >= name })
	if i == len(table) || table[i].Name != name {
		return Def{}, false
	}
	return table[i], true
}

// SplitListenerPrefix takes listener.name.<listener>. and, for the keys that
// exist per SASL mechanism, <mechanism>. off a broker key. Without the prefix
// it returns name as base and an empty listener.
func SplitListenerPrefix(name string) (listener, mechanism, base string) {
	rest, ok := strings.CutPrefix(name, "listener.name.")
	if !ok {
		return "", "", name
	}
	listener, rest, ok = strings.Cut(rest, ".")
	if !ok || listener == "" {
		return "", "", name
	}
	if first, after, ok := strings.Cut(rest, "."); ok && perMechanism(after) {
		return listener, first, after
	}
	return listener, "", rest
}

// perMechanism tells whether a key exists per SASL mechanism of a listener.
func perMechanism(name string) bool {
	switch name {
	case "connections.max.reauth.ms", "sasl.jaas.config", "sasl.login.callback.handler.class",
		"sasl.login.class", "sasl.server.callback.handler.class":
		return true
	}
	return false
}
