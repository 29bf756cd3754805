package logdir

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/vfs"
)

// TestLife creates, fills, stops orderly, and finds everything again.
func TestLife(t *testing.T) {
	w := newWorld(t)
	d := w.open()
	if d.PreviousBrokerEpoch() != UnknownBrokerEpoch {
		t.Error("a new directory has a past")
	}
	w.fill(w.create(d, tp("a", 0), id(1)), 10)
	w.create(d, tp("a", 1), id(1))
	if err := d.Registered(42, false); err != nil {
		t.Fatal(err)
	}
	d.SetHighWatermarks(func(p commitlog.TopicPartition) (int64, bool) { return 7, p == tp("a", 0) })
	w.close(d, true)
	if got := w.read("data/.kafka_cleanshutdown"); got != `{"version":0,"brokerEpoch":42}` {
		t.Error(got)
	}
	if got := w.read("data/recovery-point-offset-checkpoint"); got != "0\n1\na 0 10\n" {
		t.Errorf("%q", got)
	}
	if got := w.read("data/a-0/partition.metadata"); got != "version: 0\ntopic_id: "+FormatID(id(1))+"\n" {
		t.Errorf("%q", got)
	}

	d = w.open()
	if d.PreviousBrokerEpoch() != 42 || !d.Dirs()[0].Clean {
		t.Errorf("%+v", d.Dirs())
	}
	if w.exists("data/.kafka_cleanshutdown") {
		t.Error("the mark is still there")
	}
	if w.get(d, tp("a", 0)).Loaded() {
		t.Error("an idle log was loaded")
	}
	if hw, ok := d.HighWatermark(tp("a", 0)); !ok || hw != 7 {
		t.Error(hw, ok)
	}
	if _, ok := d.HighWatermark(tp("a", 1)); ok {
		t.Error("a high watermark from nowhere")
	}
	w.end(d, tp("a", 0), 10)
	w.end(d, tp("a", 1), 0)
	if got, err := d.TopicID(tp("a", 1)); err != nil || got != id(1) {
		t.Error(got, err)
	}
	if n := len(d.All()); n != 2 {
		t.Errorf("%d partitions", n)
	}
	if _, err := d.Get(tp("b", 0)); !errors.Is(err, ErrUnknownPartition) {
		t.Error(err)
	}
	w.close(d, false)
	if w.exists("data/.kafka_cleanshutdown") {
		t.Error("a mark after a stop that was not orderly")
	}
}

// TestKill: everything acknowledged is there after kill -9, and only what was
// not synced is looked at.
func TestKill(t *testing.T) {
	w := newWorld(t)
	d := w.open()
	w.fill(w.create(d, tp("a", 0), id(1)), 50)
	d.Flush()
	w.fill(w.get(d, tp("a", 0)), 5)
	w.fill(w.create(d, tp("b", 0), id(2)), 3)
	w.abandon(d)
	d = w.open()
	w.end(d, tp("a", 0), 55)
	w.end(d, tp("b", 0), 3)
	if r := w.get(d, tp("a", 0)).Recovered(); r.ScannedBytes > 5*200 {
		t.Errorf("%+v", r)
	}
	if d.PreviousBrokerEpoch() != UnknownBrokerEpoch {
		t.Error("a kill is no orderly end")
	}
	w.close(d, true)
}

// TestPowerLoss: what Flush synced is there.
func TestPowerLoss(t *testing.T) {
	w := newWorld(t)
	d := w.open()
	w.fill(w.create(d, tp("a", 0), id(1)), 50)
	d.Flush()
	w.fill(w.get(d, tp("a", 0)), 5)
	w.abandon(d)
	w.loseUnsynced()
	d = w.open()
	w.end(d, tp("a", 0), 50)
	w.close(d, true)
}

