package simulator

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/controller"
	"github.com/brolga-io/brolga/internal/logdir"
	"github.com/brolga-io/brolga/internal/replica"
	"github.com/brolga-io/brolga/internal/wire"
)

// follower steps one of a broker's fetchers.
type follower struct {
	p    *process
	f    replica.Fetcher
	busy bool   // a request is under way
	wake *event // the next step
}

// Follow implements replica.Stepper.
func (p *process) Follow(f replica.Fetcher) {
	p.followers = append(p.followers, &follower{p: p, f: f})
}

// kick has an idle fetcher look again soon.
func (f *follower) kick() { f.wakeIn(f.p.shortly()) }

func (f *follower) wakeIn(d time.Duration) {
	f.p.w.cancel(f.wake)
	f.wake = f.p.w.after(d, f.p, "fetcher", f.step)
}

// step makes the next request, if there is anything to ask.
func (f *follower) step() {
	p := f.p
	if f.f.Stopped() {
		p.followers = slices.DeleteFunc(p.followers, func(other *follower) bool { return other == f })
		return
	}
	if f.busy {
		return
	}
	req, resp, wait := f.f.Prepare()
	if req == nil {
		if wait < time.Hour {
			f.wakeIn(wait + time.Millisecond)
		}
		return
	}
	f.busy = true
	sent := cloneFetch(req)
	limit := time.Duration(req.MaxWaitMs)*time.Millisecond + 500*time.Millisecond
	p.w.ask(p.node.id, p, f.f.Leader(), "fetch", limit, func(leader *process, reply func(any)) {
		leader.serveFollower(sent, reply)
	}, func(answer any, err error) {
		if err == nil {
			*resp = *answer.(*wire.FetchResponse)
		}
		f.busy = false
		f.f.Answered(err)
		p.news()
		f.wakeIn(p.appendDelay())
	})
}

// appendDelay is how long what was fetched takes to be appended and, with
// log.durability=fsync, synced.
func (p *process) appendDelay() time.Duration {
	if p.w.run.Fsync {
		return p.diskDelay()
	}
	return p.shortly() / 4
}

// cloneFetch copies a request: its sender may have given it up and use it again while
// the leader still holds it.
func cloneFetch(req *wire.FetchRequest) *wire.FetchRequest {
	c := *req
	c.Topics = slices.Clone(req.Topics)
	for i := range c.Topics {
		c.Topics[i].Partitions = slices.Clone(c.Topics[i].Partitions)
	}
	c.ForgottenTopicsData = slices.Clone(req.ForgottenTopicsData)
	for i := range c.ForgottenTopicsData {
		c.ForgottenTopicsData[i].Partitions = slices.Clone(c.ForgottenTopicsData[i].Partitions)
	}
	return &c
}

// heldFetch is a follower's fetch that waits at the leader for news.
type heldFetch struct {
	f     *replica.Fetch
	begin time.Time
	until time.Duration
	reply func(any)
	late  *event
}

// fetchVersion is what brokers and clients speak.
const fetchVersion = 18

func (p *process) serveFollower(req *wire.FetchRequest, reply func(any)) {
	if !p.feed.published {
		return // it does not listen yet
	}
	f, err := p.replicas.BeginFetch(p.feed.image, fetchVersion, req, p.wallMs())
	if err != nil {
		reply(&wire.FetchResponse{ErrorCode: codeOf(err)})
		return
	}
	h := &heldFetch{f: f, begin: time.Now(), until: p.w.now() + time.Duration(req.MaxWaitMs)*time.Millisecond, reply: reply}
	p.news() // what the follower has may move the watermark
	if p.look(h, false) {
		return
	}
	p.held = append(p.held, h)
	h.late = p.w.after(h.until-p.w.now(), p, "held long enough", p.lookAtHeld)
}

// look answers a held fetch if there is something to tell.
func (p *process) look(h *heldFetch, expired bool) (answered bool) {
	if !h.f.Look(h.begin, expired) {
		return false
	}
	p.w.cancel(h.late)
	resp := p.fetchResponse(h.f)
	h.f.Finish(p.wallMs())
	h.reply(resp)
	return true
}

// news has held fetches looked at soon, because something may have changed.
func (p *process) news() {
	if len(p.held) == 0 || p.looking {
		return
	}
	p.looking = true
	p.w.after(p.shortly()/2, p, "look", p.lookAtHeld)
}

func (p *process) lookAtHeld() {
	p.looking = false
	p.held = slices.DeleteFunc(p.held, func(h *heldFetch) bool { return p.look(h, p.w.now() >= h.until) })
}

