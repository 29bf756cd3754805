package logdir

import (
	"errors"
	"testing"

	"github.com/brolga-io/brolga/internal/vfs"
)

// TestPlace: where a partition goes that is in no directory that is online, by what the
// metadata says of it.
func TestPlace(t *testing.T) {
	unknown := UUID{0xdd}
	for name, c := range map[string]struct {
		home     func(d *Dirs) Home
		offline  bool // directory one could not be used at start
		cordoned []string
		want     string // "" for ErrOffline
	}{
		"nothing is known":                          {func(*Dirs) Home { return Home{} }, false, nil, "one"},
		"a new one while one is offline":            {func(*Dirs) Home { return Home{Dir: UUID{15: 1}} }, true, nil, "two"},
		"an old one while one is offline":           {func(*Dirs) Home { return Home{Dir: UUID{15: 1}, Old: true} }, true, nil, ""},
		"an old one of before KIP-858":              {func(*Dirs) Home { return Home{Old: true} }, true, nil, ""},
		"an old one and all work":                   {func(*Dirs) Home { return Home{Dir: UUID{15: 1}, Old: true} }, false, nil, "one"},
		"it is named":                               {func(d *Dirs) Home { return Home{Dir: d.dirs[2].id} }, false, nil, "three"},
		"it is named while one is offline":          {func(d *Dirs) Home { return Home{Dir: d.dirs[2].id, Old: true} }, true, nil, "three"},
		"another one is named while one is offline": {func(*Dirs) Home { return Home{Dir: unknown} }, true, nil, ""},
		"another one is named, and all work":        {func(*Dirs) Home { return Home{Dir: unknown} }, false, nil, "one"},
		"lost":                                      {func(*Dirs) Home { return Home{Dir: lostDir} }, false, nil, "one"},
		"lost while one is offline":                 {func(*Dirs) Home { return Home{Dir: lostDir} }, true, nil, ""},
		"some are cordoned":                         {func(*Dirs) Home { return Home{} }, false, []string{"one", "two"}, "three"},
		"all are cordoned":                          {func(*Dirs) Home { return Home{} }, false, []string{"*"}, "one"},
		"it is named and cordoned":                  {func(d *Dirs) Home { return Home{Dir: d.dirs[1].id} }, false, []string{"*"}, "two"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "one", "two", "three")
			w.close(w.open(), true)
			w.failUnder("one", vfs.OpReadDir, &c.offline)
			d := w.open()
			d.SetCordoned(c.cordoned)
			_, err := d.Create(tp("a", 0), id(1), c.home(d), nil)
			info, here := d.Describe(tp("a", 0))
			switch {
			case c.want == "" && (!errors.Is(err, ErrOffline) || here):
				t.Errorf("%v, in %q", err, info.Dir)
			case c.want != "" && (err != nil || info.Dir != c.want):
				t.Errorf("%v, in %q", err, info.Dir)
			}
			d.Close(true)
		})
	}
}

// TestCordonedDirectoryTakesNoMoves, and says which are cordoned.
func TestCordonedDirectoryTakesNoMoves(t *testing.T) {
	w := newWorld(t, "one", "two")
	d := w.open()
	w.create(d, tp("a", 0), id(1))
	if !d.SetCordoned([]string{"two"}) || d.SetCordoned([]string{"two"}) || d.Dirs()[0].Cordoned || !d.Dirs()[1].Cordoned {
		t.Errorf("%+v", d.Dirs())
	}
	if err := d.MoveTo(tp("a", 0), "two"); !errors.Is(err, ErrCordoned) {
		t.Error(err)
	}
	w.close(d, true)
}
