package replica

// ToHighWatermark as the offset of DeleteRecords stands for the watermark.
const ToHighWatermark int64 = -1

// DeleteRecords moves the start of the log to before, an offset at most the high
// watermark, and returns the log's new start offset. Records between are gone for
// consumers at once; their files go later. A topic that is compacted only keeps
// the newest value of each key: ErrCompactedOnly.
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
	return p.log.StartOffset(), nil
}
