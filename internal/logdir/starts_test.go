package logdir

import (
	"errors"
	"strings"
	"testing"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/vfs"
)

// TestSavedStartsOutliveAKill: records that were deleted do not come back, neither
// after a kill nor after a loss of power, although the housekeeper never came by.
func TestSavedStartsOutliveAKill(t *testing.T) {
	for _, power := range []bool{false, true} {
		w := newWorld(t, "d1", "d2")
		d := w.open()
		var logs []*commitlog.Log
		for i := range int32(6) {
			l := w.create(d, tp("a", i), id(1))
			w.fill(l, 10)
			logs = append(logs, l)
		}
		d.Flush()
		for i, l := range logs {
			if err := l.AdvanceStartOffset(int64(i + 1)); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.SaveStarts(logs); err != nil {
			t.Fatal(err)
		}
		w.abandon(d)
		if power {
			w.loseUnsynced()
		}
		d = w.open()
		for i := range int32(6) {
			w.end(d, tp("a", i), 10)
			if s := w.get(d, tp("a", i)).StartOffset(); s != int64(i+1) {
				t.Errorf("power %v: partition %d starts at %d", power, i, s)
			}
		}
		w.close(d, true)
	}
}

// TestSavedStartsAreOneFile: many partitions that begin later cost one file for each
// directory, and nothing when it holds them already.
func TestSavedStartsAreOneFile(t *testing.T) {
	w := newWorld(t, "d1", "d2")
	renames := 0
	w.fs = vfs.NewErrorFS(w.mem, func(op vfs.Op, name string) error {
		if op == vfs.OpRename && strings.Contains(name, logStartName) {
			renames++
		}
		return nil
	})
	d := w.open()
	defer d.Close(false)
	var logs []*commitlog.Log
	for i := range int32(40) {
		l := w.create(d, tp("a", i), id(1))
		w.fill(l, 3)
		if err := l.AdvanceStartOffset(2); err != nil {
			t.Fatal(err)
		}
		logs = append(logs, l)
	}
	for range 3 {
		if err := d.SaveStarts(logs); err != nil {
			t.Fatal(err)
		}
	}
	if renames != 2 {
		t.Errorf("%d files were written", renames)
	}
	if err := d.Delete(tp("a", 0), id(1)); err != nil {
		t.Fatal(err)
	}
	if err := d.SaveStarts(logs[:1]); err != nil || renames != 2 {
		t.Errorf("for a deleted partition: %v, %d files", err, renames)
	}
}

// TestStartsThatCannotBeSaved: nothing is promised, and the directory is offline.
func TestStartsThatCannotBeSaved(t *testing.T) {
	w := newWorld(t)
	broken := false
	w.fs = vfs.NewErrorFS(w.mem, func(op vfs.Op, name string) error {
		if broken && op == vfs.OpSync && strings.Contains(name, logStartName) {
			return errDisk
		}
		return nil
	})
	d := w.open()
	defer d.Close(false)
	l := w.create(d, tp("a", 0), id(1))
	w.fill(l, 3)
	if err := l.AdvanceStartOffset(2); err != nil {
		t.Fatal(err)
	}
	broken = true
	for range 2 {
		if err := d.SaveStarts([]*commitlog.Log{l}); !errors.Is(err, commitlog.ErrStorage) {
			t.Errorf("saved: %v", err)
		}
	}
	if len(w.fails) != 1 {
		t.Errorf("told of %d failures", len(w.fails))
	}
}
