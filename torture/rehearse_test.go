package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/logdir"
	"github.com/brolga-io/brolga/internal/testcluster/history"
	"github.com/brolga-io/brolga/internal/vfs"
	"github.com/brolga-io/brolga/torture/cluster"
)

// killed is the data directory of a node that was killed with three records on its disk
// and one that was not synced.
func killed(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	dirs, err := logdir.Open(logdir.Config{Dirs: []string{dir}, NodeID: 1, ClusterID: cluster.ClusterID, Format: true, NewID: func() logdir.UUID { return logdir.UUID{9} }},
		vfs.OS, func() int64 { return time.Now().UnixMilli() })
	if err != nil {
		t.Fatal(err)
	}
	log, err := dirs.Create(commitlog.TopicPartition{Topic: topic}, [16]byte{1}, logdir.Home{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		if i == 3 {
			dirs.Flush()
		}
		b := batch.NewBuilder(batch.NoProducer())
		b.Append(time.Now().UnixMilli(), nil, []byte("value"))
		if _, err := log.Append(0, b.Build(nil), commitlog.AppendCheck{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := dirs.Close(false); err != nil {
		t.Fatal(err)
	}
	return dir
}

func rehearsed(t *testing.T, data string) *round {
	t.Helper()
	r := &round{options: &options{dir: t.TempDir()}, begin: time.Now(), h: &history.History{}}
	r.rehearse(&cluster.Node{ID: 1, Data: data})
	return r
}

// TestRehearse: how far a log comes is told, and the files stay as they are.
func TestRehearse(t *testing.T) {
	data := killed(t)
	r := rehearsed(t, data)
	if len(r.findings) > 0 || len(r.h.Recoveries) != 1 || r.h.Recoveries[0].End != 4 || r.h.Recoveries[0].Synced != 3 {
		t.Fatalf("%+v, %v", r.h.Recoveries, r.findings)
	}
	if found := history.RecoverySafety(r.h); len(found) > 0 {
		t.Error(found)
	}
	segment := filepath.Join(data, topic+"-0", "00000000000000000000.log")
	b, err := os.ReadFile(segment)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(segment, b[:len(b)/2], 0o644); err != nil {
		t.Fatal(err)
	}
	r = rehearsed(t, data)
	if len(r.h.Recoveries) != 1 || !r.h.Recoveries[0].Refused {
		t.Errorf("of a log that lost what was synced: %+v, %v", r.h.Recoveries, r.findings)
	}
	if after, err := os.ReadFile(segment); err != nil || len(after) != len(b)/2 {
		t.Errorf("the rehearsal changed the log to %d bytes: %v", len(after), err)
	}
	if err := os.WriteFile(filepath.Join(data, "meta.properties"), []byte("version=1\nnode.id=7\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if r = rehearsed(t, data); len(r.findings) != 1 || !strings.HasPrefix(r.findings[0], "I19") {
		t.Errorf("a directory of another node: %v", r.findings)
	}
	if left, err := os.ReadDir(r.dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
