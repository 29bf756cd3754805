package config

import (
	"regexp"
	"strings"
)

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
