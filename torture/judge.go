package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"github.com/brolga-io/brolga/internal/testcluster/dump"
	"github.com/brolga-io/brolga/internal/testcluster/history"
	"github.com/brolga-io/brolga/internal/vfs"
)

// judge stops the nodes, reads their files and lets the checkers speak.
func (r *round) judge(v *verdict) error {
	if err := r.cluster.Stop(stopLimit); err != nil {
		v.Found = append(v.Found, "I24 liveness after heal: "+err.Error())
	}
	for i, n := range r.cluster.Nodes {
		replicas, err := dump.Replicas(vfs.OS, n.Data, int32(n.ID), "at the end", true, topic)
		if err != nil {
			return err
		}
		r.h.Replicas = append(r.h.Replicas, replicas...)
		if err := dump.Metadata(r.h, vfs.OS, n.Data, int32(n.ID), i == 0); err != nil {
			return err
		}
	}
	v.Found = append(v.Found, r.h.Check()...)
	v.LeaderChanges = leaderChanges(r.h)
	return r.hygiene(v)
}

// leaderChanges counts how often a partition of the topic got another leader.
func leaderChanges(h *history.History) int {
	last, changes := map[int32]int32{}, 0
	for _, s := range h.States {
		if s.Topic != topic || s.Leader < 0 {
			continue
		}
		if before, ok := last[s.Number]; ok && before != s.Leader {
			changes++
		}
		last[s.Number] = s.Leader
	}
	return changes
}

// hygiene is I25: nobody panics, finds a fault of its own, races, or ends by itself.
func (r *round) hygiene(v *verdict) error {
	for _, n := range r.cluster.Nodes {
		for _, end := range n.Ends() {
			v.Found = append(v.Found, "I25 hygiene: "+end)
		}
		f, err := os.Open(n.LogFile())
		if err != nil {
			return err
		}
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			if suspicious(lines.Text()) {
				v.Found = append(v.Found, fmt.Sprintf("I25 hygiene: node %d wrote: %s", n.ID, lines.Text()))
			}
		}
		f.Close()
		if err := lines.Err(); err != nil {
			return err
		}
	}
	return nil
}

// suspicious is a line that no fault from outside explains.
func suspicious(line string) bool {
	for _, word := range []string{"panic:", "BUG", "DATA RACE", "fatal error:", "all goroutines are asleep"} {
		if strings.Contains(line, word) {
			return true
		}
	}
	return false
}