// fetchResponse is the answer to a fetch.
func (p *process) fetchResponse(f *replica.Fetch) *wire.FetchResponse {
	resp := &wire.FetchResponse{SessionId: f.SessionID()}
	for i := range f.Results {
		r := &f.Results[i]
		d := wire.FetchResponsePartitionData{}
		d.SetDefaults()
		d.PartitionIndex, d.ErrorCode = r.Part.Number, codeOf(r.Err)
		d.HighWatermark, d.LastStableOffset, d.LogStartOffset = r.HighWatermark, r.LastStable, r.LogStart
		if r.Diverging {
			d.DivergingEpoch = wire.FetchResponseEpochEndOffset{Epoch: r.Epoch, EndOffset: r.EndOffset}
		}
		if r.Bytes > 0 {
			b := make([]byte, r.Bytes)
			if _, err := r.ReadAt(b, 0); err != nil {
				d.ErrorCode = wire.KafkaStorageError
			} else {
				d.Records = b
			}
		}
		if n := len(resp.Responses); n == 0 || resp.Responses[n-1].TopicId != r.Part.ID {
			resp.Responses = append(resp.Responses, wire.FetchResponseFetchableTopicResponse{TopicId: r.Part.ID})
		}
		t := &resp.Responses[len(resp.Responses)-1]
		t.Partitions = append(t.Partitions, d)
	}
	return resp
}

// codeOf is the code that stands for an error on the wire, as in package api.
func codeOf(err error) wire.ErrorCode {
	var code wire.ErrorCode
	switch {
	case err == nil:
		return wire.None
	case errors.As(err, &code):
		return code
	case errors.Is(err, replica.ErrOffsetOutOfRange):
		return wire.OffsetOutOfRange
	case errors.Is(err, replica.ErrStaleEpoch), errors.Is(err, replica.ErrClosed):
		return wire.NotLeaderOrFollower
	case errors.Is(err, replica.ErrInvalidProducerEpoch):
		return wire.InvalidProducerEpoch
	case errors.Is(err, replica.ErrOutOfOrderSequence):
		return wire.OutOfOrderSequenceNumber
	}
	return wire.KafkaStorageError
}

// leaderConn is how a fetcher reaches its leader. Its fetches go through follower.step;
// the rare question where an epoch ends is answered at once.
type leaderConn struct {
	p  *process
	id int32
}

// Fetch implements replica.Leader.
func (c leaderConn) Fetch(*wire.FetchRequest, *wire.FetchResponse) error {
	panic("BUG: the fetcher is stepped")
}

// OffsetForLeaderEpoch implements replica.Leader.
func (c leaderConn) OffsetForLeaderEpoch(req *wire.OffsetForLeaderEpochRequest, resp *wire.OffsetForLeaderEpochResponse) error {
	w, me := c.p.w, c.p.node.id
	leader := w.node(c.id).proc
	if leader == nil || leader.dead || w.net.lost(me, c.id) || w.net.lost(c.id, me) {
		return errLost
	}
	for _, t := range req.Topics {
		answer := wire.OffsetForLeaderEpochResponseOffsetForLeaderTopicResult{Topic: t.Topic}
		for _, asked := range t.Partitions {
			d := wire.OffsetForLeaderEpochResponseEpochEndOffset{Partition: asked.Partition, LeaderEpoch: -1, EndOffset: -1}
			part, err := leader.replicas.Find(leader.feed.image, t.Topic, asked.Partition)
			if err == nil {
				d.LeaderEpoch, d.EndOffset, err = part.EndOfEpoch(asked.CurrentLeaderEpoch, asked.LeaderEpoch)
			}
			d.ErrorCode = codeOf(err)
			answer.Partitions = append(answer.Partitions, d)
		}
		resp.Topics = append(resp.Topics, answer)
	}
	return nil
}

// Close implements replica.Leader.
func (c leaderConn) Close() error { return nil }

// askForISRs asks the controller for what the replicas want changed.
func (p *process) askForISRs() {
	if p.asking {
		return
	}
	req, settle := p.replicas.ISRRequest()
	if req == nil {
		return
	}
	p.asking = true
	p.askController("AlterPartition", func(c *controller.Controller, who controller.Caller) (any, error) {
		resp, err := c.AlterPartition(who, req)
		return resp, err
	}, func(answer any, err error) {
		resp, _ := answer.(*wire.AlterPartitionResponse)
		settle(resp, err)
		p.asking = false
		p.news()
	})
}

// flusher makes logs durable after the time that a sync takes.
type flusher struct{ p *process }

// SyncSoon implements replica.Flusher. A follower waits for it on the spot, and its
// delay is that of its next request.
func (f flusher) SyncSoon(l *commitlog.Log, to logdir.Waiter) {
	p := f.p
	p.dirs.SyncSoon(l, to)
	if _, leader := to.(*replica.Partition); !leader {
		p.dirs.StepCommits()
		p.news()
		return
	}
	if !p.committing {
		p.committing = true
		p.w.after(p.diskDelay(), p, "sync", func() {
			p.committing = false
			p.dirs.StepCommits()
			p.news()
		})
	}
}

func comparePartitions(a, b commitlog.TopicPartition) int {
	return cmp.Or(strings.Compare(a.Topic, b.Topic), cmp.Compare(a.Partition, b.Partition))
}
