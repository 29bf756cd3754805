package testcluster

import (
	"strings"
	"time"

	"github.com/brolga-io/brolga/internal/logdir"
	"github.com/brolga-io/brolga/internal/testcluster/dump"
	"github.com/brolga-io/brolga/internal/testcluster/history"
	"github.com/brolga-io/brolga/internal/vfs"
)

// rehearse recovers a copy of a member's files, as the next process will the files
// themselves, and adds to the history how far every log of the topic comes.
func (w *Workload) rehearse(m *Member, when string) {
	files := copyOf(m.files)
	synced, err := dump.Synced(files, dataDir)
	if err != nil {
		w.c.found("%v", err)
		return
	}
	dirs, err := logdir.Open(logdir.Config{Dirs: []string{dataDir}, NodeID: m.ID, ClusterID: clusterID, Replicated: true},
		files, func() int64 { return time.Now().UnixMilli() })
	if err != nil {
		w.c.found("node %d cannot recover %s: %v", m.ID, when, err)
		return
	}
	damaged := dirs.Damaged()
	for _, tp := range dirs.All() {
		if tp.Topic != w.topic {
			continue
		}
		one := history.Recovery{Partition: history.Partition{Topic: tp.Topic, Number: tp.Partition}, Node: m.ID, When: when, Synced: synced[tp.String()]}
		_, one.Refused = damaged[tp]
		log, err := dirs.Get(tp)
		switch {
		case err == nil:
			one.Start, one.End = log.StartOffset(), log.EndOffset()
		case !one.Refused:
			w.c.found("node %d cannot open %v %s: %v", m.ID, tp, when, err)
			continue
		}
		w.h.Record(func(h *history.History) { h.Recoveries = append(h.Recoveries, one) })
	}
	if err := dirs.Close(false); err != nil && !strings.Contains(err.Error(), "closed") {
		w.c.found("node %d, after a rehearsed recovery: %v", m.ID, err)
	}
}

// copyOf is what a machine that goes on has: all that was written, synced or not.
func copyOf(files *vfs.Mem) *vfs.Mem {
	return files.CrashClone(vfs.CrashOptions{
		KeepChange:   func(vfs.Change) bool { return true },
		KeepWrite:    func(_ string, _ int64, n int) int { return n },
		KeepTruncate: func(string, int64) bool { return true },
	})
}
