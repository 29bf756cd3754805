package node

import (
	"net"
	"strconv"
	"time"
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
// cluster; "" if none of them tells it in time. Those that are on their first start are
// waited for.
func (n *Node) learnClusterID() string {
	for heard := time.Now(); ; {
		for _, address := range n.configuredControllers() {
			is, ok := n.askStance(address)
			if ok && is.clusterID != "" {
				n.log.Info("A controller told the id of its cluster", "clusterId", is.clusterID, "controller", address)
				return is.clusterID
			}
			if ok {
				heard = time.Now()
			}
		}
		if time.Since(heard) > learnPatience || !n.sleep(learnPause) {
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
