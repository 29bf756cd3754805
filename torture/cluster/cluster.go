package cluster

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

// Options say what kind of cluster a run has.
type Options struct {
	Dir        string // everything is made in here
	Binary     string
	Nodes      int
	Isolated   bool                  // in a world of its own (Enter), otherwise on loopback
	Dynamic    bool                  // voters of the quorum can be added and removed (KIP-853)
	Properties map[string]string     // of every node, beside those that make it a cluster
	Env        func(id int) []string // of a node's processes, beside this one's
	// DataDir chooses where a node's log.dirs is, nil: below Dir.
	DataDir func(id int) (string, error)
	// Front gives the address that others reach a listener of a node at, nil: its own.
	Front func(id int, listener, address string) (string, error)
	// Before is called before a node starts that ran before, while nothing uses its files.
	Before func(n *Node)
	Say    func(format string, args ...any)
}

// Cluster is the nodes of a run.
type Cluster struct {
	Options
	Nodes []*Node

	running sync.WaitGroup
}

// ClusterID is that of all clusters here; no two of them ever meet.
const ClusterID = "4L6g3nShT-eMCtK--X86sw"

// New makes network and directories, formats the nodes and starts none.
func New(o Options) (*Cluster, error) {
	c := &Cluster{Options: o}
	if o.Isolated {
		if err := connect(o.Nodes); err != nil {
			return nil, err
		}
	}
	for id := 1; id <= o.Nodes; id++ {
		n := &Node{ID: id, c: c, binary: o.Binary, Home: filepath.Join(o.Dir, fmt.Sprint("node", id))}
		if err := os.MkdirAll(n.Home, 0o755); err != nil {
			return nil, err
		}
		n.Data = filepath.Join(n.Home, "data")
		if o.DataDir != nil {
			var err error
			if n.Data, err = o.DataDir(id); err != nil {
				return nil, err
			}
		}
		c.Nodes = append(c.Nodes, n)
	}
	if err := c.configure(); err != nil {
		return nil, err
	}
	for _, n := range c.Nodes {
		if err := n.Format(); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// Format makes a node's data directory one of the cluster.
func (n *Node) Format(args ...string) error {
	if n.c.Dynamic {
		args = append(args, "--initial-controllers", n.c.initialControllers())
	}
	args = append([]string{"kafka-storage", "format", "--cluster-id", ClusterID, "--config", filepath.Join(n.Home, "server.properties")}, args...)
	out, err := exec.Command(n.c.Binary, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("format node %d: %w: %s", n.ID, err, out)
	}
	return nil
}

// Start runs all nodes.
func (c *Cluster) Start() error {
	for _, n := range c.Nodes {
		if err := n.Start(); err != nil {
			return err
		}
	}
	return nil
}

// Heal lets every node run again: links, pauses, processes. Disks are the owner's.
func (c *Cluster) Heal() error {
	var errs []error
	if c.Isolated {
		_, err := c.Reconnect()
		errs = append(errs, err)
	}
	for _, n := range c.Nodes {
		n.Resume()
		errs = append(errs, n.Start())
	}
	return errors.Join(errs...)
}

// Stop ends all nodes in order, side by side.
func (c *Cluster) Stop(limit time.Duration) error {
	errs := make([]error, len(c.Nodes))
	var all sync.WaitGroup
	for i, n := range c.Nodes {
		all.Go(func() { errs[i] = n.Stop(limit) })
	}
	all.Wait()
	return errors.Join(errs...)
}

// Close kills what still runs and waits for it.
func (c *Cluster) Close() {
	for _, n := range c.Nodes {
		n.Kill()
	}
	c.running.Wait()
}

// Node returns the node with that id, nil if there is none.
func (c *Cluster) Node(id int32) *Node {
	if id < 1 || int(id) > len(c.Nodes) {
		return nil
	}
	return c.Nodes[id-1]
}

// Addresses are where clients begin.
func (c *Cluster) Addresses() []string {
	var all []string
	for _, n := range c.Nodes {
		all = append(all, n.Address)
	}
	return all
}

func (c *Cluster) say(format string, args ...any) {
	if c.Say != nil {
		c.Say(format, args...)
	}
}

func (c *Cluster) env(id int) []string {
	if c.Env == nil {
		return nil
	}
	return c.Env(id)
}
