package logdir

import "testing"

// A partition made anew does not inherit the rows of the one before it, whether the
// broker ran all the time or found the rows at its start.
func TestMadeAnewAfterKill(t *testing.T) {
	for name, restart := range map[string]bool{"the same process": false, "rows found at start": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			d := w.open()
			old := w.create(d, tp("a", 0), id(1))
			w.create(d, tp("b", 0), id(2))
			w.fill(old, 50)
			d.Flush()
			if err := old.AdvanceStartOffset(20); err != nil {
				t.Fatal(err)
			}
			if err := d.checkpoint(d.dirs[0]); err != nil {
				t.Fatal(err)
			}
			if err := d.Delete(tp("a", 0), id(1)); err != nil {
				t.Fatal(err)
			}
			if restart {
				w.abandon(d)
				d = w.open()
			}
			again := w.create(d, tp("a", 0), id(3))
			w.fill(again, 3)
			w.abandon(d)

			d = w.open()
			w.end(d, tp("a", 0), 3)
			if start := w.get(d, tp("a", 0)).StartOffset(); start != 0 {
				t.Errorf("it begins at %d", start)
			}
			w.close(d, true)
		})
	}
}
