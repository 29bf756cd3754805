package config

import (
	"net/netip"
	"strconv"
	"strings"
)

// Voter is one entry of controller.quorum.voters.
type Voter struct {
	ID   int32
	Host string
	Port int
}

// Address is a host and a port, as in controller.quorum.bootstrap.servers.
type Address struct {
	Host string
	Port int
}

const (
	votersKey    = "controller.quorum.voters"
	bootstrapKey = "controller.quorum.bootstrap.servers"
	voterForm    = "Each entry should be in the form `{id}@{host}:{port}`."
)

// parseVoters reads id@host:port entries.
func parseVoters(entries []string) ([]Voter, error) {
	var voters []Voter
	for _, entry := range entries {
		id, address, ok := strings.Cut(entry, "@")
		if !ok {
			return nil, &InvalidError{"Invalid configuration value for " + votersKey + ". " + voterForm}
		}
		n, err := strconv.ParseInt(id, 10, 32)
		if err != nil {
			return nil, &InvalidError{"Failed to parse voter ID as an integer from " + id}
		}
		host, port, ok := splitHostPort(address)
		if !ok || host == "" {
			return nil, &InvalidError{"Failed to parse host name from entry " + entry + " for the configuration " + votersKey + ". " + voterForm}
		}
		if err := routable(host); err != nil {
			return nil, err
		}
		voters = append(voters, Voter{ID: int32(n), Host: host, Port: port})
	}
	return voters, nil
}

// parseBootstrap reads host:port entries.
func parseBootstrap(entries []string) ([]Address, error) {
	var addresses []Address
	for _, entry := range entries {
		host, port, ok := splitHostPort(entry)
		if !ok || host == "" {
			return nil, &InvalidError{"Failed to parse host name from " + entry + " for the configuration " + bootstrapKey + `. Each entry should be in the form "{host}:{port}"`}
		}
		if err := routable(host); err != nil {
			return nil, err
		}
		addresses = append(addresses, Address{Host: host, Port: port})
	}
	return addresses, nil
}

// routable refuses the address that means every interface.
func routable(host string) error {
	if addr, err := netip.ParseAddr(host); err == nil && addr.IsUnspecified() {
		return &InvalidError{"Host string (" + host + ") is not routeable"}
	}
	return nil
}
