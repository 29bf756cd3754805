package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/brolga-io/brolga/internal/testcluster/history"
	"github.com/brolga-io/brolga/torture/cluster"
	"github.com/brolga-io/brolga/torture/load"
)

// shape is what a seed says about a round beside its faults' times.
type shape struct {
	families   []string
	nodes      int
	durability string
	library    string
}

func (s shape) String() string {
	return fmt.Sprintf("%s on %d nodes, log.durability=%s, %s", strings.Join(s.families, "+"), s.nodes, s.durability, s.library)
}

// mix is families that happen in one round.
type mix struct {
	families   string
	durability string // "": any
}

// mixes are what rounds are made of; a seed takes one of them. Every mix has something
// that takes leaders away.
func mixes() []mix {
	return []mix{
		{families: "kill"}, {families: "pause"}, {families: "kill pause"}, {families: "partition"},
		{families: "kill pause partition"}, {families: "slow kill"}, {families: "proxy kill"}, {families: "proxy pause"},
		{families: "power", durability: "os"}, {families: "power kill"}, {families: "blackout", durability: "fsync"},
		{families: "blackout kill partition", durability: "fsync"}, {families: "blackout", durability: "os"}, {families: "full kill"}, {families: "eio"}, {families: "damage"},
		{families: "damage kill"}, {families: "rolling"}, {families: "rolling reassign"}, {families: "reassign kill"},
		{families: "reassign partition"}, {families: "topics kill"}, {families: "topics pause"}, {families: "quorum"},
		{families: "quorum partition"}, {families: "upgrade"}, {families: "clock kill"}, {families: "clock pause"},
	}
}

// obstacle tells why a family cannot happen here, "" if it can.
func (o *options) obstacle(family string) string {
	switch family {
	case "partition", "slow":
		if !cluster.InWorld() {
			return "cutting links needs root and the tools ip, nft, tc"
		}
	case "power", "blackout", "full", "eio":
		if !cluster.InWorld() {
			return "disks that can be taken away need root"
		}
		if err := o.noDisks(); err != nil {
			return err.Error()
		}
	case "clock":
		if o.tagged == "" {
			return "clocks need a program built with the tag faults (-tagged)"
		}
	case "upgrade":
		if o.older == "" {
			return "an upgrade needs an older program (-older)"
		}
	}
	return ""
}

func (o *options) usable(m mix) bool {
	for _, f := range strings.Fields(m.families) {
		if o.obstacle(f) != "" {
			return false
		}
	}
	return true
}

// envelope is what the faults of the shape may cost.
func (s shape) envelope() history.Envelope {
	return history.Envelope{MayLose: s.durability == "os" && s.has("blackout")}
}

// has tells whether one of the families is in the shape.
func (s shape) has(families ...string) bool {
	return slices.ContainsFunc(families, func(f string) bool { return slices.Contains(s.families, f) })
}

// shape decides what the flags leave open. Every fifth seed has five nodes, some have
// another client library, a third syncs before it acknowledges.
func (o *options) shape() shape {
	rng := rand.New(rand.NewPCG(o.seed, 0))
	usable := slices.DeleteFunc(mixes(), func(m mix) bool { return !o.usable(m) })
	m := usable[int(o.seed)%len(usable)]
	s := shape{families: o.families(), nodes: o.nodes, durability: o.durability, library: o.library}
	if len(s.families) == 0 {
		s.families = strings.Fields(m.families)
		if s.durability == "" {
			s.durability = m.durability
		}
	}
	nodes, durability, library := 3, "os", load.Franz
	if rng.IntN(5) == 0 {
		nodes = 5
	}
	if rng.IntN(3) == 0 {
		durability = "fsync"
	}
	switch other := rng.IntN(10); {
	case other == 0 && load.Foreign(load.Java) == nil:
		library = load.Java
	case other <= 2 && load.Foreign(load.Librdkafka) == nil:
		library = load.Librdkafka
	}
	if s.nodes == 0 {
		s.nodes = nodes
	}
	if s.durability == "" {
		s.durability = durability
	}
	if s.library == "" {
		s.library = library
	}
	return s
}
