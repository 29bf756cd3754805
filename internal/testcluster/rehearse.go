package testcluster

import (
	"github.com/brolga-io/brolga/internal/testcluster/dump"
	"github.com/brolga-io/brolga/internal/testcluster/history"
	"github.com/brolga-io/brolga/internal/vfs"
)

// rehearse recovers a copy of a member's files, as the next process will the files
// themselves, and adds to the history how far every log of the topic comes.
func (w *Workload) rehearse(m *Member, when string) {
	all, err := dump.Recover(copyOf(m.files), dataDir, clusterID, m.ID, when, w.topic)
	if err != nil {
		w.c.found("%v", err)
	}
	w.h.Record(func(h *history.History) { h.Recoveries = append(h.Recoveries, all...) })
}

// copyOf is what a machine that goes on has: all that was written, synced or not.
func copyOf(files *vfs.Mem) *vfs.Mem {
	return files.CrashClone(vfs.CrashOptions{
		KeepChange:   func(vfs.Change) bool { return true },
		KeepWrite:    func(_ string, _ int64, n int) int { return n },
		KeepTruncate: func(string, int64) bool { return true },
	})
}
