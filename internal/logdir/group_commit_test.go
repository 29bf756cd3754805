package logdir

import (
	"errors"
	"sync/atomic"
	"testing"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/vfs"
)

// synced waits for what SyncSoon tells.
type synced chan error

func (s synced) Synced(err error) { s <- err }

// TestGroupCommit: who asks while a round runs is served together by the next one.
func TestGroupCommit(t *testing.T) {
	w := newWorld(t)
	var syncs atomic.Int32
	entered, goOn := make(chan struct{}, 100), make(chan struct{})
	w.fs = vfs.NewErrorFS(w.mem, func(op vfs.Op, name string) error {
		if op == vfs.OpSync && parentOf(name) == "data/t-0" {
			syncs.Add(1)
			entered <- struct{}{}
			<-goOn
		}
		return nil
	})
	d := w.open()
	l := w.create(d, tp("t", 0), id(1))
	w.fill(l, 1)
	first := make(synced, 1)
	d.SyncSoon(l, first)
	<-entered
	later := make(synced, 10)
	w.fill(l, 5)
	for range 10 {
		d.SyncSoon(l, later)
	}
	close(goOn)
	if err := <-first; err != nil {
		t.Fatal(err)
	}
	for range 10 {
		if err := <-later; err != nil {
			t.Fatal(err)
		}
	}
	if got := l.RecoveryPoint(); got != 6 {
		t.Errorf("durable up to %d", got)
	}
	// The first round may sync more than the log itself.
	if n := syncs.Load(); n > 4 {
		t.Errorf("%d syncs for two rounds", n)
	}
	w.close(d, false)
	w.loseUnsynced()
	d = w.open()
	w.end(d, tp("t", 0), 6)
	w.close(d, true)
}

func parentOf(name string) string {
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == '/' {
			return name[:i]
		}
	}
	return ""
}

// TestGroupCommitFails: a failed sync is told, takes the directory offline, and
// nobody is told otherwise later.
func TestGroupCommitFails(t *testing.T) {
	w := newWorld(t)
	armed := false
	w.failUnder("data/t-0", vfs.OpSync, &armed)
	d := w.open()
	l := w.create(d, tp("t", 0), id(1))
	w.fill(l, 1)
	armed = true
	told := make(synced, 1)
	d.SyncSoon(l, told)
	if err := <-told; !errors.Is(err, commitlog.ErrStorage) {
		t.Errorf("told %v", err)
	}
	if len(w.fails) != 1 {
		t.Errorf("failures %+v", w.fails)
	}
	d.SyncSoon(l, told)
	if err := <-told; !errors.Is(err, ErrOffline) {
		t.Errorf("then %v", err)
	}
	w.close(d, false)
	d.SyncSoon(l, told)
	if err := <-told; err == nil {
		t.Error("synced after the end")
	}
}
