package container

import (
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
)

const (
	dataDir       = "/var/lib/kafka/data"
	consoleListen = "http://0.0.0.0:8080"
	controllers   = "CONTROLLER"
	keeperClients = "CLIENTS"
)

// place is what the properties depend on beside the environment.
type place struct {
	hostname  string
	keeperDir string // where a Keeper keeps its data
	storedID  int    // node.id of the formatted data directory, 0 if there is none
}

// properties are those that a container's server starts with.
func properties(e Environ, kind Kind, at place) (map[string]string, error) {
	if kind == Keeper {
		return keeperProperties(e, at)
	}
	p := propertiesOf(e)
	put := func(key, value string) { // unless the environment has a word
		if p[key] == "" {
			p[key] = value
		}
	}
	if p["listeners"] == "" && p["advertised.listeners"] != "" {
		p["listeners"] = listenersOf(p["advertised.listeners"])
	}
	if p["log.dirs"] == "" && p["log.dir"] == "" {
		p["log.dirs"] = dataDir
	}
	delete(p, "zookeeper.connect")
	switch kind {
	case Kept:
		if err := keptProperties(e, p, at); err != nil {
			return nil, err
		}
	case Single:
		singleProperties(p)
	}
	if kind == KRaft && !isBroker(e) {
		put("console.listener", "none")
	}
	put("console.listener", consoleListen)
	return p, nil
}

// singleProperties complete those of a node that is a cluster of its own.
func singleProperties(p map[string]string) {
	if p["listeners"] == "" {
		p["listeners"] = "PLAINTEXT://0.0.0.0:9092"
		p["advertised.listeners"] = "PLAINTEXT://localhost:9092"
	}
	p["process.roles"] = "broker,controller"
	if p["node.id"] == "" && p["broker.id"] == "" {
		p["node.id"] = "1"
	}
	for _, key := range []string{
		"offsets.topic.replication.factor", "transaction.state.log.replication.factor", "transaction.state.log.min.isr",
		"share.coordinator.state.topic.replication.factor", "share.coordinator.state.topic.min.isr",
	} {
		if p[key] == "" {
			p[key] = "1"
		}
	}
}

// keptProperties complete those of a broker whose controllers stand where
// ZooKeeper stood.
func keptProperties(e Environ, p map[string]string, at place) error {
	addresses, err := keeperAddresses(e["KAFKA_ZOOKEEPER_CONNECT"])
	if err != nil {
		return err
	}
	p["process.roles"] = "broker"
	p["controller.quorum.bootstrap.servers"] = strings.Join(addresses, ",")
	p["controller.listener.names"] = controllers
	if m := p["listener.security.protocol.map"]; m != "" {
		p["listener.security.protocol.map"] = m + "," + controllers + ":PLAINTEXT"
	}
	if p["broker.id"] == "-1" {
		delete(p, "broker.id")
	}
	if p["node.id"] == "" && p["broker.id"] == "" {
		const first = 1001 // of the ids that ZooKeeper gave
		p["node.id"] = strconv.Itoa(max(at.storedID, first))
	}
	return nil
}

// keeperProperties are those of a dedicated controller.
func keeperProperties(e Environ, at place) (map[string]string, error) {
	self, all, err := keepers(e, at.hostname)
	if err != nil {
		return nil, err
	}
	client, err := strconv.ParseUint(e["ZOOKEEPER_CLIENT_PORT"], 10, 16)
	if err != nil || client == 0 || int(client) == self.port {
		return nil, fmt.Errorf("ZOOKEEPER_CLIENT_PORT=%s is no port, or it is the one for the other servers", e["ZOOKEEPER_CLIENT_PORT"])
	}
	p := map[string]string{
		"process.roles":                  "controller",
		"node.id":                        strconv.Itoa(keeperBase + self.id),
		"controller.quorum.voters":       voters(all),
		"controller.listener.names":      controllers + "," + keeperClients,
		"listeners":                      fmt.Sprintf("%s://0.0.0.0:%d,%s://0.0.0.0:%d", controllers, self.port, keeperClients, client),
		"listener.security.protocol.map": controllers + ":PLAINTEXT," + keeperClients + ":PLAINTEXT",
		"log.dirs":                       at.keeperDir,
		"console.listener":               "none",
	}
	for _, own := range []string{"metrics.listener", "log.format"} {
		if v := propertiesOf(e)[own]; v != "" {
			p[own] = v
		}
	}
	return p, nil
}

// listenersOf derives what is listened on from what is advertised: the same names
// and ports, on every interface.
func listenersOf(advertised string) string {
	all := strings.Split(advertised, ",")
	for i, l := range all {
		name, address, ok := strings.Cut(strings.TrimSpace(l), "://")
		if _, port, err := net.SplitHostPort(address); ok && err == nil {
			all[i] = name + "://0.0.0.0:" + port
		}
	}
	return strings.Join(all, ",")
}

// writeProperties writes a file that the server reads back as the same values.
func writeProperties(w io.Writer, p map[string]string) error {
	escape := strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`, "\t", `\t`, "\f", `\f`)
	for _, key := range slices.Sorted(maps.Keys(p)) {
		value := escape.Replace(p[key])
		if strings.HasPrefix(value, " ") {
			value = `\` + value
		}
		if _, err := fmt.Fprintf(w, "%s=%s\n", key, value); err != nil {
			return err
		}
	}
	return nil
}
