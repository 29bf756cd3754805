package cluster

import (
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// The listeners of a node: clients may be led through a proxy, the nodes among
// themselves use their own.
const (
	clientListener     = "CLIENT"
	brokerListener     = "BROKER"
	controllerListener = "CONTROLLER"
)

// places gives a node an address for each listener, and for its metrics.
func (c *Cluster) places(n *Node) (client, broker, controller string, err error) {
	n.Host = "127.0.0.1"
	if c.Isolated {
		n.Host = address(n.ID)
		n.Metrics = n.Host + ":9404"
		return n.Host + ":9092", n.Host + ":9093", n.Host + ":9094", nil
	}
	var free [4]string
	for i := range free {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return "", "", "", err
		}
		defer l.Close() // after the others are chosen
		free[i] = l.Addr().String()
	}
	n.Metrics = free[3]
	return free[0], free[1], free[2], nil
}

// configure writes the properties of all nodes.
func (c *Cluster) configure() error {
	var voters, servers []string
	for _, n := range c.Nodes {
		client, broker, controller, err := c.places(n)
		if err != nil {
			return err
		}
		n.Address, n.Controller = client, controller
		between := broker
		if c.Front != nil {
			if n.Address, err = c.Front(n.ID, clientListener, client); err != nil {
				return err
			}
			if between, err = c.Front(n.ID, brokerListener, broker); err != nil {
				return err
			}
			if n.Controller, err = c.Front(n.ID, controllerListener, controller); err != nil {
				return err
			}
		}
		servers = append(servers, n.Controller)
		voters = append(voters, fmt.Sprintf("%d@%s", n.ID, n.Controller))
		n.props = map[string]string{
			"listeners":            fmt.Sprintf("CLIENT://%s,BROKER://%s,CONTROLLER://%s", client, broker, controller),
			"advertised.listeners": fmt.Sprintf("CLIENT://%s,BROKER://%s", n.Address, between),
		}
	}
	for _, n := range c.Nodes {
		maps.Copy(n.props, map[string]string{
			"process.roles":                    "broker,controller",
			"node.id":                          fmt.Sprint(n.ID),
			"controller.quorum.voters":         strings.Join(voters, ","),
			"listener.security.protocol.map":   "CLIENT:PLAINTEXT,BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT",
			"controller.listener.names":        controllerListener,
			"inter.broker.listener.name":       brokerListener,
			"log.dirs":                         n.Data,
			"default.replication.factor":       "3",
			"min.insync.replicas":              "2",
			"offsets.topic.num.partitions":     "3",
			"offsets.topic.replication.factor": "3",
			"group.initial.rebalance.delay.ms": "0",
			"auto.create.topics.enable":        "false",
			"metrics.listener":                 "http://" + n.Metrics,
			"console.listener":                 "none",
		})
		if c.Dynamic {
			delete(n.props, "controller.quorum.voters")
			n.props["controller.quorum.bootstrap.servers"] = strings.Join(servers, ",")
		}
		maps.Copy(n.props, c.Properties)
		if err := n.write(); err != nil {
			return err
		}
	}
	return nil
}

// Set changes properties for the next start; a value of "" takes the key out.
func (n *Node) Set(overrides map[string]string) error {
	for key, value := range overrides {
		if n.props[key] = value; value == "" {
			delete(n.props, key)
		}
	}
	return n.write()
}

// write makes the node's server.properties.
func (n *Node) write() error {
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(n.props)) {
		fmt.Fprintf(&b, "%s=%s\n", key, n.props[key])
	}
	return os.WriteFile(filepath.Join(n.Home, "server.properties"), []byte(b.String()), 0o600)
}
