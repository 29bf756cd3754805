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

// shutdownGrace is how long answers under way may take to leave.
const shutdownGrace = time.Second

// serve lets clients in and says so in the words that scripts wait for.
func (n *Node) serve() error {
	for _, l := range n.listeners {
		n.server.Serve(l.Name, l.socket)
	}
	n.serving.Store(true)
	b := n.publisher.Image().Broker(n.cfg.NodeID())
	for _, e := range b.Endpoints {
		n.log.Info(fmt.Sprintf("Clients on listener %s are told to connect to %s:%d", e.Name, e.Host, e.Port))
	}
	id := n.cfg.NodeID()
	n.log.Info(fmt.Sprintf("[BrokerLifecycleManager id=%d] The broker has been unfenced. Transitioning from RECOVERY to RUNNING.", id),
		loggerKey, "kafka.server.BrokerLifecycleManager")
	n.log.Info(fmt.Sprintf("[KafkaServer id=%d] started", id), loggerKey, "kafka.server.KafkaServer")
	n.log.Info(fmt.Sprintf("[KafkaRaftServer nodeId=%d] Kafka Server started", id), loggerKey, "kafka.server.KafkaRaftServer")
	return nil
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
		PerIP: map[netip.Addr]int{},
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
// The mark of a clean shutdown is the last thing that is written.
func (n *Node) Close() error {
	if n.metricsHTTP != nil {
		n.metricsHTTP.close()
	}
	if n.server != nil {
		n.server.Shutdown(shutdownGrace)
	}
	if !n.serving.Load() {
		closeAll(n.listeners)
	}
	if n.registrar != nil {
		n.registrar.close()
	}
	if n.unobserve != nil {
		n.unobserve()
		n.snapshots.close()
	}
	if n.groups != nil {
		n.groups.Close()
	}
	if n.controller != nil {
		n.controller.Close()
	}
	var errs []error
	if n.quorum != nil {
		errs = append(errs, n.quorum.Close())
	}
	if n.runtime != nil {
		n.runtime.Close()
	}
	if n.dirs != nil {
		errs = append(errs, n.dirs.Close(true), n.metadata.close())
	}
	n.log.Info(fmt.Sprintf("[KafkaServer id=%d] shut down completed", n.cfg.NodeID()), loggerKey, "kafka.server.KafkaServer")
	return errors.Join(errs...)
}
