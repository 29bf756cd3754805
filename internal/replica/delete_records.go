package replica

import (
	"time"

	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/wire"
)

// ToHighWatermark as the offset of DeleteRecords stands for the watermark.
const ToHighWatermark int64 = -1

// DeleteRecords moves the start of the log to before, an offset at most the high
// watermark, and returns the log's new start offset. Records between are gone for
// consumers at once; their files go later. Followers hear of it soon. Nobody may be
// told before SaveStarts: until then a kill brings the records back. A topic that is
// compacted only keeps the newest value of each key: ErrCompactedOnly.
func (p *Partition) DeleteRecords(before int64) (logStart int64, err error) {
	if _, err := p.leaderFor(-1); err != nil {
		return unknownOffset, err
	}
	if err := p.log.Load(); err != nil {
		return unknownOffset, err
	}
	if cfg := p.log.Config(); cfg.Compact && !cfg.Delete {
		return unknownOffset, ErrCompactedOnly
	}
	watermark := p.HighWatermark()
	if before == ToHighWatermark {
		before = watermark
	}
	if before < 0 || before > watermark {
		return unknownOffset, ErrOffsetOutOfRange
	}
	if err := p.log.AdvanceStartOffset(before); err != nil {
		return unknownOffset, err
	}
	p.tellFollowers()
	return p.log.StartOffset(), nil
}

// SaveStarts makes durable what DeleteRecords has done to partitions, together. The
// error is ErrStorage: a directory failed, and what was deleted there may come back.
func (s *Set) SaveStarts(parts []*Partition) error {
	if len(parts) == 0 {
		return nil
	}
	logs := make([]*commitlog.Log, len(parts))
	for i, p := range parts {
		logs[i] = p.log
	}
	return s.o.Logs.SaveStarts(logs)
}

// LogShortened is told when retention has taken the beginning off a replica's log, so
// that its followers hear of it although nothing is written any more: one of them that
// comes to lead must not bring back what had gone.
func (s *Set) LogShortened(tp commitlog.TopicPartition) {
	if t := s.TopicByName([]byte(tp.Topic)); t != nil {
		if p := t.Partition(tp.Partition); p != nil {
			p.tellFollowers()
		}
	}
}

// tellFollowers has the partition looked at by the next fetch of each follower.
func (p *Partition) tellFollowers() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for w := p.watches; w != nil; w = w.next {
		w.feed.queueWatermark(w)
	}
}

// AwaitLowWatermark waits until no live replica's log starts before an offset, at most
// until a time or until stop is closed, and returns where the first one starts. The
// error is wire.RequestTimedOut or that of a role that ended.
func (p *Partition) AwaitLowWatermark(start int64, until time.Time, stop <-chan struct{}) (lowWatermark int64, err error) {
	var late <-chan time.Time
	for {
		if _, err := p.leaderFor(-1); err != nil {
			return unknownOffset, err
		}
		p.mu.Lock()
		lowWatermark = p.lowWatermarkLocked()
		if lowWatermark >= start {
			p.mu.Unlock()
			return lowWatermark, nil
		}
		if p.startMoved == nil {
			p.startMoved = make(chan struct{})
		}
		moved := p.startMoved
		p.mu.Unlock()
		if late == nil {
			late = time.After(time.Until(until))
		}
		select {
		case <-moved:
			continue
		case <-late:
		case <-stop:
		}
		return lowWatermark, wire.RequestTimedOut
	}
}

// lowWatermarkLocked is the least start of the logs of the live replicas, or
// unknownOffset while one has not told.
func (p *Partition) lowWatermarkLocked() int64 {
	low := p.log.StartOffset()
	img := p.topic.set.image.Load()
	for i := range p.remotes {
		if b := img.Broker(p.remotes[i].id); b != nil && !b.Fenced {
			low = min(low, p.remotes[i].logStart)
		}
	}
	return low
}

// tellStartMovedLocked has those look again who wait for replicas' logs to start
// later.
func (p *Partition) tellStartMovedLocked() {
	if p.startMoved != nil {
		close(p.startMoved)
		p.startMoved = nil
	}
}
