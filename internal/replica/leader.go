package replica

import (
	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/commitlog"
)

// StageOptions say how a client's batch is to be appended.
type StageOptions struct {
	NowMs      int64
	AllAcks    bool // acks=all: refuse when min.insync.replicas are not there
	RefuseZstd bool // Produce before version 7
}

// AppendInfo is where the log put a batch.
type AppendInfo = commitlog.AppendInfo

// Staged is a batch that has its offsets and is made real by Commit.
type Staged struct {
	AppendInfo
	Epoch int32 // leader epoch of the append
}

// Required is the exclusive offset that must be committed for acks=all.
func (s *Staged) Required() int64 { return s.LastOffset + 1 }

// Stage checks a client's batch and gives it its place in the log, in the bytes
// of b themselves, which must stay as they are until Commit has returned; at is
// told the place. Errors are those of this room, *batch.Error, or ErrStorage;
// nothing was staged then.
func (p *Partition) Stage(b []byte, o StageOptions, at *Staged) error {
	err := p.stage(b, o, at)
	if err != nil {
		p.refused.note(b, o.NowMs, err)
		n := p.topic.counts
		n.ProduceRequests.Inc()
		n.FailedProduce.Inc()
		n.BytesRejected.Add(int64(len(b)))
	}
	return err
}

// Traffic is what was staged for a partition, to be counted together.
type Traffic struct {
	Batches, Records, Bytes int64
}

// Count adds staged batches to the topic's metrics. Counting many at once costs
// as much as counting one.
func (p *Partition) Count(t Traffic) {
	n := p.topic.counts
	n.ProduceRequests.Add(t.Batches)
	n.MessagesIn.Add(t.Records)
	n.BytesIn.Add(t.Bytes)
}

// stage is Stage without its counts.
func (p *Partition) stage(b []byte, o StageOptions, at *Staged) error {
	l, err := p.leaderFor(-1)
	if err != nil {
		return err
	}
	if !p.topic.set.alive() {
		return ErrNotLeader
	}
	if o.AllAcks && len(l.isr) < l.minISR {
		return ErrNotEnoughReplicas
	}
	cfg := p.log.Config()
	var info batch.Info
	err = batch.ValidateTo(&info, b, &batch.ValidateOptions{
		MaxBytes:       int(cfg.MaxMessageBytes),
		RequireKeys:    cfg.Compact,
		RefuseZstd:     o.RefuseZstd,
		Deep:           l.compression != nil && l.compression.claims(b),
		MaxRecordBytes: int(cfg.MaxRecordBytes),
		LogAppendTime:  cfg.LogAppendTime,
		NowMs:          o.NowMs,
		BeforeMaxMs:    cfg.TimestampBeforeMaxMs,
		AfterMaxMs:     cfg.TimestampAfterMaxMs,
	})
	if err == nil && l.compression != nil {
		b, err = l.compression.apply(b, &info)
	}
	if err != nil {
		return err
	}
	at.Epoch = l.epoch
	at.AppendInfo, err = p.log.Stage(l.epoch, b, commitlog.AppendCheck{Origin: commitlog.Client, Header: &info.Header,
		NotFirst: p.refused.before(&info.Header, o.NowMs)})
	if err == nil {
		p.refused.forget(&info.Header)
	}
	return p.report(err)
}

// Commit makes what was staged, by anybody, part of the log with one write, and
// moves the watermark as far as it goes now. After an error nothing that was
// staged may be acknowledged.
func (p *Partition) Commit() error {
	if err := p.log.Commit(); err != nil {
		return p.report(err)
	}
	p.advance()
	p.syncSoon()
	return nil
}
