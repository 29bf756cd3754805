package logdir

import (
	"errors"
	"strings"
	"testing"

	"github.com/brolga-io/brolga/internal/vfs"
)

// twofold is a world in which partition a-0 with topic id 1 and five records is in
// directory one, and was made anew in two, with three records, while one was offline.
func twofold(t *testing.T, newID UUID) *world {
	w := newWorld(t, "one", "two")
	d := w.open()
	l := w.create(d, tp("a", 0), id(1))
	w.fill(l, 5)
	w.close(d, true)
	fs, broken := w.fs, true
	w.failUnder("one", vfs.OpReadDir, &broken)
	d = w.open()
	w.fill(w.create(d, tp("a", 0), newID), 3)
	d.Close(true)
	w.fs = fs
	return w
}

// TestTwofoldPartition: of a partition in two directories the one stays that the
// metadata speaks of, by its topic's id or the directory's; no record of the other is
// deleted.
func TestTwofoldPartition(t *testing.T) {
	for name, c := range map[string]struct {
		newID, asked UUID
		named        int // directory in the metadata, -1 for none
		end          int64
		aside        string // directories in which one was set aside
		want         error
	}{
		"the topic was deleted and created again": {id(2), id(2), -1, 3, "one", nil},
		"the new one was an error":                {id(2), id(1), -1, 5, "two", nil},
		"both are another topic's":                {id(2), id(3), -1, 0, "one two", nil},
		"one topic, the metadata names the new":   {id(1), id(1), 1, 3, "one", nil},
		"one topic, the metadata names the old":   {id(1), id(1), 0, 5, "two", nil},
		"one topic, the metadata names none":      {id(1), id(1), -1, 0, "", ErrTwofold},
	} {
		t.Run(name, func(t *testing.T) {
			w := twofold(t, c.newID)
			d := w.open()
			if _, err := d.Get(tp("a", 0)); !errors.Is(err, ErrTwofold) {
				t.Fatal(err)
			}
			home := Home{Old: true}
			if c.named >= 0 {
				home.Dir = d.dirs[c.named].id
			}
			l, err := d.Create(tp("a", 0), c.asked, home, nil)
			if !errors.Is(err, c.want) || err == nil && l.EndOffset() != c.end {
				t.Fatalf("%v, %v", l, err)
			}
			var aside []string
			for _, dir := range []string{"one", "two"} {
				entries, err := w.fs.ReadDir(dir)
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range entries {
					if strings.HasSuffix(e.Name(), straySuffix) {
						aside = append(aside, dir)
					}
				}
			}
			if got := strings.Join(aside, " "); got != c.aside {
				t.Errorf("set aside in %q", got)
			}
			if err == nil {
				w.fill(l, 1)
			}
			w.close(d, true)
			if c.want == nil {
				d = w.open()
				w.end(d, tp("a", 0), c.end+1)
				w.close(d, true)
			}
		})
	}
}

// TestTwofoldPartitionOfNobody: both are set aside.
func TestTwofoldPartitionOfNobody(t *testing.T) {
	w := twofold(t, id(2))
	d := w.open()
	if err := d.SetAside(tp("a", 0)); err != nil || len(d.All()) != 0 {
		t.Errorf("%v, %v", err, d.All())
	}
	w.close(d, true)
	d = w.open()
	if len(d.All()) != 0 {
		t.Error(d.All())
	}
	w.close(d, true)
}

// TestDeletedWhileItsDirectoryIsOffline: a topic of the same name can be created then,
// and the old one's records are set apart when the directory is back.
func TestDeletedWhileItsDirectoryIsOffline(t *testing.T) {
	w := newWorld(t, "one", "two")
	d := w.open()
	w.fill(w.create(d, tp("a", 0), id(1)), 5)
	d.fail(d.dirs[0], errDisk)
	if _, err := d.Create(tp("a", 0), id(1), Home{Dir: d.dirs[0].id}, nil); !errors.Is(err, ErrOffline) {
		t.Fatal(err)
	}
	if err := d.Delete(tp("a", 0), id(1)); !errors.Is(err, ErrOffline) {
		t.Fatal(err)
	}
	w.fill(w.create(d, tp("a", 0), id(2)), 1)
	d.Close(true)
	d = w.open()
	if l, err := d.Create(tp("a", 0), id(2), Home{}, nil); err != nil || l.EndOffset() != 1 {
		t.Errorf("%v, %v", l, err)
	}
	w.close(d, true)
}
