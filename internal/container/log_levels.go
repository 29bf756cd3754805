package container

import (
	"maps"
	"slices"
	"strings"
)

const (
	rootLevelVariable = "KAFKA_LOG4J_ROOT_LOGLEVEL"
	loggersVariable   = "KAFKA_LOG4J_LOGGERS"
)

// newNames are the loggers of Kafka 4 that do what those of Kafka 3 did, in whose
// names compose files speak.
var newNames = map[string]string{
	"kafka.controller":        "org.apache.kafka.controller",
	"kafka.coordinator.group": "org.apache.kafka.coordinator.group",
	"kafka.log":               "org.apache.kafka.storage.internals.log",
	"kafka.raft":              "org.apache.kafka.raft",
}

// log4jLevels are log4j's levels by the names that the server has for them.
var log4jLevels = map[string]string{
	"ALL": "TRACE", "TRACE": "TRACE", "DEBUG": "DEBUG", "INFO": "INFO", "WARN": "WARN", "WARNING": "WARN",
	"ERROR": "ERROR", "FATAL": "FATAL", "OFF": "FATAL",
}

// levels are those of the loggers that the environment names, and the entries that
// name no level. As with Confluent's template, the root's level is not that of the
// loggers under kafka: the line that scripts wait for comes also with a quiet root.
func levels(e Environ) (levels map[string]string, strange []string) {
	levels = map[string]string{}
	put := func(entry, name, level string) {
		if known := log4jLevels[strings.ToUpper(strings.TrimSpace(level))]; known != "" && name != "" {
			levels[name] = known
			return
		}
		strange = append(strange, entry)
	}
	if root := e[rootLevelVariable]; root != "" {
		levels["kafka"] = "INFO"
		put(rootLevelVariable+"="+root, "root", root)
	}
	named := map[string]string{}
	for entry := range strings.SplitSeq(e[loggersVariable], ",") {
		if name, level, ok := strings.Cut(strings.TrimSpace(entry), "="); ok {
			named[strings.TrimSpace(name)] = level
		} else if entry = strings.TrimSpace(entry); entry != "" {
			strange = append(strange, entry)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(named)) {
		put(name+"="+named[name], name, named[name])
		if level, ok := levels[name]; ok && newNames[name] != "" && named[newNames[name]] == "" {
			levels[newNames[name]] = level
		}
	}
	return levels, strange
}
