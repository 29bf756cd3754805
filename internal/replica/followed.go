package replica

import (
	"errors"
	"time"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/wire"
)

// followed is a partition that a fetcher copies. Its fetcher's goroutine is the
// only one that touches it.
type followed struct {
	p    *Partition
	role *followership

	located   bool  // the log was asked where it ends
	offset    int64 // the next to fetch: the end of the log
	lastEpoch int32 // leader epoch of the last batch, -1 for none
	toldStart int64 // where the log begins, as the leader was told last

	inSession bool // the leader has it in the session
	isDue     bool // in fetcher.due
	resting   bool // in fetcher.resting
	backoff   backoff
}

// handlePart takes over what the leader answered for one partition: first it cuts
// what the leader does not have, then it appends, then the watermark moves.
func (f *fetcher) handlePart(fp *followed, d *wire.FetchResponsePartitionData) {
	switch {
	case d.ErrorCode == wire.OffsetOutOfRange:
		f.outOfRange(fp, d.LogStartOffset)
	case d.ErrorCode != wire.None:
		f.failPart(fp, d.ErrorCode)
	case d.DivergingEpoch.EndOffset >= 0:
		f.truncate(fp, d.DivergingEpoch.Epoch, d.DivergingEpoch.EndOffset)
	default:
		f.takeRecords(fp, d)
	}
}

// takeRecords appends what the leader sent and takes over its watermark and start.
func (f *fetcher) takeRecords(fp *followed, d *wire.FetchResponsePartitionData) {
	log := fp.p.log
	if len(d.Records) > 0 {
		end, epoch, err := log.Replicate(fp.role.epoch, d.Records)
		switch {
		case errors.Is(err, commitlog.ErrStaleEpoch):
			return // there is a new role, and an order about it
		case err != nil:
			f.failPart(fp, fp.p.report(err))
			return
		case end == fp.offset:
			f.failPart(fp, wire.CorruptMessage) // not one whole batch
			return
		}
		fp.offset, fp.lastEpoch = end, epoch
		f.noteFilled(fp)
		f.makeDue(fp)
	}
	fp.backoff.reset()
	fp.p.followWatermark(fp.role, d.HighWatermark, fp.offset)
	f.throttle(fp, d)
	if d.LogStartOffset > log.StartOffset() {
		start := min(d.LogStartOffset, fp.p.HighWatermark())
		if err := log.AdvanceStartOffset(start); err != nil {
			f.failPart(fp, fp.p.report(err))
			return
		}
	}
	// Retention here may have been faster than the leader's.
	if log.StartOffset() > fp.toldStart {
		f.shorter = append(f.shorter, fp)
		if !fp.resting {
			f.makeDue(fp)
		}
	}
}

// saveStarts makes durable where the logs begin that one answer has shortened, before
// the next request says so: a leader that answers DeleteRecords counts on it, for this
// replica may lead next.
func (f *fetcher) saveStarts() {
	if len(f.shorter) == 0 {
		return
	}
	logs := make([]*commitlog.Log, len(f.shorter))
	for i, fp := range f.shorter {
		logs[i] = fp.p.log
	}
	if err := f.s.o.Logs.SaveStarts(logs); err != nil {
		for _, fp := range f.shorter {
			if !fp.resting {
				f.failPart(fp, err)
			}
		}
	}
	clear(f.shorter)
	f.shorter = f.shorter[:0]
}

// throttle lets a throttled partition rest when too much was copied, as long as it is
// behind.
func (f *fetcher) throttle(fp *followed, d *wire.FetchResponsePartitionData) {
	if fp.p.throttled.Load()&throttledFollower == 0 || fp.offset >= d.HighWatermark {
		return
	}
	t := &f.s.followerThrottle
	t.passed(len(d.Records))
	if wait := t.wait(); wait > 0 {
		fp.backoff.pause(wait)
		f.rest(fp)
	}
}

// truncate cuts the log back to what it may have in common with the leader's, which
// has no batches of epoch at or beyond endOffset and none of the epochs between that
// and the last one here (KIP-279, KIP-595). If this log does not have that epoch
// either it may take several rounds.
func (f *fetcher) truncate(fp *followed, epoch int32, endOffset int64) {
	to := min(endOffset, fp.offset)
	if mine, end := fp.p.log.EndOffsetForEpoch(epoch); end != unknownOffset {
		if mine == epoch {
			to = min(to, end)
		} else {
			to = min(end, fp.offset)
		}
	}
	f.cut(fp, to, fp.p.log.TruncateForLeader)
}

