package logdir

import (
	"errors"
	"strings"
	"testing"

	"github.com/brolga-io/brolga/internal/commitlog"
)

func (w *world) list(dir string) []string {
	entries, err := w.mem.ReadDir(dir)
	if err != nil {
		w.t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}

// TestDelete: by topic id, renamed at once and durably, removed after the
// delay, and the name is free meanwhile.
func TestDelete(t *testing.T) {
	w := newWorld(t)
	d := w.open()
	l := w.create(d, tp("a", 0), id(1))
	w.fill(l, 5)
	if err := d.Delete(tp("a", 0), id(2)); !errors.Is(err, ErrWrongTopicID) {
		t.Error(err)
	}
	if err := d.Delete(tp("nobody", 0), id(2)); err != nil {
		t.Error(err)
	}
	if err := d.Delete(tp("a", 0), id(1)); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Get(tp("a", 0)); !errors.Is(err, ErrUnknownPartition) {
		t.Error(err)
	}
	if _, err := l.Append(0, nil, commitlog.AppendCheck{}); !errors.Is(err, commitlog.ErrClosed) {
		t.Errorf("the old log: %v", err)
	}
	gone := w.list("data")
	if len(gone) != 1 || !strings.HasPrefix(gone[0], "a-0.") || !strings.HasSuffix(gone[0], "-delete") {
		t.Fatal(gone)
	}
	w.fill(w.create(d, tp("a", 0), id(2)), 3)
	w.end(d, tp("a", 0), 3)
	h := housekeeper{d: d, lastRetention: w.now()}
	w.nowMs.Add(59_999)
	h.pass(w.now())
	if n := len(w.list("data")); n != 2 {
		t.Errorf("removed too early: %d", n)
	}
	w.nowMs.Add(1)
	h.pass(w.now())
	if got := w.list("data"); len(got) != 1 || got[0] != "a-0" {
		t.Error(got)
	}
	w.close(d, true)
}

// TestDeleteSurvivesRestart: a deletion that a stop interrupted is finished,
// and one that a power loss undid cannot be half.
func TestDeleteSurvivesRestart(t *testing.T) {
	w := newWorld(t)
	d := w.open()
	w.fill(w.create(d, tp("a", 0), id(1)), 5)
	if err := d.Delete(tp("a", 0), id(1)); err != nil {
		t.Fatal(err)
	}
	w.abandon(d)
	w.loseUnsynced()
	d = w.open()
	if len(d.All()) != 0 {
		t.Error("the partition is back")
	}
	h := housekeeper{d: d}
	h.pass(w.now())
	if got := w.list("data"); len(got) != 0 {
		t.Error(got)
	}
	w.close(d, true)
}

// TestCreateAgain: the same id finds the log, another id is an error, an id
// that was lost is written anew.
func TestCreateAgain(t *testing.T) {
	w := newWorld(t)
	d := w.open()
	l := w.create(d, tp("a", 0), id(1))
	if again := w.create(d, tp("a", 0), id(1)); again != l {
		t.Error("another log")
	}
	if _, err := d.Create(tp("a", 0), id(2), Home{}, nil); !errors.Is(err, ErrExists) {
		t.Error(err)
	}
	for _, bad := range []commitlog.TopicPartition{{Topic: "../x"}, {Topic: ""}, {Topic: "a", Partition: -1}, {Topic: strings.Repeat("x", 250)}} {
		if _, err := d.Create(bad, id(3), Home{}, nil); err == nil {
			t.Errorf("%v was created", bad)
		}
	}
	w.close(d, true)
	w.put("data/a-0/partition.metadata", "")
	d = w.open()
	w.create(d, tp("a", 0), id(7))
	if got, err := d.TopicID(tp("a", 0)); err != nil || got != id(7) {
		t.Error(got, err)
	}
	w.close(d, true)
}

func TestRetiredNames(t *testing.T) {
	long := tp(strings.Repeat("t", 249), 12345)
	name := retiredName(long, id(1), deleteSuffix)
	if len(name) != maxDirName {
		t.Errorf("%d bytes", len(name))
	}
	for name, want := range map[string]dirKind{
		name: deleteDir,
		"a-0." + strings.Repeat("0f", 16) + "-delete": deleteDir,
		"a-0." + strings.Repeat("0f", 16) + "-future": futureDir,
		"a-0." + strings.Repeat("0f", 16) + "-stray":  retiredDir,
		"a-0." + strings.Repeat("0f", 15) + "-delete": otherDir,
		"a-0":                    liveDir,
		"weird-delete":           otherDir,
		"__cluster_metadata-0":   otherDir,
		"remote-log-index-cache": otherDir,
		"lost+found":             otherDir,
	} {
		if _, got := parseDirName(name); got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
}

// TestDamage: a damaged log is kept closed, its directory works, and it can
// be set aside or salvaged.
func TestDamage(t *testing.T) {
	w := newWorld(t)
	damage := func() *Dirs {
		d := w.open()
		for _, name := range []string{"bad", "good"} {
			w.fill(w.create(d, tp(name, 0), id(1)), 10)
		}
		d.Flush()
		w.abandon(d)
		b := w.read("data/bad-0/00000000000000000000.log")
		w.put("data/bad-0/00000000000000000000.log", b[:len(b)-50])
		return w.open()
	}
	d := damage()
	w.end(d, tp("good", 0), 10)
	if _, err := d.Get(tp("bad", 0)); !errors.Is(err, commitlog.ErrCorrupt) {
		t.Fatal(err)
	}
	if got := d.Damaged(); len(got) != 1 || got[tp("bad", 0)] == nil {
		t.Error(got)
	}
	if len(w.fails) != 0 {
		t.Error("damage to one log took the directory offline")
	}
	// Another restart must not forget what was promised.
	d.Flush()
	w.fill(w.get(d, tp("good", 0)), 1)
	d.Flush()
	w.abandon(d)
	d = w.open()
	l, r, err := d.Salvage(tp("bad", 0))
	if err != nil || l.EndOffset() != 9 || r.LostFrom != 9 || r.LostTo != 10 {
		t.Errorf("%+v %v", r, err)
	}
	w.end(d, tp("bad", 0), 9)
	if err := d.SetAside(tp("bad", 0)); err != nil {
		t.Fatal(err)
	}
	w.fill(w.create(d, tp("bad", 0), id(1)), 2)
	w.close(d, true)
	strays := 0
	for _, name := range w.list("data") {
		if strings.HasSuffix(name, straySuffix) {
			strays++
		}
	}
	if strays != 1 {
		t.Error(w.list("data"))
	}
	w.close(w.open(), true)
}
