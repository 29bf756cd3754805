package group

import (
	"testing"

	"github.com/brolga-io/brolga/internal/wire"
)

// TestNobodyIsCoordinatedByAFencedBroker: another broker may have acknowledged commits
// that this one does not know (I12 of docs/torture.md).
func TestNobodyIsCoordinatedByAFencedBroker(t *testing.T) {
	alive := true
	c := &Coordinator{
		opts:       Options{Partitions: func() int32 { return 1 }, Alive: func() bool { return alive }},
		partitions: map[int32]*partition{0: {leads: true}},
	}
	if p, code := c.lookup("g"); p == nil || code != wire.None {
		t.Errorf("alive: %v", code.Name())
	}
	alive = false
	if p, code := c.lookup("g"); p != nil || code != wire.NotCoordinator {
		t.Errorf("not alive: %v", code.Name())
	}
}
