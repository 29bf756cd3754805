package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/brolga-io/brolga/internal/testcluster/dump"
	"github.com/brolga-io/brolga/internal/testcluster/history"
	"github.com/brolga-io/brolga/internal/vfs"
)

// judge stops the nodes, reads their files and lets the checkers speak.
func (r *round) judge(v *verdict) error {
	if err := r.cluster.Stop(stopLimit); err != nil {
		v.Found = append(v.Found, "I24 liveness after heal: "+err.Error())
	}
	whole := 0
	for _, n := range r.cluster.Nodes {
		replicas, err := dump.Replicas(vfs.OS, n.Data, int32(n.ID), "at the end", true, topic)
		if err != nil {
			return err
		}
		r.h.Replicas = append(r.h.Replicas, replicas...)
		switch err := dump.Metadata(r.h, vfs.OS, n.Data, int32(n.ID), whole == 0); {
		case errors.Is(err, dump.ErrLaterBeginning):
		case err != nil:
			return err
		default:
			whole++
		}
	}
	if whole == 0 {
		return errors.New("no node has the whole metadata log")
	}
	if err := r.readLogs(v); err != nil {
		return err
	}
	var found []string
	found, v.Measured = history.CheckAll(r.h, r.shape.envelope())
	v.Found = append(v.Found, found...)
	if n := r.h.SentAnew(); n > 0 {
		v.Measured = append(v.Measured, fmt.Sprintf("I4 no duplicates: %s sent %d records again under another epoch", r.shape.library, n))
	}
	v.Judged, v.Idle = history.Judged(r.h), history.Idle(r.h)
	v.LeaderChanges = leaderChanges(r.h)
	return nil
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

// readLogs adds what nodes wrote of themselves to the history, and finds those that
// ended by themselves.
func (r *round) readLogs(v *verdict) error {
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
			if history.Suspicious(lines.Text()) {
				r.h.Lines = append(r.h.Lines, history.Line{Node: int32(n.ID), Text: lines.Text()})
			}
		}
		f.Close()
		if err := lines.Err(); err != nil {
			return err
		}
	}
	return nil
}

// memoryCap is what no node of a round may use: a few megabytes of records pass it.
const memoryCap = 1 << 30

// sample adds what each process uses to the history.
func (r *round) sample(quiet bool) {
	for _, n := range r.cluster.Nodes {
		use, err := n.Use()
		if err != nil {
			continue // it does not run
		}
		one := history.Sample{Node: int32(n.ID), Life: int32(n.Starts()), At: time.Since(r.begin), Quiet: quiet,
			Files: use.Descriptors, MemoryBytes: use.MemoryBytes, Goroutines: use.Goroutines}
		r.h.Record(func(h *history.History) {
			h.MemoryCap = memoryCap
			h.Samples = append(h.Samples, one)
		})
	}
}
