package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

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
	isolated   bool   // needs a world of its own
}

// mixes are what rounds are made of; a seed takes one of them.
func mixes() []mix {
	return []mix{
		{families: "kill"}, {families: "pause"}, {families: "kill pause"},
		{families: "partition", isolated: true}, {families: "kill pause partition", isolated: true},
		{families: "slow kill", isolated: true},
	}
}

// shape decides what the flags leave open. Every fifth seed has five nodes, some have
// another client library, a third syncs before it acknowledges.
func (o *options) shape() shape {
	rng := rand.New(rand.NewPCG(o.seed, 0))
	isolated := cluster.InWorld()
	usable := slices.DeleteFunc(mixes(), func(m mix) bool { return m.isolated && !isolated })
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
