package node

import (
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/peer"
)

// probes look for a proof that a broker's process is dead after its connection
// broke: two dials, some time apart, that are refused. A frozen process, or a
// network that is down, refuses none.
type probes struct {
	dial     peer.Dial
	listener string // among brokers
	dead     func(brokerID int32, brokerEpoch int64)

	running sync.WaitGroup
	stop    chan struct{}
}

const (
	probePause   = 100 * time.Millisecond
	probeTimeout = time.Second
)

// begin is controller.Options.Probe.
func (p *probes) begin(brokerID int32, brokerEpoch int64, endpoints []metadata.Endpoint) {
	if address, ok := p.address(endpoints); ok {
		p.running.Go(func() { p.run(brokerID, brokerEpoch, address) })
	}
}

func (p *probes) address(endpoints []metadata.Endpoint) (string, bool) {
	for _, e := range endpoints {
		if e.Name == p.listener {
			return endpointOf(e), true
		}
	}
	if len(endpoints) == 0 {
		return "", false
	}
	return endpointOf(endpoints[0]), true // a controller need not know the brokers' listeners
}

func endpointOf(e metadata.Endpoint) string {
	return net.JoinHostPort(e.Host, strconv.Itoa(int(e.Port)))
}

// probeBrokers is called when this node has become the active controller. It has no
// connection of any broker yet that could break: one that died together with the
// controller before, or in its process, is found by dialling it.
func (n *Node) probeBrokers() {
	for b := range n.publisher.Image().Brokers() {
		address, ok := n.probes.address(b.Endpoints)
		if b.Fenced || b.ID == n.cfg.NodeID() || !ok {
			continue
		}
		n.probes.running.Go(func() {
			if n.probes.refused(address) {
				n.controller.BrokerConnectionLost(b.ID, b.Epoch) // which asks for the second dial
			}
		})
	}
}

func (p *probes) run(brokerID int32, brokerEpoch int64, address string) {
	if !p.refused(address) {
		return
	}
	pause := time.NewTimer(probePause)
	defer pause.Stop()
	select {
	case <-p.stop:
		return
	case <-pause.C:
	}
	if p.refused(address) {
		p.dead(brokerID, brokerEpoch)
	}
}

func (p *probes) refused(address string) bool {
	nc, err := p.dial(address, probeTimeout)
	if err == nil {
		nc.Close()
	}
	return peer.Refused(err)
}

// close ends what is under way.
func (p *probes) close() {
	close(p.stop)
	p.running.Wait()
}
