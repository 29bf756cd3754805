package node

import (
	"fmt"
	"path/filepath"
	"testing"
)

// TestSnapshots: enough log makes a snapshot, and a start from it knows all.
func TestSnapshots(t *testing.T) {
	dir, ctx := t.TempDir(), limit(t)
	n := start(t, dir, "metadata.log.max.record.bytes.between.snapshots=1000")
	admin := n.client()
	const topics = 30
	for i := range topics {
		must(admin.CreateTopic(ctx, 1, 1, nil, fmt.Sprintf("t%d", i)))(t)
	}
	n.stop()
	files, err := filepath.Glob(filepath.Join(dir, metadataLogName, "*.checkpoint"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no snapshot in %s: %v", dir, err)
	}
	n = start(t, dir)
	defer n.stop()
	if got := len(must(n.client().ListTopics(ctx))(t)); got != topics {
		t.Errorf("%d topics, want %d", got, topics)
	}
}
