package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/brolga-io/brolga/internal/testcluster/dump"
	"github.com/brolga-io/brolga/internal/testcluster/history"
	"github.com/brolga-io/brolga/internal/vfs"
	"github.com/brolga-io/brolga/torture/cluster"
)

// rehearse recovers a copy of a node's files, as the process that is about to start will
// the files themselves, and adds to the history how far every log comes. Of recovery
// itself nobody else can tell: a follower may cut its log right after it.
func (r *round) rehearse(n *cluster.Node) {
	copied := filepath.Join(r.dir, fmt.Sprint("rehearsal", n.ID))
	if err := copyLogs(n.Data, copied); err != nil {
		r.say("no recovery of node %d is rehearsed: %v", n.ID, err)
		return
	}
	when := fmt.Sprintf("before start %d at %.1fs", n.Starts()+1, time.Since(r.begin).Seconds())
	all, err := dump.Recover(vfs.OS, copied, cluster.ClusterID, int32(n.ID), when, topic)
	if err != nil {
		r.found("I19 recovery safety: %v", err)
	}
	r.h.Record(func(h *history.History) { h.Recoveries = append(h.Recoveries, all...) })
	if err := os.RemoveAll(copied); err != nil {
		r.say("%v", err)
	}
}

// copyLogs copies the topic's logs and what lies beside them in a data directory.
func copyLogs(from, to string) error {
	if err := errors.Join(os.RemoveAll(to), os.Mkdir(to, 0o755)); err != nil {
		return err
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := e.Name()
		switch {
		case e.IsDir() && !strings.HasPrefix(name, topic+"-"):
			continue
		case e.IsDir():
			err = os.CopyFS(filepath.Join(to, name), os.DirFS(filepath.Join(from, name)))
		default:
			var b []byte
			if b, err = os.ReadFile(filepath.Join(from, name)); err == nil {
				err = os.WriteFile(filepath.Join(to, name), b, 0o644)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}
