package simulator

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/testcluster/history"
)

// healLimit is how long everything may take to be in sync again after all faults.
const healLimit = 60 * time.Second

// newest is the newest image that a node has.
func (w *world) newest() *metadata.Image {
	best := metadata.Empty()
	for _, n := range w.nodes {
		if p := n.proc; p != nil && p.feed != nil && p.feed.image.EndOffset() > best.EndOffset() {
			best = p.feed.image
		}
	}
	return best
}

// finish heals everything, waits until all is in sync, reads all there is, and judges.
func (w *world) finish() {
	w.stopped = true
	w.net.heal()
	for _, n := range w.nodes {
		n.slow, n.holdOff = 0, false
		if p := n.proc; p != nil && !p.dead {
			p.pausedUntil = 0
			p.files.dieAt, p.files.failAt = 0, 0
			if p.feed != nil {
				p.feed.slow = 0
			}
		}
		n.startIn(time.Millisecond)
	}
	w.note("HEAL")
	if !w.await(healLimit, func() bool { return w.unsettled() == "" }) {
		w.fail("I24 liveness: %v after all faults ended: %s", healLimit, w.unsettled())
		return
	}
	w.readAll()
	for _, n := range w.nodes {
		w.seen.image(n.proc, "at the end", n.proc.feed.next)
		w.seen.dump(n.proc, "at the end", true)
	}
	w.checkCompacted()
	w.judge()
}

// unsettled says what is not as it should be yet, "" if nothing.
func (w *world) unsettled() string {
	image := w.newest()
	for _, n := range w.nodes {
		p := n.proc
		switch {
		case p == nil:
			return fmt.Sprintf("node %d does not run", n.id)
		case p.feed.image != image && p.feed.image.EndOffset() != image.EndOffset():
			return fmt.Sprintf("node %d is behind in the metadata", n.id)
		case !p.registrar.alive() || !p.registrar.unfenced || image.Broker(n.id).Fenced:
			return fmt.Sprintf("node %d is fenced", n.id)
		}
	}
	for t := range image.Topics() {
		for number, mp := range t.Partitions() {
			if mp.Leader < 0 || len(mp.ISR) != len(mp.Replicas) || len(mp.AddingReplicas)+len(mp.RemovingReplicas) > 0 {
				return fmt.Sprintf("%s-%d is led by %d, in sync are %v of %v", t.Name, number, mp.Leader, mp.ISR, mp.Replicas)
			}
			if why := w.lags(t, number, mp); why != "" {
				return why
			}
		}
	}
	return w.clients.unsettled()
}

// lags says which replica has not all of its leader's records, or does not know how
// far they are committed.
func (w *world) lags(t *metadata.Topic, number int32, mp *metadata.Partition) string {
	leader, err := w.node(mp.Leader).proc.replicas.FindByID(w.newest(), t.ID, number)
	if err != nil || leader.Log() == nil {
		return fmt.Sprintf("%s-%d is not on its leader %d: %v", t.Name, number, mp.Leader, err)
	}
	end := leader.Log().EndOffset()
	for _, id := range mp.Replicas {
		part, err := w.node(id).proc.replicas.FindByID(w.newest(), t.ID, number)
		if err != nil || part.Log() == nil {
			return fmt.Sprintf("%s-%d is not on %d: %v", t.Name, number, id, err)
		}
		if part.HighWatermark() != end || part.Log().EndOffset() != end || part.Log().StartOffset() < leader.Log().StartOffset() {
			return fmt.Sprintf("%s-%d on %d begins at %d, ends at %d and is committed up to %d, its leader's begins at %d and ends at %d", t.Name, number, id,
				part.Log().StartOffset(), part.Log().EndOffset(), part.HighWatermark(), leader.Log().StartOffset(), end)
		}
	}
	return ""
}

// readAll reads every topic from its beginning to its end, from the leaders.
func (w *world) readAll() {
	for t := range w.newest().Topics() {
		if t.Name == metadata.OffsetsTopic || t.Name == keyedTopic {
			continue
		}
		for number, mp := range t.Partitions() {
			w.readPartition(t, number, mp)
		}
	}
}

func (w *world) readPartition(t *metadata.Topic, number int32, mp *metadata.Partition) {
	p := w.node(mp.Leader).proc
	part, err := p.replicas.FindByID(w.newest(), t.ID, number)
	if err != nil {
		w.fail("the last read of %s-%d: %v", t.Name, number, err)
		return
	}
	at := w.seen.at(t.Name, t.ID, number)
	for next := part.Log().StartOffset(); next < part.HighWatermark(); {
		before := next
		resp := p.serveConsumer(fetchOf(t.ID, number, next))
		d := &resp.Responses[0].Partitions[0]
		err := eachRecordOf(d.Records, next, func(b batch.Header, rec batch.Record) {
			w.seen.h.Final = append(w.seen.h.Final, history.Poll{Partition: at, Consumer: "the last read", Offset: rec.Offset, Epoch: b.PartitionLeaderEpoch, Value: string(rec.Value), At: w.now()})
		}, &next)
		if err != nil || d.ErrorCode != 0 || next == before {
			w.fail("the last read of %v ends at %d of %d: %v %v", at, next, part.HighWatermark(), d.ErrorCode, err)
			return
		}
	}
}

// judge asks the checkers. What has gone by rule is taken out of the history before:
// topics that were deleted, and records before a log's start.
func (w *world) judge() {
	h := &w.seen.h
	starts := map[history.Partition]int64{}
	for t := range w.newest().Topics() {
		for number, mp := range t.Partitions() {
			if part, err := w.node(mp.Leader).proc.replicas.FindByID(w.newest(), t.ID, number); err == nil {
				starts[w.seen.at(t.Name, t.ID, number)] = part.Log().StartOffset()
			}
		}
	}
	gone := func(p history.Partition, offset int64) bool {
		start, there := starts[p]
		return !there || offset < start || strings.HasPrefix(p.Topic, keyedTopic)
	}
	for i := range h.Produces {
		if p := &h.Produces[i]; p.Outcome == history.OK && gone(p.Partition, p.Offset) {
			p.Outcome = history.Unknown
		}
	}
	polls := h.Polls
	h.Polls = slices.DeleteFunc(slices.Clone(polls), func(p history.Poll) bool { return gone(p.Partition, p.Offset) })
	for _, f := range h.Check() {
		w.fail("%s", f)
	}
}
