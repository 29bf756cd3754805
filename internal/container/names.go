package container

import (
	"slices"
	"strings"
)

const prefix = "KAFKA_"

// withoutEffect are variables of a Java virtual machine and of its tools. They are
// accepted: compose files are full of them.
var withoutEffect = []string{
	"EXTRA_ARGS",
	"KAFKA_GC_LOG_OPTS",
	"KAFKA_HEAP_OPTS",
	"KAFKA_JMX_HOSTNAME",
	"KAFKA_JMX_OPTS",
	"KAFKA_JMX_PORT",
	"KAFKA_JVM_PERFORMANCE_OPTS",
	"KAFKA_LOG4J_OPTS",
	"KAFKA_OPTS",
	"KAFKA_TOOLS_LOG4J_LOGLEVEL",
	"LOG_DIR",
}

// notProperties are variables with the prefix that mean something else than a
// property, beside those withoutEffect.
var notProperties = []string{"KAFKA_CREATE_TOPICS", "KAFKA_CUB_ZK_TIMEOUT", "KAFKA_VERSION", loggersVariable, rootLevelVariable}

// propertyOf returns the broker property that a variable stands for. Underscores
// become dots, two become one, three a dash, as in Confluent's and Apache's images;
// unlike Confluent's, A_B_C has two dots.
func propertyOf(variable string) (string, bool) {
	name, ok := strings.CutPrefix(variable, prefix)
	if !ok || name == "" || strings.HasPrefix(variable, clustersPrefix) ||
		slices.Contains(withoutEffect, variable) || slices.Contains(notProperties, variable) {
		return "", false
	}
	name = strings.ToLower(name)
	return strings.NewReplacer("___", "-", "__", "_", "_", ".").Replace(name), true
}

// propertiesOf returns the properties of all variables.
func propertiesOf(e Environ) map[string]string {
	p := map[string]string{}
	for variable, value := range e {
		if name, ok := propertyOf(variable); ok {
			p[name] = value
		}
	}
	return p
}

// ignored lists the variables that are set and have no effect.
func ignored(e Environ) []string {
	var set []string
	for _, name := range withoutEffect {
		if e.has(name) {
			set = append(set, name)
		}
	}
	return set
}

// variableOf is the variable of a property, the reverse of propertyOf.
func variableOf(property string) string {
	return prefix + strings.ToUpper(strings.NewReplacer("-", "___", "_", "__", ".", "_").Replace(property))
}
