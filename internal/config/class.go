package config

import "strings"

// checkClass refuses Java classes that are not built in: ignoring a policy, an
// authorizer or a principal builder would open what its owner meant to close.
// Classes that only report, tune or fetch are accepted and ignored.
func checkClass(d Def, value string) error {
	if value == "" && d.Type != Class {
		return nil
	}
	switch d.Name {
	case "principal.builder.class":
		if value == d.Default {
			return nil
		}
	case "authorizer.class.name":
		if value == "org.apache.kafka.metadata.authorizer.StandardAuthorizer" || value == "kafka.security.authorizer.AclAuthorizer" {
			return nil
		}
	case "replica.selector.class":
		if value == "org.apache.kafka.common.replica.RackAwareReplicaSelector" || value == "org.apache.kafka.common.replica.LeaderSelector" {
			return nil
		}
	case "alter.config.policy.class.name", "create.topic.policy.class.name", "client.quota.callback.class",
		"ssl.engine.factory.class":
	case "group.consumer.assignors":
		for _, name := range SplitList(value) {
			if !builtinAssignor(name) {
				return invalidValue(d.Name, name, "Class cannot be found")
			}
		}
		return nil
	default:
		return nil
	}
	return invalidValue(d.Name, value, "Class "+value+" could not be found.")
}

// builtinAssignor knows uniform and range, by short name or Java class.
func builtinAssignor(name string) bool {
	switch strings.TrimPrefix(name, "org.apache.kafka.coordinator.group.assignor.") {
	case "uniform", "range", "UniformAssignor", "RangeAssignor":
		return true
	}
	return false
}
