package container

import (
	"strings"

	"github.com/brolga-io/brolga/internal/config"
)

// Kind is what a container is.
type Kind string

// The kinds, in the order in which they are looked for.
const (
	// Keeper stands where a compose file has ZooKeeper: a dedicated controller.
	Keeper Kind = "controller in the place of ZooKeeper"
	// KRaft has roles of its own, as Kafka has them since 3.3.
	KRaft Kind = "node with the roles of KAFKA_PROCESS_ROLES"
	// Kept is a broker that names ZooKeeper, for which a Keeper stands.
	Kept Kind = "broker"
	// Single is one node with both roles.
	Single Kind = "single node"
	// Page is the web console for other clusters.
	Page Kind = "console"
)

const clustersPrefix = "KAFKA_CLUSTERS_"

// KindOf says what a container with this environment is.
func KindOf(e Environ) Kind {
	switch {
	case e.has("ZOOKEEPER_CLIENT_PORT"):
		return Keeper
	case e.has("KAFKA_PROCESS_ROLES"):
		return KRaft
	case e.has("KAFKA_ZOOKEEPER_CONNECT"):
		return Kept
	case namesClusters(e) && !configuresBroker(e):
		return Page
	}
	return Single
}

func namesClusters(e Environ) bool {
	for name := range e {
		if strings.HasPrefix(name, clustersPrefix) {
			return true
		}
	}
	return false
}

// configuresBroker tells whether any variable is a key of a broker. The console's
// own keys are not: a container that only shows other clusters has them too.
func configuresBroker(e Environ) bool {
	for name := range propertiesOf(e) {
		_, _, base := config.SplitListenerPrefix(name)
		d, known := config.Broker(base)
		if known && !strings.HasPrefix(d.Name, "console.") && d.Name != "metrics.listener" && d.Name != "log.format" {
			return true
		}
	}
	return false
}
