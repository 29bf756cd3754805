package node

import (
	"runtime/debug"
	"sync"
	"time"

	"github.com/brolga-io/brolga/internal/metadata"
)

// A mass change of the metadata, such as the first image of a process, leaves
// garbage of a few times what stays. The runtime would keep that memory for the
// next one.
const (
	trimAfterPartitions = 2000 // touched since the last time
	trimDelay           = 5 * time.Second
)

// trimmer gives the memory back to the system when a mass change is over.
type trimmer struct {
	trim func()

	mu      sync.Mutex
	touched int
	timer   *time.Timer // nil until there is something to give back
	closed  bool
}

func newTrimmer() *trimmer { return &trimmer{trim: debug.FreeOSMemory} }

// step is a publisher's step.
func (t *trimmer) step(_ *metadata.Image, d *metadata.Delta) {
	n := 0
	for _, topic := range d.CreatedTopics {
		n += topic.PartitionCount()
	}
	for _, topic := range d.DeletedTopics {
		n += topic.PartitionCount()
	}
	for _, c := range d.ChangedTopics {
		n += len(c.Partitions)
	}
	if n == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.touched += n; t.touched < trimAfterPartitions || t.closed {
		return
	}
	if t.timer == nil {
		t.timer = time.AfterFunc(trimDelay, t.run)
		return
	}
	t.timer.Reset(trimDelay) // wait for the end of it
}

func (t *trimmer) run() {
	t.mu.Lock()
	t.touched = 0
	t.mu.Unlock()
	t.trim()
}

func (t *trimmer) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	if t.timer != nil {
		t.timer.Stop()
	}
}
