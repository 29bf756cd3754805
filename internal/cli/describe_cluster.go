package cli

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// clusterQuestion says which nodes a DescribeCluster request asks for.
type clusterQuestion struct {
	controllers bool // of the quorum, which only controllers answer (KIP-919)
	fenced      bool // include fenced brokers (KIP-1073)
}

// clusterNodes is the answer: nodes in order of their ids.
type clusterNodes struct {
	id         string
	controller int32
	nodes      []clusterNode
}

type clusterNode struct {
	id     int32
	host   string
	port   int32
	rack   *string
	fenced bool
}

func (a *admin) describeCluster(q clusterQuestion) (*clusterNodes, error) {
	req := kmsg.NewPtrDescribeClusterRequest()
	if q.controllers {
		req.EndpointType = 2
	}
	req.IncludeFencedBrokers = q.fenced
	resp, err := call[*kmsg.DescribeClusterResponse](a, "listNodes", req)
	if err != nil {
		return nil, err
	}
	if err := brokerError(resp.ErrorCode, resp.ErrorMessage); err != nil {
		return nil, err
	}
	if q.fenced && resp.Version < 2 {
		return nil, unsupportedVersion("Including fenced broker endpoints is not supported with version " + fmt.Sprint(resp.Version))
	}
	c := &clusterNodes{id: resp.ClusterID, controller: resp.ControllerID}
	for _, b := range resp.Brokers {
		c.nodes = append(c.nodes, clusterNode{b.NodeID, b.Host, b.Port, b.Rack, b.IsFenced})
	}
	sortNodes(c.nodes)
	return c, nil
}

func sortNodes(nodes []clusterNode) {
	slices.SortFunc(nodes, func(a, b clusterNode) int { return cmp.Compare(a.id, b.id) })
}

func (c *clusterNodes) ids() []int32 {
	ids := make([]int32, len(c.nodes))
	for i, n := range c.nodes {
		ids[i] = n.id
	}
	return ids
}

func (n clusterNode) rackText() string {
	if n.rack == nil {
		return "null"
	}
	return *n.rack
}

// String is how Java prints a node.
func (n clusterNode) String() string {
	return fmt.Sprintf("%s:%d (id: %d rack: %s isFenced: %t)", n.host, n.port, n.id, n.rackText(), n.fenced)
}