// TestCleanMark (KAFKA-10471, KAFKA-15375, KAFKA-13315): the mark is gone for
// good before a log is touched, wherever the start is killed.
func TestCleanMark(t *testing.T) {
	for stopAt := 1; ; stopAt++ {
		w := newWorld(t)
		d := w.open()
		w.fill(w.create(d, tp("a", 0), id(1)), 10)
		w.close(d, true)
		ops := 0
		w.fs = vfs.NewErrorFS(w.mem, func(op vfs.Op, _ string) error {
			if op.Changes() {
				if ops++; ops >= stopAt {
					return errDisk
				}
			}
			return nil
		})
		d, err := Open(w.cfg, w.fs, w.now)
		if err == nil {
			if l, gerr := d.Get(tp("a", 0)); gerr == nil {
				err = l.Load()
			}
		}
		if d != nil {
			w.abandon(d)
		}
		marked := w.mem.CrashClone(vfs.CrashOptions{})
		if _, serr := marked.Stat("data/.kafka_cleanshutdown"); serr == nil && d != nil && len(w.fails) == 0 {
			t.Fatalf("operation %d: the mark comes back after logs were opened", stopAt)
		}
		w.loseUnsynced()
		d = w.open()
		w.end(d, tp("a", 0), 10)
		w.close(d, true)
		if err == nil && ops < stopAt {
			return
		}
	}
}

// TestIdentity: whose directory it is.
func TestIdentity(t *testing.T) {
	const mine = "version=1\nnode.id=1\ncluster.id=AAAAAAAAAAAAAAAAAAAAAQ\ndirectory.id=7gAAAAAAAAAAAAAAAAAACQ\n"
	for name, c := range map[string]struct {
		meta   string
		format bool
		want   string // in the error, "" for none
	}{
		"new":               {"", true, ""},
		"not formatted":     {"", false, "not formatted"},
		"mine":              {mine, false, ""},
		"comments and CRLF": {"#\r\n#Mon Nov 23\r\n" + strings.ReplaceAll(mine, "\n", "\r\n"), false, ""},
		"other node":        {strings.Replace(mine, "node.id=1", "node.id=2", 1), true, "belongs to node 2, but this node is 1"},
		"other cluster":     {strings.Replace(mine, "=AAAA", "=BBBB", 1), true, "belongs to cluster BBBBAAAAAAAAAAAAAAAAAQ, but this node is part of cluster AAAAAAAAAAAAAAAAAAAAAQ"},
		"ZooKeeper time":    {"version=0\nbroker.id=1\ncluster.id=AAAAAAAAAAAAAAAAAAAAAQ\n", false, ""},
		"before 3.7":        {"version=1\nnode.id=1\ncluster.id=AAAAAAAAAAAAAAAAAAAAAQ\n", false, ""},
		"reserved id":       {strings.Replace(mine, "7gAAAAAAAAAAAAAAAAAACQ", "AAAAAAAAAAAAAAAAAAAAAg", 1), false, "is not usable"},
		"no cluster":        {"version=1\nnode.id=1\n", false, "cluster.id is missing"},
		"no node":           {"version=1\ncluster.id=x\n", false, "not a node id"},
		"future version":    {"version=9\n", false, `unknown version "9"`},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.cfg.Format = c.format
			if err := w.mem.MkdirAll("data", 0o755); err != nil {
				t.Fatal(err)
			}
			if c.meta != "" {
				w.put("data/meta.properties", c.meta)
			}
			d, err := Open(w.cfg, w.fs, w.now)
			if c.want != "" {
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Fatalf("%v", err)
				}
				if l, lerr := w.mem.Lock("data/.lock"); lerr != nil {
					t.Errorf("the lock is kept: %v", lerr)
				} else {
					l.Close()
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			w.close(d, true)
			m, err := ReadMetaProperties(w.mem, "data")
			if err != nil || m.Version != 1 || m.NodeID != 1 || m.DirectoryID == (UUID{}) {
				t.Errorf("%+v %v", m, err)
			}
			if name == "mine" && FormatID(m.DirectoryID) != "7gAAAAAAAAAAAAAAAAAACQ" {
				t.Error("the directory id changed")
			}
		})
	}
}

