package container

import (
	"fmt"
	"slices"
	"strings"
)

// missing is what Confluent's image says about a variable it needs.
func missing(variable string) error {
	return fmt.Errorf("%s is required.\nCommand [/usr/local/bin/dub ensure %s] FAILED !", variable, variable)
}

// deprecated are variables that Confluent's image stops at.
var deprecated = []struct{ variable, property string }{
	{"KAFKA_ADVERTISED_PORT", "advertised.port"},
	{"KAFKA_ADVERTISED_HOST", "advertised.host"},
	{"KAFKA_HOST", "host"},
	{"KAFKA_PORT", "port"},
}

// check refuses an environment that cannot work, in the words of Confluent's image
// where it has some.
func check(e Environ, kind Kind) error {
	if kind == Keeper || kind == Page {
		return nil
	}
	for _, d := range deprecated {
		if e.has(d.variable) {
			return fmt.Errorf("%s is deprecated. Please use KAFKA_ADVERTISED_LISTENERS instead.", d.property)
		}
	}
	if err := refuseSecurity(e); err != nil {
		return err
	}
	controllerOnly := kind == KRaft && !isBroker(e)
	switch {
	case controllerOnly && e.has("KAFKA_ADVERTISED_LISTENERS"):
		return fmt.Errorf("KAFKA_ADVERTISED_LISTENERS is not supported on a KRaft controller.")
	case controllerOnly && !e.has("KAFKA_LISTENERS"):
		return missing("KAFKA_LISTENERS")
	case !controllerOnly && kind != Single && !e.has("KAFKA_ADVERTISED_LISTENERS") && !e.has("KAFKA_LISTENERS"):
		return missing("KAFKA_ADVERTISED_LISTENERS")
	}
	return nil
}

// isBroker tells whether KAFKA_PROCESS_ROLES has the broker.
func isBroker(e Environ) bool { return hasRole(e, "broker") }

func hasRole(e Environ, role string) bool {
	roles := strings.Split(e["KAFKA_PROCESS_ROLES"], ",")
	return slices.ContainsFunc(roles, func(r string) bool { return strings.TrimSpace(r) == role })
}

// securityProperties ask for TLS or SASL wherever they have a value.
var securityProperties = []string{
	"sasl.enabled.mechanisms", "sasl.jaas.config", "sasl.mechanism.inter.broker.protocol", "ssl.keystore.", "ssl.key.credentials",
	"ssl.truststore.", "ssl.client.auth",
}

// refuseSecurity stops a container that asks for TLS or SASL: to start without
// would leave open what was meant to be closed.
func refuseSecurity(e Environ) error {
	var asking []string
	for _, variable := range e.names() {
		value := strings.TrimSpace(e[variable])
		if value == "" {
			continue
		}
		property, _ := propertyOf(variable)
		wants := property == "security.inter.broker.protocol" && !strings.EqualFold(value, "PLAINTEXT") ||
			variable == "KAFKA_OPTS" && strings.Contains(value, "java.security.auth.login.config") ||
			(property == "listeners" || property == "advertised.listeners") && secureListener(value)
		for _, p := range securityProperties {
			wants = wants || strings.HasPrefix(property, p) && value != "none" ||
				strings.HasPrefix(property, "listener.name.") && strings.Contains(property, "."+p)
		}
		if wants {
			asking = append(asking, variable)
		}
	}
	if asking == nil {
		return nil
	}
	return fmt.Errorf("TLS and SASL are not available in this release, and %s ask for them: remove these variables and use PLAINTEXT listeners only",
		strings.Join(asking, ", "))
}

// secureListener tells whether a list has a listener named after a protocol other
// than PLAINTEXT. Those with names of their own are judged by the server.
func secureListener(list string) bool {
	return slices.ContainsFunc(strings.Split(list, ","), func(l string) bool {
		name, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(l)), "://")
		return name == "SSL" || name == "SASL_SSL" || name == "SASL_PLAINTEXT"
	})
}
