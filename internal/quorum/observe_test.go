package quorum

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/brolga-io/brolga/internal/vfs"
)

// watcher is an observer that keeps what it is told.
type watcher struct {
	mu        sync.Mutex
	values    []string
	next      int64
	snapshots []SnapshotID
	batches   int
	failed    error
	problem   error // of the feed's form
	refuse    func(b Batch) error
}

func (w *watcher) Snapshot(id SnapshotID, read func(each func(value []byte) error) error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if id.EndOffset <= w.next && w.next > 0 {
		w.problem = fmt.Errorf("snapshot %v for an observer at %d", id, w.next)
	}
	w.values, w.next = nil, id.EndOffset
	w.snapshots = append(w.snapshots, id)
	return read(func(value []byte) error {
		w.values = append(w.values, string(value))
		return nil
	})
}

func (w *watcher) Batch(b Batch) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if b.BaseOffset != w.next || b.EndOffset <= b.BaseOffset || b.Epoch < 1 || b.SizeInBytes < 61 {
		w.problem = fmt.Errorf("batch %+v for an observer at %d", b, w.next)
	}
	if w.refuse != nil {
		if err := w.refuse(b); err != nil {
			return err
		}
	}
	w.next = b.EndOffset
	w.batches++
	for _, v := range b.Records {
		if string(v) != noOpValue {
			w.values = append(w.values, string(v))
		}
	}
	return nil
}

func (w *watcher) Failed(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.failed = err
}

// check compares what was observed with what is committed.
func (w *watcher) check(t testing.TB, want []string) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.problem != nil || w.failed != nil {
		t.Fatalf("the feed: %v, failed: %v", w.problem, w.failed)
	}
	if !slices.Equal(w.values, want) {
		t.Fatalf("observed %q, want %q", w.values, want)
	}
}

func TestObserverFollowsTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := mustOpen(t, aloneOptions(t, vfs.NewMem()))
		early := &watcher{}
		stop := n.q.Observe(0, early)
		epoch := n.role.wait()
		want := n.fill(epoch, 0, 5)
		synctest.Wait()
		early.check(t, want)
		late := &watcher{}
		n.q.Observe(0, late)
		middle := &watcher{next: 3}
		n.q.Observe(3, middle)
		want = append(want, n.fill(epoch, 5, 5)...)
		synctest.Wait()
		early.check(t, want)
		late.check(t, want)
		middle.check(t, want[2:]) // offset 0 is the no-op
		stop()
		stop()
		n.fill(epoch, 10, 5)
		synctest.Wait()
		early.check(t, want)
		n.close()
		(&watcher{}).check(t, nil)
		n.q.Observe(0, &watcher{})() // after Close: nothing, and no goroutine
	})
}

func TestObserverBeginsWithTheSnapshot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := mustOpen(t, aloneOptions(t, vfs.NewMem()))
		epoch := n.role.wait()
		want := n.fill(epoch, 0, 5)
		id := n.snapshot()
		want = append(want, n.fill(epoch, 5, 5)...)
		w := &watcher{}
		n.q.Observe(0, w)
		synctest.Wait()
		w.check(t, want)
		if !slices.Equal(w.snapshots, []SnapshotID{id}) || w.batches != 5 {
			t.Fatalf("snapshots %v and %d batches, want %v and 5", w.snapshots, w.batches, id)
		}
		n.close()
	})
}

func TestObserverThatFailsIsToldAndLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := mustOpen(t, aloneOptions(t, vfs.NewMem()))
		broken := errors.New("cannot apply")
		w := &watcher{refuse: func(b Batch) error {
			if b.BaseOffset == 3 {
				return broken
			}
			return nil
		}}
		n.q.Observe(0, w)
		n.fill(n.role.wait(), 0, 5)
		synctest.Wait()
		if !errors.Is(w.failed, broken) || w.batches != 3 {
			t.Fatalf("failed with %v after %d batches", w.failed, w.batches)
		}
		n.close()
	})
}

// An observer on a voter that starts over from a snapshot starts over too.
func TestObserverOfALaggingVoter(t *testing.T) {
	trio(t, func(t *testing.T, c *cluster) {
		c.tune = smallSegments
		leader, epoch := c.leader()
		late := c.followers(leader)[0]
		w := &watcher{}
		late.q.Observe(0, w)
		want := leader.fill(epoch, 0, 10)
		c.converge()
		c.net.isolate(late.id(), c.ids, true)
		for range keptSnapshots + 1 {
			want = append(want, leader.fill(epoch, len(want), 15)...)
			leader.snapshot()
		}
		c.net.isolate(late.id(), c.ids, false)
		want = append(want, leader.fill(epoch, len(want), 3)...)
		c.converge()
		synctest.Wait()
		w.check(t, want)
		if len(w.snapshots) != 1 {
			t.Fatalf("snapshots %v", w.snapshots)
		}
	})
}
