package logdir

import (
	"errors"
	"strings"
	"testing"

	"github.com/brolga-io/brolga/internal/vfs"
)

// TestNoLogWithoutTopicID: a loss of power takes away what was never synced. The records
// of a log that was synced know their topic; those that got to the disk by chance, without
// the topic's id, are not taken for those of a newer topic of the same name.
func TestNoLogWithoutTopicID(t *testing.T) {
	for name, synced := range map[string]bool{"synced": true, "got to the disk by chance": false} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			d := w.open()
			w.fill(w.create(d, tp("a", 0), id(1)), 5)
			if synced {
				d.Flush()
			}
			lost := func(name string) bool { return strings.HasSuffix(name, "partition.metadata") }
			crashed := w.mem.CrashClone(vfs.CrashOptions{
				KeepChange: func(c vfs.Change) bool { return !lost(c.Name) },
				KeepWrite: func(name string, _ int64, n int) int {
					if lost(name) {
						return 0
					}
					return n
				},
			})
			w.abandon(d)
			w.mem, w.fs = crashed, crashed
			d = w.open()
			defer d.Close(false)
			got, err := d.TopicID(tp("a", 0))
			if want := map[bool]UUID{true: id(1)}[synced]; err != nil || got != want {
				t.Errorf("topic id %v, %v; want %v", got, err, want)
			}
			if _, err := d.Create(tp("a", 0), id(2), Home{}, nil); !errors.Is(err, ErrExists) {
				t.Errorf("a newer topic took over the log: %v", err)
			}
		})
	}
}

// TestEmptyLogTakesTopicID: a directory that a crash left half made is used.
func TestEmptyLogTakesTopicID(t *testing.T) {
	w := newWorld(t)
	d := w.open()
	w.create(d, tp("a", 0), id(1))
	w.abandon(d)
	if err := w.mem.Remove("data/a-0/partition.metadata"); err != nil {
		t.Fatal(err)
	}
	d = w.open()
	defer d.Close(false)
	if _, err := d.Create(tp("a", 0), id(2), Home{}, nil); err != nil {
		t.Fatal(err)
	}
	if got, err := d.TopicID(tp("a", 0)); err != nil || got != id(2) {
		t.Errorf("topic id %v, %v", got, err)
	}
}
