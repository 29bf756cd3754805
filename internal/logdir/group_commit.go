package logdir

import (
	"sync"
	"time"

	"github.com/brolga-io/brolga/internal/commitlog"
)

// Waiter is told that a log was synced. Synced is called without a lock of this
// room, and soon returns.
type Waiter interface {
	Synced(err error)
}

// groupCommit syncs the logs of one directory that somebody waits for: all that ask
// while one round runs make up the next, so that the disk is kept busy with as few
// syncs as possible. It is for log.durability=fsync.
type groupCommit struct {
	mu      sync.Mutex
	next    []commitRequest
	running bool
	stopped bool
	wake    chan struct{} // capacity 1
}

type commitRequest struct {
	log *commitlog.Log
	to  Waiter
}

// SyncSoon has everything that is committed in a log made durable and tells to when
// it is, or that it failed. A log that is in no directory, or in one that is offline,
// is ErrOffline at once.
func (d *Dirs) SyncSoon(l *commitlog.Log, to Waiter) {
	dd := d.dirOf(l)
	if dd == nil || dd.offline() || !dd.commits.ask(d, dd, commitRequest{l, to}) {
		to.Synced(ErrOffline)
	}
}

// ask queues a request; false after the end.
func (g *groupCommit) ask(d *Dirs, dd *dataDir, r commitRequest) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.stopped {
		return false
	}
	if !g.running && d.steps == nil {
		g.running = true
		g.wake = make(chan struct{}, 1)
		d.commitWg.Go(func() { d.runCommits(dd) })
	}
	g.next = append(g.next, r)
	select {
	case g.wake <- struct{}{}:
	default:
	}
	return true
}

// take returns what was asked for since the last call, and gives back the memory of
// that.
func (g *groupCommit) take(old []commitRequest) []commitRequest {
	clear(old)
	g.mu.Lock()
	defer g.mu.Unlock()
	taken := g.next
	g.next = old[:0]
	return taken
}

// runCommits does one round after another while there is somebody who waits.
func (d *Dirs) runCommits(dd *dataDir) {
	g := &dd.commits
	var round []commitRequest
	for {
		select {
		case <-d.stop:
			d.endCommits(dd)
			return
		case <-g.wake:
		}
		round = g.take(round)
		d.commit(dd, round)
	}
}

// endCommits tells whoever still waits.
func (d *Dirs) endCommits(dd *dataDir) {
	g := &dd.commits
	g.mu.Lock()
	g.stopped = true
	g.mu.Unlock()
	for _, r := range g.take(nil) {
		r.to.Synced(commitlog.ErrClosed)
	}
}

// commit syncs the logs of a round, each once, however many wait for it.
func (d *Dirs) commit(dd *dataDir, round []commitRequest) {
	for i, r := range round {
		if r.log == nil {
			continue // synced for another one
		}
		begin := time.Now()
		err := r.log.Sync()
		d.cfg.FlushTimes.Observe(time.Since(begin))
		if err != nil && !isClosed(err) {
			d.fail(dd, err)
		}
		for j := i; j < len(round); j++ {
			if round[j].log == r.log {
				round[j].log = nil
				round[j].to.Synced(err)
			}
		}
	}
}
