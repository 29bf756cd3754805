package config

import "strings"

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
