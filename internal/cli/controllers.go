package cli

import (
	"fmt"
	"maps"
	"net"
	"strconv"
)

// controllers talks to the nodes of the quorum directly (KIP-919). It finds
// them with DescribeCluster, since a controller does not answer Metadata.
type controllers struct {
	env     *Env
	props   clientProps
	first   *admin
	cluster *clusterNodes
	open    map[int32]*admin
}

func openControllers(env *Env, props clientProps, bootstrap string) (*controllers, error) {
	first, err := newAdmin(env, maps.Clone(props), bootstrap)
	if err != nil {
		return nil, err
	}
	first.only = first.SeedBrokers()[0]
	c := &controllers{env: env, props: props, first: first, open: map[int32]*admin{}}
	if c.cluster, err = first.describeCluster(clusterQuestion{controllers: true}); err != nil {
		first.Close()
		return nil, executionFailed(err)
	}
	return c, nil
}

// active returns a client whose calls all go to the active controller.
func (c *controllers) active() (*admin, error) { return c.node(c.cluster.controller) }

// node returns a client whose calls all go to one controller.
func (c *controllers) node(id int32) (*admin, error) {
	if a := c.open[id]; a != nil {
		return a, nil
	}
	for _, n := range c.cluster.nodes {
		if n.id != id {
			continue
		}
		a, err := newAdmin(c.env, maps.Clone(c.props), net.JoinHostPort(n.host, strconv.Itoa(int(n.port))))
		if err != nil {
			return nil, err
		}
		a.only = a.SeedBrokers()[0]
		c.open[id] = a
		return a, nil
	}
	return nil, timedOut(fmt.Sprintf("Timed out waiting for a node assignment. Controller %d is not known", id))
}

func (c *controllers) Close() {
	c.first.Close()
	for _, a := range c.open {
		a.Close()
	}
}
