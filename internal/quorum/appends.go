package quorum

import (
	"fmt"

	"github.com/brolga-io/brolga/internal/wire"
	"go.etcd.io/raft/v3/raftpb"
)

// appendWork is one thing the append loop does, in the order of the queue: one of
// msg, bind and lost.
type appendWork struct {
	// msg is raft's MsgStorageAppend; base is the base offset of its first entry,
	// restore the snapshot that it carries, if any.
	msg     *raftpb.Message
	base    int64
	restore *snapshotHeader
	// bind makes a first contact durable before its messages are stepped.
	bind *binding
	// lost makes it durable that this disk has lost what a leader counted.
	lost bool
}

// binding is the first contact with a raft id.
type binding struct {
	raftID uint64
	dir    wire.UUID
	held   []*raftpb.Message
}

// runAppends is the append loop: it alone writes the log and the hard state. What
// has queued up meanwhile is written with one sync.
func (q *Quorum) runAppends() {
	defer q.running.Done()
	for {
		select {
		case <-q.work:
		case <-q.stop:
			return
		}
		q.mu.Lock()
		todo := q.pending
		q.pending = nil
		dead := q.failed != nil
		q.mu.Unlock()
		if dead || len(todo) == 0 {
			continue
		}
		began := q.opts.Clock.Now()
		if err := q.writeAll(todo); err != nil {
			q.log.Error("the metadata log cannot be written", "err", err)
			q.fail(fmt.Errorf("metadata log: %w", err))
			continue
		}
		q.answerAll(todo)
		q.noteBusy(began)
	}
}

// writeAll makes the work durable.
func (q *Quorum) writeAll(todo []appendWork) error {
	for _, w := range todo {
		if err := q.disk.take(w); err != nil {
			return err
		}
	}
	return q.disk.sync()
}

// answerAll tells raft and the other voters what is durable now.
func (q *Quorum) answerAll(todo []appendWork) {
	q.drive(func() error {
		for _, w := range todo {
			switch {
			case w.lost:
				q.failLocked(ErrLostEntries)
				return nil
			case w.bind != nil:
				q.boundLocked(w.bind)
			default:
				q.storedLocked(w)
			}
		}
		return nil
	})
}

// storedLocked passes on the answers that waited for a write. A node that has lost
// entries answers nothing any more.
func (q *Quorum) storedLocked(w appendWork) {
	if w.restore != nil {
		q.restoredLocked(w.restore)
	}
	for _, resp := range w.msg.GetResponses() {
		switch {
		case q.hard.Lost:
		case resp.GetTo() == q.opts.RaftID:
			q.stepLocked(resp)
		default:
			q.effects.send = append(q.effects.send, resp)
		}
	}
}
