package config

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// ValidateTopic checks all overrides that a topic would have, as CreateTopics
// and AlterConfigs must before anything is stored. The error is an
// *InvalidError; the code for it is INVALID_CONFIG.
func ValidateTopic(overrides map[string]string) error {
	if err := checkAll(overrides, Topic, "Unknown topic config name: "); err != nil {
		return err
	}
	r := resolver{overrides, func(string) (string, bool) { return "", false }}
	if lo, hi := r.long("min.compaction.lag.ms"), r.long("max.compaction.lag.ms"); lo > hi {
		return invalid("conflict topic config setting min.compaction.lag.ms (", strconv.FormatInt(lo, 10),
			") > max.compaction.lag.ms (", strconv.FormatInt(hi, 10), ")")
	}
	if r.bool("remote.storage.enable") {
		return invalid("Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage.")
	}
	return nil
}

// ValidateGroup checks all configs that a group would have against their types
// and against the bounds that the broker's configuration sets. Code:
// INVALID_CONFIG.
func ValidateGroup(configs map[string]string, broker Lookup) error {
	if err := checkAll(configs, Group, "Unknown group config name: "); err != nil {
		return err
	}
	for _, name := range sortedKeys(configs) {
		if err := checkGroupBounds(name, configs[name], broker); err != nil {
			return err
		}
	}
	for _, kind := range []string{"consumer.", "share.", "streams."} {
		if err := checkGroupTimes(kind, configs, broker); err != nil {
			return err
		}
	}
	if strings.HasPrefix(configs["errors.deadletterqueue.topic.name"], "__") {
		return invalid("errors.deadletterqueue.topic.name: DLQ topic name must not start with '__'")
	}
	if a := configs["streams.assignor.name"]; a != "" && a != "sticky" {
		return invalid("streams.assignor.name '", a, "' is not a registered task assignor. Registered assignors are: [sticky].")
	}
	return nil
}

// checkGroupBounds compares one group config with the broker's bounds.
func checkGroupBounds(name, value string, broker Lookup) error {
	for _, b := range groupBounds {
		if "group."+name != b.prefix+b.name {
			continue
		}
		lo, _ := broker(boundName(b.prefix, "min.", b.name))
		hi, _ := broker(boundName(b.prefix, "max.", b.name))
		n := toLong(value)
		below, above := b.min && n < toLong(lo), b.max && n > toLong(hi)
		switch {
		case (below || above) && b.min && b.max:
			return invalid(name, " must be in the range ", lo, " to ", hi, " inclusive.")
		case below:
			return invalid(name, " must be greater than or equal to ", lo)
		case above:
			return invalid(name, " must be less than or equal to ", hi)
		}
	}
	return nil
}

// checkGroupTimes wants the heartbeat interval below the session timeout.
func checkGroupTimes(kind string, configs map[string]string, broker Lookup) error {
	value := func(name string) int64 {
		if v, ok := configs[kind+name]; ok {
			return toLong(v)
		}
		v, _ := broker("group." + kind + name)
		return toLong(v)
	}
	if value("session.timeout.ms") <= value("heartbeat.interval.ms") {
		return invalid(kind, "session.timeout.ms must be greater than ", kind, "heartbeat.interval.ms")
	}
	return nil
}

// The bounds of interval.ms (KIP-714).
const (
	minPushIntervalMs = 100
	maxPushIntervalMs = 3_600_000
)

// clientSelectors are what a match pattern can look at (KIP-714).
var clientSelectors = []string{
	"client_instance_id", "client_id", "client_software_name", "client_software_version",
	"client_source_address", "client_source_port",
}

// ValidateClientMetrics checks a client-metrics subscription. Code:
// INVALID_REQUEST for unknown names and intervals out of bounds,
// INVALID_CONFIG for the rest; badRequest tells which.
func ValidateClientMetrics(configs map[string]string) (badRequest bool, err error) {
	for _, name := range sortedKeys(configs) {
		d, ok := ClientMetrics(name)
		if !ok {
			return true, invalid("Unknown client metrics configuration: ", name)
		}
		value, err := d.Parse(configs[name])
		if err != nil {
			return false, err
		}
		switch name {
		case "interval.ms":
			if n := toLong(value); n < minPushIntervalMs || n > maxPushIntervalMs {
				return true, invalid("Invalid value ", value, " for interval.ms, interval must be between 100 and 3600000 (1 hour)")
			}
		case "match":
			for _, pattern := range SplitList(value) {
				selector, expr, _ := strings.Cut(pattern, "=")
				if _, err := regexp.Compile(expr); err != nil || !contains(clientSelectors, selector) || expr == "" {
					return false, invalid("Illegal client matching pattern: ", pattern)
				}
			}
		}
	}
	return false, nil
}

// ValidateBroker checks dynamic broker configs: all of one broker, or with
// perBroker false the cluster's defaults. Names that nobody knows are stored,
// as Kafka does. Code: INVALID_REQUEST.
func ValidateBroker(configs map[string]string, perBroker bool) error {
	var fixed, needPrefix, onlyOne []string
	for _, name := range sortedKeys(configs) {
		listener, _, base := SplitListenerPrefix(name)
		d, ok := Broker(base)
		switch {
		case !ok:
			continue
		case d.Update == ReadOnly && listener == "":
			fixed = append(fixed, name)
		case needsListener(base) && listener == "":
			needPrefix = append(needPrefix, name)
		case d.Update == PerBroker && !perBroker:
			onlyOne = append(onlyOne, name)
		}
	}
	if len(fixed) > 0 {
		return invalid("Cannot update these configs dynamically: [", strings.Join(fixed, ", "), "]")
	}
	if len(needPrefix) > 0 {
		return invalid("These security configs can be dynamically updated only per-listener using the listener prefix: [", strings.Join(needPrefix, ", "), "]")
	}
	for _, name := range sortedKeys(configs) {
		_, _, base := SplitListenerPrefix(name)
		d, ok := Broker(base)
		if !ok {
			continue
		}
		value, err := d.Parse(configs[name])
		if err != nil {
			return err
		}
		if err := checkClass(d, value); err != nil {
			return err
		}
	}
	if len(onlyOne) > 0 {
		return invalid("Cannot update these configs at default cluster level, broker id must be specified: [", strings.Join(onlyOne, ", "), "]")
	}
	return nil
}

// needsListener tells whether a key can be changed only with the prefix of a
// listener: keys and trust of TLS.
func needsListener(name string) bool {
	return name == "ssl.key.password" || strings.HasPrefix(name, "ssl.keystore.") || strings.HasPrefix(name, "ssl.truststore.")
}

// checkAll checks names and values in the order of the names.
func checkAll(configs map[string]string, lookup func(string) (Def, bool), unknown string) error {
	for _, name := range sortedKeys(configs) {
		if _, ok := lookup(name); !ok {
			return invalid(unknown, name)
		}
	}
	for _, name := range sortedKeys(configs) {
		d, _ := lookup(name)
		if _, err := d.Parse(configs[name]); err != nil {
			return err
		}
	}
	return nil
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// toLong reads a value that was checked before.
func toLong(s string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if err != nil {
		return 0
	}
	return n
}