// cut cuts the log at an offset and goes on from there.
func (f *fetcher) cut(fp *followed, to int64, how func(epoch int32, offset int64) (int64, int32, error)) {
	p := fp.p
	from := fp.offset
	end, epoch, err := how(fp.role.epoch, to)
	switch {
	case errors.Is(err, commitlog.ErrStaleEpoch):
		return
	case err != nil:
		f.failPart(fp, p.report(err))
		return
	}
	fp.offset, fp.lastEpoch = end, epoch
	level := f.s.log.Info
	lost := p.cutWatermark(end)
	if lost {
		level = f.s.log.Error
		f.s.o.ReplicaMetrics.CommittedTruncations.Inc()
	}
	level("Cut the log of a follower to what its leader has", "topic", p.topic.Name, "partition", p.number,
		"epoch", fp.role.epoch, "from", from, "to", end, "committedRecordsLost", lost)
	f.makeDue(fp)
}

// outOfRange goes on where the leader's log begins if that is beyond this one's
// end: retention was faster. Otherwise this log, which knows no epochs, is longer
// than the leader's and is cut to its end.
func (f *fetcher) outOfRange(fp *followed, leaderStart int64) {
	if leaderStart > fp.offset {
		f.cut(fp, leaderStart, fp.p.log.RestartForLeader)
		return
	}
	end, err := f.leaderEnd(fp)
	switch {
	case err != nil:
		f.failPart(fp, err)
	case end >= fp.offset:
		f.failPart(fp, wire.OffsetOutOfRange) // it moved meanwhile: ask again
	case end < fp.p.log.StartOffset():
		f.cut(fp, max(leaderStart, 0), fp.p.log.RestartForLeader)
	default:
		f.cut(fp, end, fp.p.log.TruncateForLeader)
	}
}

// leaderEnd asks the leader where its log ends.
func (f *fetcher) leaderEnd(fp *followed) (int64, error) {
	var req wire.OffsetForLeaderEpochRequest
	var resp wire.OffsetForLeaderEpochResponse
	req.SetDefaults()
	req.ReplicaId = f.s.o.BrokerID
	part := wire.OffsetForLeaderEpochRequestOffsetForLeaderPartition{
		Partition: fp.p.number, CurrentLeaderEpoch: fp.role.epoch, LeaderEpoch: fp.role.epoch}
	req.Topics = []wire.OffsetForLeaderEpochRequestOffsetForLeaderTopic{{Topic: fp.p.topic.Name,
		Partitions: []wire.OffsetForLeaderEpochRequestOffsetForLeaderPartition{part}}}
	if err := f.conn.OffsetForLeaderEpoch(&req, &resp); err != nil {
		return unknownOffset, err
	}
	if len(resp.Topics) != 1 || len(resp.Topics[0].Partitions) != 1 {
		return unknownOffset, wire.UnknownTopicOrPartition
	}
	answer := &resp.Topics[0].Partitions[0]
	if answer.ErrorCode != wire.None {
		return unknownOffset, answer.ErrorCode
	}
	return answer.EndOffset, nil
}

// failPart lets a partition rest. The others go on without it.
func (f *fetcher) failPart(fp *followed, err error) {
	if fp.backoff.times >= quietFailures && errors.Is(err, commitlog.ErrCorrupt) && f.startOver(fp, err) {
		return
	}
	if fp.backoff.times == quietFailures {
		f.s.log.Warn("Replicating a partition fails and is tried again", "topic", fp.p.topic.Name,
			"partition", fp.p.number, "epoch", fp.role.epoch, "broker", f.key.leader, "err", err)
	}
	fp.backoff.fail()
	f.rest(fp)
}

// rest takes a partition out of the session until its backoff is over.
func (f *fetcher) rest(fp *followed) {
	f.drop(fp)
	fp.resting = true
	f.resting = append(f.resting, fp)
}

// quietFailures is how often replicating a partition may fail before it is worth a
// line: around an election brokers disagree for a moment.
const quietFailures = 4

// wakeResting gives the partitions that have rested their next try, and returns how
// long it is until the next one's; 0 if none rests.
func (f *fetcher) wakeResting() (next time.Duration) {
	rest := f.resting[:0]
	var ready []*followed
	for _, fp := range f.resting {
		if left := fp.backoff.left(); left > 0 {
			rest = append(rest, fp)
			if next == 0 || left < next {
				next = left
			}
			continue
		}
		fp.resting = false
		ready = append(ready, fp)
	}
	clear(f.resting[len(rest):])
	f.resting = rest
	for _, fp := range ready {
		if fp.p.follow.Load() == fp.role {
			f.locate(fp) // also finds out if an append went half-way
		}
	}
	return next
}
