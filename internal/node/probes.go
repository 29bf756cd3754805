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
	for _, e := range endpoints {
		if e.Name == p.listener {
			p.running.Go(func() { p.run(brokerID, brokerEpoch, net.JoinHostPort(e.Host, strconv.Itoa(int(e.Port)))) })
			return
		}
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
