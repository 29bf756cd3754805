package logdir

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/vfs"
)

const many = 3 * atOncePerSecond

// TestManyAreMadeLater: the directories of many new partitions follow, each with
// its topic id, and those that are used before have them at once.
func TestManyAreMadeLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		var hold atomic.Bool
		hold.Store(true)
		gate := make(chan struct{})
		w.fs = vfs.NewErrorFS(w.mem, func(op vfs.Op, name string) error {
			if op == vfs.OpMkdir && hold.Load() && strings.HasSuffix(name, fmt.Sprint("a-", atOncePerSecond)) {
				hold.Store(false)
				<-gate
			}
			return nil
		})
		d := w.open()
		for i := range int32(many) {
			w.create(d, tp("a", i), id(1))
		}
		synctest.Wait() // the maker is at its first directory
		if w.exists(fmt.Sprint("data/a-", atOncePerSecond)) || !w.exists(fmt.Sprint("data/a-", atOncePerSecond-1)) {
			t.Error("the wrong directories are there")
		}
		close(gate)
		w.fill(w.get(d, tp("a", many-1)), 1)
		synctest.Wait()
		for i := range int32(many) {
			if got := w.read(fmt.Sprintf("data/a-%d/partition.metadata", i)); !strings.HasSuffix(got, FormatID(id(1))+"\n") {
				t.Fatalf("a-%d: %q", i, got)
			}
		}
		w.close(d, true)
		d = w.open()
		w.end(d, tp("a", many-1), 1)
		if n := len(d.All()); n != many {
			t.Errorf("%d partitions", n)
		}
		w.close(d, true)
	})
}

// blocked is a world whose maker stands still: all directories beyond the first
// are unmade.
func blocked(t *testing.T) (*world, *Dirs, []commitlog.TopicPartition) {
	w := newWorld(t)
	d := w.open()
	d.maker.wake = nil // nobody hears of new work
	var unmade []commitlog.TopicPartition
	for i := range int32(many) {
		w.create(d, tp("a", i), id(1))
		if i >= atOncePerSecond {
			unmade = append(unmade, tp("a", i))
		}
	}
	return w, d, unmade
}

// TestDeletedBeforeItWasMade: such a partition leaves nothing behind, is not made
// afterwards, and can be created again under another id.
func TestDeletedBeforeItWasMade(t *testing.T) {
	w, d, unmade := blocked(t)
	old := w.get(d, unmade[0])
	for _, p := range unmade[:2] {
		if err := d.Delete(p, id(1)); err != nil {
			t.Fatal(err)
		}
	}
	if err := old.Load(); !errors.Is(err, commitlog.ErrClosed) {
		t.Error(err)
	}
	again := w.create(d, unmade[0], id(2))
	for d.makeNext() {
	}
	if got := w.read("data/" + unmade[0].String() + "/partition.metadata"); !strings.Contains(got, FormatID(id(2))) {
		t.Errorf("%q", got)
	}
	if w.exists("data/" + unmade[1].String()) {
		t.Error("a deleted partition was made")
	}
	w.fill(again, 1)
	w.close(d, true)
}

// TestKilledBeforeItWasMade: the metadata creates what is missing again.
func TestKilledBeforeItWasMade(t *testing.T) {
	w, d, unmade := blocked(t)
	w.fill(w.get(d, unmade[1]), 3)
	w.abandon(d)
	d = w.open()
	if _, err := d.Get(unmade[0]); !errors.Is(err, ErrUnknownPartition) {
		t.Error(err)
	}
	w.create(d, unmade[0], id(1))
	w.end(d, unmade[0], 0)
	w.end(d, unmade[1], 3)
	w.close(d, true)
}

// TestMakingFails: the directory goes offline, whoever made the partition's.
func TestMakingFails(t *testing.T) {
	for _, byUse := range []bool{true, false} {
		w := newWorld(t)
		var broken atomic.Bool
		w.fs = vfs.NewErrorFS(w.mem, func(op vfs.Op, _ string) error {
			if broken.Load() && op == vfs.OpMkdir {
				return errDisk
			}
			return nil
		})
		d := w.open()
		d.maker.wake = nil
		for i := range int32(many) {
			w.create(d, tp("a", i), id(1))
		}
		broken.Store(true)
		if byUse {
			l := w.get(d, tp("a", many-1))
			err := l.Load()
			if !errors.Is(err, commitlog.ErrStorage) {
				t.Errorf("use: %v", err)
			}
			d.Report(l, err)
		} else {
			d.makeNext()
		}
		if len(w.fails) != 1 || !errors.Is(w.fails[0].Err, errDisk) {
			t.Errorf("%+v", w.fails)
		}
		w.close(d, true)
	}
}
