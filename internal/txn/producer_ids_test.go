package txn_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/brolga-io/brolga/internal/txn"
)

// blocks is a controller that gives out blocks of size ids.
type blocks struct {
	mu    sync.Mutex
	next  int64
	size  int32
	calls int
	fail  error
}

func (b *blocks) allocate() (txn.Block, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls++
	if b.fail != nil {
		return txn.Block{}, b.fail
	}
	first := b.next
	b.next += int64(b.size)
	return txn.Block{First: first, Count: b.size}, nil
}

func TestIDsAreUnique(t *testing.T) {
	b := &blocks{size: 7}
	ids := txn.NewProducerIDs(b.allocate)
	var mu sync.Mutex
	seen := map[int64]bool{}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				id, err := ids.Next()
				mu.Lock()
				if err != nil || seen[id] {
					t.Errorf("id %d, err %v, seen before %v", id, err, seen[id])
				}
				seen[id] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(seen) != 400 || b.calls != 58 {
		t.Errorf("%d ids from %d blocks, want 400 from 58", len(seen), b.calls)
	}
}

func TestFailureIsToldAndNotKept(t *testing.T) {
	b := &blocks{size: 2, fail: errors.New("no controller")}
	ids := txn.NewProducerIDs(b.allocate)
	if _, err := ids.Next(); !errors.Is(err, b.fail) {
		t.Fatalf("err %v, want %v", err, b.fail)
	}
	b.fail = nil
	if id, err := ids.Next(); id != 0 || err != nil {
		t.Fatalf("id %d, err %v, want 0", id, err)
	}
}

func TestBadBlockIsRefused(t *testing.T) {
	for _, block := range []txn.Block{{}, {First: -1, Count: 10}, {First: 5, Count: -1}} {
		ids := txn.NewProducerIDs(func() (txn.Block, error) { return block, nil })
		if id, err := ids.Next(); err == nil {
			t.Errorf("block %+v gave id %d", block, id)
		}
	}
}
