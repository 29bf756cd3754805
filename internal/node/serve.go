package node

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/server"
)

// forwardGrace is how long the controller may take to answer them.
const forwardGrace = 300 * time.Millisecond

// serve lets clients in and says so in the words that scripts wait for.
func (n *Node) serve() error {
	id := n.cfg.NodeID()
	for _, l := range n.listeners {
		n.server.Serve(l.Name, l.socket)
	}
	n.serving.Store(true)
	if n.isBroker() {
		for _, e := range n.registrar.request.Listeners {
			n.log.Info(fmt.Sprintf("Clients on listener %s are told to connect to %s:%d", e.Name, e.Host, e.Port))
		}
		n.log.Info(fmt.Sprintf("[BrokerLifecycleManager id=%d] The broker has been unfenced. Transitioning from RECOVERY to RUNNING.", id),
			loggerKey, "kafka.server.BrokerLifecycleManager")
		n.log.Info(fmt.Sprintf("[KafkaServer id=%d] started", id), loggerKey, "kafka.server.KafkaServer")
	}
	n.log.Info(fmt.Sprintf("[KafkaRaftServer nodeId=%d] Kafka Server started", id), loggerKey, "kafka.server.KafkaRaftServer")
	return nil
}

// bufferBytes reads the size of a socket's buffer; 0 has the system tune it. So it
// does when nothing was configured: Kafka's default of 100 KiB is far less than
// what a fast connection needs.
func bufferBytes(cfg *config.Static, key string) int {
	if !cfg.IsSet(key) {
		return 0
	}
	return max(0, cfg.Int(key))
}

// connectionLimits reads the limits of connections; Kafka's default is the
// largest int, which stands for none.
func connectionLimits(cfg *config.Effective) server.Limits {
	const none = 1<<31 - 1
	limit := func(key string) int {
		value, _ := cfg.Lookup(key)
		if v, err := strconv.Atoi(value); err == nil && v < none {
			return v
		}
		return 0
	}
	l := server.Limits{
		MaxConnections: limit("max.connections"), MaxConnectionsPerIP: limit("max.connections.per.ip"),
		MaxCreationRate: limit("max.connection.creation.rate"),
		PerIP:           map[netip.Addr]int{},
	}
	overrides, _ := cfg.Lookup("max.connections.per.ip.overrides")
	for _, entry := range config.SplitList(overrides) {
		host, count, _ := strings.Cut(entry, ":")
		addr, err := netip.ParseAddr(strings.TrimSpace(host))
		most, err2 := strconv.Atoi(strings.TrimSpace(count))
		if err == nil && err2 == nil {
			l.PerIP[addr] = most
		}
	}
	return l
}

// Close stops serving, then everything else in the opposite order of its start.
// The mark of a clean shutdown is the last thing that is written, where there was the
// time to sync everything.
func (n *Node) Close() error {
	begin := time.Now()
	if n.console != nil {
		n.console.Close()
	}
	if n.metricsHTTP != nil {
		n.metricsHTTP.close()
	}
	letGo := false
	if n.serving.Load() && n.registrar != nil && !n.cfg.Alone() && n.cfg.Bool("controlled.shutdown.enable") {
		letGo = n.registrar.leave(leavePatience)
	}
	n.stopServer(max(answersLeast, answersUntil-time.Since(begin)))
	if letGo && n.isController() {
		n.awaitLeaving(leaversUntil - time.Since(begin))
	}
	if !n.serving.Load() {
		closeAll(n.listeners)
	}
	if n.unobserve != nil {
		n.stopBroker()
	}
	if n.groups != nil {
		n.groups.Close()
	}
	errs := n.stopController()
	if n.runtime != nil {
		n.runtime.Close()
	}
	if n.dirs != nil {
		until := max(syncUntil, time.Since(begin)+syncLeast)
		late := func() bool { return time.Since(begin) > until }
		errs = append(errs, n.dirs.CloseUntil(late), n.metadata.close())
	}
	n.log.Info(fmt.Sprintf("[KafkaServer id=%d] shut down completed", n.cfg.NodeID()), loggerKey, "kafka.server.KafkaServer")
	return errors.Join(errs...)
}

// stopServer lets answers under way leave, for a while. A controller that does not
// answer must not hold a client's request up until the end.
func (n *Node) stopServer(grace time.Duration) {
	if n.forwarder != nil {
		late := time.AfterFunc(forwardGrace, n.forwarder.close)
		defer n.forwarder.close()
		defer late.Stop()
	}
	if n.server != nil {
		n.server.Shutdown(grace)
	}
}

// stopBroker ends what join began.
func (n *Node) stopBroker() {
	n.channel.close() // a request under way must not hold anything up
	if n.controllerRegistrar != nil {
		n.controllerRegistrar.close()
	}
	if n.voter != nil {
		n.voter.close()
	}
	if n.registrar != nil {
		n.registrar.close()
		n.assigner.close()
		n.durability.close()
	}
	n.unobserve()
	n.trimmer.close()
	n.snapshots.close()
	n.replicas.Close()
}

// stopController ends this node's part in the quorum. The others reach it until its
// leadership is handed over.
func (n *Node) stopController() (errs []error) {
	if n.controller != nil {
		n.controller.Close()
	}
	if n.metadataLog != nil {
		errs = append(errs, n.metadataLog.Close(), n.discardIfRemoved())
	}
	if n.network != nil {
		n.network.Close()
	}
	if n.controllerServer != nil {
		n.controllerServer.Shutdown(0)
	}
	closeAll(n.controllerListeners)
	if n.probes != nil {
		n.probes.close()
	}
	return errs
}
