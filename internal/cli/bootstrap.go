package cli

import (
	"net"
	"regexp"
	"strconv"
	"strings"
)

// hostPort is how Java's clients read an address: an optional protocol, a host
// (an IPv6 address may stand in brackets), a port.
var hostPort = regexp.MustCompile(`^(?:[0-9a-zA-Z\-%._]*://)?\[?([0-9a-zA-Z\-%._:]*)\]?:([0-9]+)$`)

// validateBootstrap is the check that some tools do before anything else.
func validateBootstrap(list string) error {
	if strings.TrimSpace(list) == "" {
		return usage("Error while validating the bootstrap address\n")
	}
	for _, address := range strings.Split(list, ",") {
		if !hostPort.MatchString(address) {
			return usage("Please provide valid host:port like host1:9091,host2:9092\n")
		}
	}
	return nil
}

// parseBootstrap returns the addresses of bootstrap.servers, with a warning for
// each whose name does not resolve, as Java's clients do.
func parseBootstrap(env *Env, list string) ([]string, error) {
	var seeds []string
	for _, address := range strings.Split(list, ",") {
		address = strings.TrimSpace(address)
		if address == "" {
			continue
		}
		m := hostPort.FindStringSubmatch(address)
		if m == nil || m[1] == "" {
			return nil, configError("Invalid url in bootstrap.servers: " + address)
		}
		if port, err := strconv.Atoi(m[2]); err != nil || port > 65535 {
			return nil, configError("Invalid port in bootstrap.servers: " + address)
		}
		if _, err := net.LookupHost(m[1]); err != nil {
			env.log("WARN", "Couldn't resolve server "+address+" from bootstrap.servers as DNS resolution failed for "+m[1], "org.apache.kafka.clients.ClientUtils")
			continue
		}
		seeds = append(seeds, net.JoinHostPort(m[1], m[2]))
	}
	if len(seeds) == 0 {
		return nil, configError("No resolvable bootstrap urls given in bootstrap.servers")
	}
	return seeds, nil
}