func TestLock(t *testing.T) {
	w := newWorld(t)
	d := w.open()
	if _, err := Open(w.cfg, w.fs, w.now); !errors.Is(err, vfs.ErrLocked) || !strings.Contains(err.Error(), "data") {
		t.Error(err)
	}
	w.close(d, true)
	w.close(w.open(), true)
}

// TestCopies: two directories with one identity are refused.
func TestCopies(t *testing.T) {
	w := newWorld(t, "one", "two")
	d := w.open()
	w.close(d, true)
	meta := w.read("one/meta.properties")
	other := w.read("two/meta.properties")
	w.put("two/meta.properties", meta)
	if _, err := Open(w.cfg, w.fs, w.now); err == nil || !strings.Contains(err.Error(), "same directory.id") {
		t.Error(err)
	}
	w.put("two/meta.properties", other)
	w.close(w.open(), true)
}

// TestPlacement: new partitions go where there are fewest.
func TestPlacement(t *testing.T) {
	w := newWorld(t, "one", "two", "three")
	d := w.open()
	for i := range int32(9) {
		w.create(d, tp("a", i), id(1))
	}
	count := map[string]int{}
	for _, p := range d.All() {
		info, _ := d.Describe(p)
		count[info.Dir]++
	}
	if count["one"] != 3 || count["two"] != 3 || count["three"] != 3 {
		t.Error(count)
	}
	w.close(d, true)
	d = w.open()
	if n := len(d.All()); n != 9 {
		t.Error(n)
	}
	w.close(d, true)
}

// TestFromKafka opens a data directory that Kafka stopped orderly.
func TestFromKafka(t *testing.T) {
	w := newWorld(t)
	w.cfg.Format = false
	copyTree(t, w.mem, "testdata/kafka-4.4.0", "data")
	copyTree(t, w.mem, "../commitlog/testdata/kafka-4.4.0/clean", "data")
	d := w.open()
	if d.PreviousBrokerEpoch() != 105 {
		t.Error(d.PreviousBrokerEpoch())
	}
	w.end(d, tp("plain", 0), 600)
	w.end(d, tp("txn", 0), 62)
	if hw, ok := d.HighWatermark(tp("plain", 0)); !ok || hw != 600 {
		t.Error(hw, ok)
	}
	if got, err := d.TopicID(tp("plain", 0)); err != nil || got == (UUID{}) {
		t.Error(got, err)
	}
	w.fill(w.get(d, tp("txn", 0)), 0)
	w.close(d, true)
	if !strings.Contains(w.read("data/recovery-point-offset-checkpoint"), "plain 0 600\ntxn 0 62\n") {
		t.Error(w.read("data/recovery-point-offset-checkpoint"))
	}
}

func copyTree(t *testing.T, m *vfs.Mem, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, e os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := to + strings.TrimPrefix(filepath.ToSlash(path), from)
		if e.IsDir() {
			return m.MkdirAll(target, 0o755)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return vfs.WriteFile(m, target, data)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestConcurrentCreate: racing callers get one log in one directory.
func TestConcurrentCreate(t *testing.T) {
	w := newWorld(t, "one", "two", "three")
	d := w.open()
	var wg sync.WaitGroup
	logs := make([]*commitlog.Log, 8)
	for i := range logs {
		wg.Go(func() {
			l, err := d.Create(tp("a", 0), id(1), Home{}, nil)
			if err != nil {
				t.Error(err)
			}
			logs[i] = l
		})
	}
	wg.Wait()
	for _, l := range logs {
		if l != logs[0] {
			t.Error("two logs of one partition")
		}
	}
	if n := len(w.list("one")) + len(w.list("two")) + len(w.list("three")); n != 1 {
		t.Errorf("%d directories", n)
	}
	w.close(d, true)
}
