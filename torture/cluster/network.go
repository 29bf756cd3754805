package cluster

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// The addresses of a world: nodes are .1 to .n, clients and proxies are .254.
const (
	subnet  = "10.77.0."
	clients = subnet + "254"
)

// address is a node's in its own network namespace.
func address(id int) string { return fmt.Sprint(subnet, id) }

// Listen is where a proxy listens, on any port.
func (o Options) Listen() string {
	if o.Isolated {
		return clients + ":0"
	}
	return "127.0.0.1:0"
}

func namespace(id int) string { return fmt.Sprint("n", id) }

// connect makes a bridge and gives each node a network namespace on it.
func connect(nodes int) error {
	script := "link add br0 type bridge\naddr add " + clients + "/24 dev br0\nlink set br0 up\n"
	for id := 1; id <= nodes; id++ {
		ns := namespace(id)
		script += fmt.Sprintf("netns add %s\nlink add v%d type veth peer name eth0 netns %s\nlink set v%d master br0\nlink set v%d up\n", ns, id, ns, id, id)
	}
	if err := batch("", script); err != nil {
		return err
	}
	for id := 1; id <= nodes; id++ {
		inside := fmt.Sprintf("addr add %s/24 dev eth0\nlink set eth0 up\nlink set lo up\n", address(id))
		if err := batch(namespace(id), inside); err != nil {
			return err
		}
		if err := rules(id, "add table ip torture", "add chain ip torture in { type filter hook input priority 0 ; }"); err != nil {
			return err
		}
	}
	return nil
}

// batch runs lines of ip, in a network namespace if one is named.
func batch(ns, script string) error {
	for line := range strings.Lines(script) {
		args := strings.Fields(line)
		if ns != "" {
			args = append([]string{"-n", ns}, args...)
		}
		if err := command("ip", args...); err != nil {
			return err
		}
	}
	return nil
}

// rules runs commands of nft at a node.
func rules(id int, lines ...string) error {
	return command("nsenter", "--net=/run/netns/"+namespace(id), "nft", strings.Join(lines, "; "))
}

// Client stands for everybody who is no node, in Drop.
const Client = 254

// Drop loses everything that a node (or Client) sends to another one from now on.
// percent 100 loses all of it. Connections stay open and find out by themselves.
func (c *Cluster) Drop(from, to, percent int) error {
	match := "ip saddr " + address(from)
	if percent < 100 {
		match += fmt.Sprintf(" numgen random mod 100 < %d", percent)
	}
	if to == Client {
		return fmt.Errorf("BUG: what clients get cannot be dropped there")
	}
	return rules(to, "add rule ip torture in "+match+" counter drop")
}

var dropped = regexp.MustCompile(`counter packets ([0-9]+) bytes`)

// Reconnect takes all drops back and returns how many packets they took.
func (c *Cluster) Reconnect() (packets int, err error) {
	for _, n := range c.Nodes {
		ns := "--net=/run/netns/" + namespace(n.ID)
		text, err := output("nsenter", ns, "nft", "list", "chain", "ip", "torture", "in")
		if err != nil {
			return 0, err
		}
		for _, m := range dropped.FindAllStringSubmatch(text, -1) {
			took, _ := strconv.Atoi(m[1])
			packets += took
		}
		if err := rules(n.ID, "flush chain ip torture in"); err != nil {
			return 0, err
		}
	}
	return packets, nil
}

// Throttle gives a node's outgoing link so many kbit/s and a queue of 400 ms.
func (c *Cluster) Throttle(id, kbits int) error {
	return command("tc", "-n", namespace(id), "qdisc", "add", "dev", "eth0", "root", "tbf",
		"rate", fmt.Sprint(kbits, "kbit"), "burst", "16kb", "latency", "400ms")
}

var overlimits = regexp.MustCompile(`overlimits ([0-9]+)`)

// Unthrottle takes that back and returns how many packets had to wait.
func (c *Cluster) Unthrottle(id int) (waited int, err error) {
	text, err := output("tc", "-n", namespace(id), "-s", "qdisc", "show", "dev", "eth0")
	if err != nil {
		return 0, err
	}
	if m := overlimits.FindStringSubmatch(text); m != nil {
		waited, _ = strconv.Atoi(m[1])
	}
	return waited, command("tc", "-n", namespace(id), "qdisc", "del", "dev", "eth0", "root")
}
