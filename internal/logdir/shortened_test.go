package logdir

import (
	"testing"

	"github.com/brolga-io/brolga/internal/commitlog"
)

// TestRetentionTellsWhatItShortened: whoever asked is told of the logs that retention took
// something off, and of no others.
func TestRetentionTellsWhatItShortened(t *testing.T) {
	w := newWorld(t)
	w.cfg.Log.RetentionMs, w.cfg.Log.SegmentBytes = 1000, 200
	d := w.open()
	defer d.Close(false)
	d.SetHighWatermarks(func(commitlog.TopicPartition) (int64, bool) { return 20, true })
	var told []commitlog.TopicPartition
	d.SetOnShortened(func(tp commitlog.TopicPartition) { told = append(told, tp) })
	w.fill(w.create(d, tp("a", 0), id(1)), 20)
	w.create(d, tp("b", 0), id(2))
	w.nowMs.Add(3600_000)
	d.Retain(w.now())
	if len(told) != 1 || told[0] != tp("a", 0) {
		t.Errorf("told of %v", told)
	}
	d.Retain(w.now())
	if len(told) != 1 {
		t.Errorf("told again: %v", told)
	}
}
