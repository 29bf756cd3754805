package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// kind starts one of the brokers that are compared.
type kind struct {
	name    string
	nodes   int
	prepare func(at []place) error // once, before the first start; may be nil
	args    func(at []place, i int) []string
	auto    bool // the topic is created when asked for; otherwise it is there
}

// of returns the kind as a cluster.
func (k kind) of(nodes int) kind {
	k.nodes = nodes
	return k
}

// with returns the kind with more configuration.
func (k kind) with(overrides ...string) kind {
	args := k.args
	k.args = func(at []place, i int) []string {
		all := args(at, i)
		for _, o := range overrides {
			all = append(all, "--override", o)
		}
		return all
	}
	return k
}

func floorKind(self string) kind {
	return kind{name: "floor", nodes: 1, args: func(at []place, i int) []string {
		args := []string{self, "floor", "-dir", at[i].dir}
		if i > 0 {
			return append(args, "-leader", at[0].addr, "-follower", strconv.Itoa(i))
		}
		return append(args, "-addr", at[0].addr, "-followers", strconv.Itoa(len(at)-1))
	}}
}

func brolgaKind(binary string) kind {
	return kind{name: "brolga", nodes: 1, auto: true,
		prepare: func(at []place) error { return formatAll(binary, at) },
		args: func(at []place, i int) []string {
			args := []string{binary, "server"}
			if len(at) > 1 {
				return append(args, at[i].properties())
			}
			for _, p := range append(common(at[0]),
				"listeners=PLAINTEXT://"+at[0].addr,
				"advertised.listeners=PLAINTEXT://"+at[0].addr) {
				args = append(args, "--override", p)
			}
			return args
		}}
}

// common is the configuration of every node.
func common(at place) []string {
	return []string{
		"log.dirs=" + at.dir,
		"num.partitions=" + strconv.Itoa(partitions),
		"console.listener=none",
		"metrics.listener=none",
	}
}

// properties is the configuration file of a node of a cluster.
func (p place) properties() string { return p.dir + ".properties" }

// formatAll writes the configurations of a cluster, whose nodes have both roles, and
// formats its directories. A single broker needs neither.
func formatAll(binary string, at []place) error {
	if len(at) == 1 {
		return nil
	}
	var voters []string
	for i := range at {
		voters = append(voters, fmt.Sprintf("%d@%s", i+1, at[i].controller))
	}
	for i, p := range at {
		text := strings.Join(slices.Concat(common(p), []string{
			"process.roles=broker,controller",
			fmt.Sprint("node.id=", i+1),
			"controller.quorum.voters=" + strings.Join(voters, ","),
			"listeners=PLAINTEXT://" + p.addr + ",CONTROLLER://" + p.controller,
			"controller.listener.names=CONTROLLER",
			"inter.broker.listener.name=PLAINTEXT",
			"",
		}), "\n")
		if err := os.WriteFile(p.properties(), []byte(text), 0o600); err != nil {
			return err
		}
		cmd := exec.Command(binary, "storage", "format", "--ignore-formatted", "--cluster-id", "4L6g3nShT-eMCtK--X86sw", "--config", p.properties())
		if out, err := cmd.CombinedOutput(); err != nil {
			return errors.Join(fmt.Errorf("format %s: %s", filepath.Base(p.dir), out), err)
		}
	}
	return nil
}
