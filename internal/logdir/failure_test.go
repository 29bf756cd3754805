package logdir

import (
	"errors"
	"strings"
	"testing"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/vfs"
)

// failUnder makes every operation of a kind fail below a path, once armed.
func (w *world) failUnder(path string, op vfs.Op, armed *bool) {
	w.fs = vfs.NewErrorFS(w.mem, func(got vfs.Op, name string) error {
		if *armed && got == op && strings.HasPrefix(name, path) {
			return errDisk
		}
		return nil
	})
}

// TestDirectoryFailure: one failed fsync takes a directory offline as a
// whole, once, and leaves the other one alone.
func TestDirectoryFailure(t *testing.T) {
	w := newWorld(t, "one", "two")
	armed := false
	w.failUnder("one", vfs.OpSync, &armed)
	d := w.open()
	logs := map[string]*commitlog.Log{}
	for i := range int32(4) {
		l := w.create(d, tp("a", i), id(1))
		w.fill(l, 3)
		info, _ := d.Describe(tp("a", i))
		logs[info.Dir] = l
	}
	armed = true
	d.Flush()
	d.Flush()
	if len(w.fails) != 1 || w.fails[0].Dir != "one" || !errors.Is(w.fails[0].Err, errDisk) || len(w.fails[0].Partitions) != 2 {
		t.Fatalf("%+v", w.fails)
	}
	if _, err := logs["one"].Append(0, nil, commitlog.AppendCheck{}); !errors.Is(err, commitlog.ErrStorage) {
		t.Errorf("append to the failed directory: %v", err)
	}
	w.fill(logs["two"], 1)
	offline := 0
	for i := range int32(4) {
		if _, err := d.Get(tp("a", i)); errors.Is(err, ErrOffline) {
			offline++
		} else if err != nil {
			t.Error(err)
		}
	}
	if offline != 2 {
		t.Errorf("%d partitions are offline", offline)
	}
	for _, info := range d.Dirs() {
		if info.Offline != (info.Path == "one") {
			t.Errorf("%+v", info)
		}
	}
	w.create(d, tp("b", 0), id(2))
	if info, _ := d.Describe(tp("b", 0)); info.Dir != "two" {
		t.Errorf("placed in %s", info.Dir)
	}
	if err := d.Delete(tp("a", 0), id(1)); err != nil && !errors.Is(err, ErrOffline) {
		t.Error(err)
	}
	d.Close(true)
	if w.exists("one/.kafka_cleanshutdown") || !w.exists("two/.kafka_cleanshutdown") {
		t.Error("clean marks")
	}
	w.fs = w.mem
	d = w.open()
	if d.PreviousBrokerEpoch() != UnknownBrokerEpoch {
		t.Error("a failed directory has no orderly end")
	}
	w.close(d, true)
}

// TestReport: a storage error that a log's user saw has the same effect;
// other errors have none.
func TestReport(t *testing.T) {
	w := newWorld(t)
	armed := false
	w.failUnder("data/a-0/", vfs.OpWrite, &armed)
	d := w.open()
	l := w.create(d, tp("a", 0), id(1))
	w.fill(l, 1)
	d.Report(l, commitlog.ErrOffsetOutOfRange)
	if len(w.fails) != 0 {
		t.Fatal(w.fails)
	}
	armed = true
	_, err := l.Append(0, oneBatch(), commitlog.AppendCheck{})
	d.Report(l, err)
	d.Report(l, err)
	if len(w.fails) != 1 {
		t.Errorf("%v: %+v", err, w.fails)
	}
	d.Close(false)
}

// TestUnreadableDirectory: with another directory left, the broker starts.
func TestUnreadableDirectory(t *testing.T) {
	w := newWorld(t, "one", "two")
	d := w.open()
	w.fill(w.create(d, tp("a", 0), id(1)), 3)
	w.fill(w.create(d, tp("a", 1), id(1)), 3)
	w.close(d, true)
	armed := true
	w.failUnder("one", vfs.OpReadDir, &armed)
	d = w.open()
	if len(w.fails) != 1 || w.fails[0].Dir != "one" {
		t.Fatalf("%+v", w.fails)
	}
	d.Close(true)
	w.cfg.Dirs = w.cfg.Dirs[:1]
	if _, err := Open(w.cfg, w.fs, w.now); !errors.Is(err, errDisk) {
		t.Errorf("no directory left: %v", err)
	}
}
