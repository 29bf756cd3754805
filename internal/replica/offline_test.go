package replica

import (
	"errors"
	"testing"

	"github.com/brolga-io/brolga/internal/wire"
)

// TestPartitionOfAnOfflineDirectory: everything that needs its log is a storage
// error from then on, and another partition does not notice.
func TestPartitionOfAnOfflineDirectory(t *testing.T) {
	w := newWorld(t)
	p, other := w.topic("t", 1), w.topic("u", 1)
	w.append(p, "a")
	w.append(other, "a")
	p.Log().Fail(errors.New("input/output error")) // as the data directories do
	if err := p.Stage(someBatch("b"), StageOptions{NowMs: testNowMs}, &Staged{}); !errors.Is(err, ErrStorage) {
		t.Errorf("produce: %v", err)
	}
	if _, err := p.Log().Read(0, 1000, 1, true); !errors.Is(err, ErrStorage) {
		t.Errorf("read: %v", err)
	}
	for _, timestamp := range []int64{LatestTimestamp, EarliestTimestamp, MaxTimestamp, 5} {
		if r, err := p.OffsetFor(OffsetQuery{Timestamp: timestamp, LeaderEpoch: -1}); !errors.Is(err, ErrStorage) {
			t.Errorf("offset for %d: %+v %v", timestamp, r, err)
		}
	}
	if _, err := p.DeleteRecords(1); !errors.Is(err, ErrStorage) {
		t.Errorf("DeleteRecords: %v", err)
	}
	w.change("t", keepLeader, 1)
	w.config("t", "segment.bytes", "2000000")
	if hw := p.HighWatermark(); hw != 1 {
		t.Errorf("high watermark %d", hw)
	}
	w.append(other, "b")
}

// TestTopicCreatedAnew: a topic that is deleted and created under the same name
// starts empty, and whoever knows the old one's id or partition is told.
func TestTopicCreatedAnew(t *testing.T) {
	w := newWorld(t)
	old := w.topic("t", 1)
	w.append(old, "a", "b")
	w.apply(&wire.RemoveTopicRecord{TopicId: id("t")})
	again := id("t, created anew")
	r := &wire.PartitionRecord{}
	r.SetDefaults()
	r.TopicId, r.PartitionId, r.Leader, r.Replicas, r.Isr = again, 0, 1, []int32{1}, []int32{1}
	w.apply(&wire.TopicRecord{Name: "t", TopicId: again}, r)
	p := w.partition("t")
	if p == old || p.TopicID() != again || p.Log().EndOffset() != 0 {
		t.Fatalf("%v, end %d", p.TopicID(), p.Log().EndOffset())
	}
	if err := old.Stage(someBatch("late"), StageOptions{NowMs: testNowMs}, &Staged{}); err != ErrUnknownPartition {
		t.Errorf("append to the deleted topic: %v", err)
	}
	if _, err := w.set.FindByID(w.image, id("t"), 0); err != ErrUnknownTopicID {
		t.Errorf("old id: %v", err)
	}
	if at := w.append(p, "new"); at.BaseOffset != 0 {
		t.Errorf("first offset %d", at.BaseOffset)
	}
	if !old.Gone() || p.Gone() {
		t.Errorf("old gone %v, new gone %v", old.Gone(), p.Gone())
	}
}
