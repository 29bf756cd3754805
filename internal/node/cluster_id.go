package node

import (
	"net"
	"strconv"
	"time"

	"github.com/brolga-io/brolga/internal/peer"
	"github.com/brolga-io/brolga/internal/wire"
)

const (
	// learnPatience is how long a node without data asks for its cluster's id, and
	// learnPause lies between two rounds.
	learnPatience = 3 * time.Second
	learnPause    = 200 * time.Millisecond
	// toControllers asks about controllers (DescribeCluster, KIP-919).
	toControllers = 2
)

// learnClusterID asks the controllers that the configuration names for the id of their
// cluster; "" if none of them tells it. A cluster that runs has its id from all of its
// nodes' directories, so a node with empty ones can take nobody's place by it: a
// controller that lost its directory is known by the id of that.
func (n *Node) learnClusterID() string {
	for begin := time.Now(); ; {
		for _, address := range n.configuredControllers() {
			if id := n.askClusterID(address); id != "" {
				n.log.Info("A controller told the id of its cluster", "clusterId", id, "controller", address)
				return id
			}
		}
		if time.Since(begin) > learnPatience || !n.sleep(learnPause) {
			return ""
		}
	}
}

// sleep waits; it returns false if the start is given up meanwhile.
func (n *Node) sleep(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-n.o.Stop:
		return false
	}
}

func (n *Node) askClusterID(address string) string {
	conn := peer.NewConn(n.peerOptions("join", time.Second), func() (string, bool) { return address, true })
	defer conn.Close()
	req := &wire.DescribeClusterRequest{}
	req.SetDefaults()
	req.EndpointType = toControllers
	var resp wire.DescribeClusterResponse
	if err := conn.RoundTrip(req, newest(req), &resp); err != nil || resp.ErrorCode != wire.None {
		return ""
	}
	return resp.ClusterId
}

// configuredControllers are the addresses of other nodes at which the configuration
// says that controllers are.
func (n *Node) configuredControllers() []string {
	var all []string
	for _, v := range n.cfg.Voters() {
		if v.ID != n.cfg.NodeID() {
			all = append(all, net.JoinHostPort(v.Host, strconv.Itoa(v.Port)))
		}
	}
	for _, b := range n.cfg.BootstrapControllers() {
		all = append(all, net.JoinHostPort(b.Host, strconv.Itoa(b.Port)))
	}
	return all
}
