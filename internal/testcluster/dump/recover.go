package dump

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/brolga-io/brolga/internal/logdir"
	"github.com/brolga-io/brolga/internal/testcluster/history"
	"github.com/brolga-io/brolga/internal/vfs"
)

// Recover recovers the logs of some topics as the next process of a node will, and tells
// how far each one comes. It changes the files: they are a copy.
func Recover(files vfs.FS, dataDir, clusterID string, node int32, when string, topics ...string) ([]history.Recovery, error) {
	synced, err := Synced(files, dataDir)
	if err != nil {
		return nil, err
	}
	dirs, err := logdir.Open(logdir.Config{Dirs: []string{dataDir}, NodeID: node, ClusterID: clusterID, Replicated: true},
		files, func() int64 { return time.Now().UnixMilli() })
	if err != nil {
		return nil, fmt.Errorf("node %d cannot recover %s: %w", node, when, err)
	}
	var all []history.Recovery
	var errs []error
	damaged := dirs.Damaged()
	for _, tp := range dirs.All() {
		if !slices.Contains(topics, tp.Topic) {
			continue
		}
		one := history.Recovery{Partition: history.Partition{Topic: tp.Topic, Number: tp.Partition}, Node: node, When: when, Synced: synced[tp.String()]}
		_, one.Refused = damaged[tp]
		log, err := dirs.Get(tp)
		switch {
		case err == nil:
			one.Start, one.End = log.StartOffset(), log.EndOffset()
		case !one.Refused:
			errs = append(errs, fmt.Errorf("node %d cannot open %v %s: %w", node, tp, when, err))
			continue
		}
		all = append(all, one)
	}
	if err := dirs.Close(false); err != nil && !strings.Contains(err.Error(), "closed") {
		errs = append(errs, fmt.Errorf("node %d, after a rehearsed recovery: %w", node, err))
	}
	return all, errors.Join(errs...)
}
