package commitlog

import (
	"sync"
	"testing"
)

// TestCheckpointsWhileALogLoads: the housekeeper asks for what belongs into checkpoints
// whenever it wants, while somebody else loads the log. The race detector looks on.
func TestCheckpointsWhileALogLoads(t *testing.T) {
	for range 20 {
		l, err := newWorld(t).tryOpen(cleanAt(0))
		if err != nil {
			t.Fatal(err)
		}
		var asked sync.WaitGroup
		asked.Go(func() {
			for range 100 {
				l.Checkpoints()
			}
		})
		if err := l.Load(); err != nil {
			t.Error(err)
		}
		asked.Wait()
		if _, start, needed := l.Checkpoints(); start != 0 || needed {
			t.Errorf("begins at %d, %v", start, needed)
		}
		if err := l.Close(true); err != nil {
			t.Error(err)
		}
	}
}
