package node

import (
	"log/slog"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/quorum"
	"github.com/brolga-io/brolga/internal/wire"
)

// stored makes a committed batch of records that ends at the given offset.
func stored(end int64, recs ...wire.Record) quorum.Batch {
	b := quorum.Batch{BaseOffset: end - int64(len(recs)), EndOffset: end, Epoch: 1}
	for _, r := range recs {
		b.Records = append(b.Records, wire.AppendMetadataRecord(nil, r, metadata.RecordVersion(r, metadata.LastMetadataVersion)))
	}
	return b
}

// published is what a publisher's step was told.
type published struct {
	image *metadata.Image
	delta *metadata.Delta
}

func newTestPublisher(ready func(*metadata.Image) bool) (*publisher, *[]published) {
	p := newPublisher(slog.New(slog.DiscardHandler))
	p.ready = ready
	told := &[]published{}
	p.steps = []func(*metadata.Image, *metadata.Delta){func(i *metadata.Image, d *metadata.Delta) {
		if p.Image() != i {
			panic("a step is told of an image that is not published")
		}
		*told = append(*told, published{i, d})
	}}
	return p, told
}

// TestCatchingUpPublishesOnce: what came and went before the broker was ready is
// never seen by a room.
func TestCatchingUpPublishesOnce(t *testing.T) {
	p, told := newTestPublisher(func(i *metadata.Image) bool { return i.EndOffset() >= 4 })
	for i, r := range []wire.Record{
		&wire.TopicRecord{Name: "gone", TopicId: wire.UUID{1}}, &wire.TopicRecord{Name: "stays", TopicId: wire.UUID{2}},
		&wire.RemoveTopicRecord{TopicId: wire.UUID{1}},
	} {
		if err := p.Batch(stored(int64(i)+1, r)); err != nil {
			t.Fatal(err)
		}
	}
	if len(*told) != 0 || p.Image().TopicCount() != 0 {
		t.Fatalf("told %d times before it was ready", len(*told))
	}
	if err := p.Batch(stored(4, &wire.TopicRecord{Name: "last", TopicId: wire.UUID{3}})); err != nil {
		t.Fatal(err)
	}
	if len(*told) != 1 {
		t.Fatalf("told %d times", len(*told))
	}
	d := (*told)[0].delta
	if len(d.CreatedTopics) != 2 || len(d.DeletedTopics) != 0 {
		t.Errorf("%d topics created, %d deleted", len(d.CreatedTopics), len(d.DeletedTopics))
	}
	if err := p.Batch(stored(5, &wire.RemoveTopicRecord{TopicId: wire.UUID{3}})); err != nil {
		t.Fatal(err)
	}
	if d := (*told)[1].delta; len(d.DeletedTopics) != 1 || d.DeletedTopics[0].Name != "last" {
		t.Errorf("deleted %v", d.DeletedTopics)
	}
}

// TestSnapshotReplacesTheImage: only differences are told.
func TestSnapshotReplacesTheImage(t *testing.T) {
	p, told := newTestPublisher(func(*metadata.Image) bool { return true })
	if err := p.Batch(stored(1, &wire.TopicRecord{Name: "old", TopicId: wire.UUID{1}})); err != nil {
		t.Fatal(err)
	}
	err := p.Snapshot(quorum.SnapshotID{EndOffset: 9, Epoch: 2}, func(each func([]byte) error) error {
		return each(wire.AppendMetadataRecord(nil, &wire.TopicRecord{Name: "new", TopicId: wire.UUID{2}}, 0))
	})
	if err != nil {
		t.Fatal(err)
	}
	last := (*told)[len(*told)-1]
	if len(last.delta.CreatedTopics) != 1 || len(last.delta.DeletedTopics) != 1 || last.image.EndOffset() != 9 || last.image.Epoch() != 2 {
		t.Errorf("%+v at %d", last.delta, last.image.EndOffset())
	}
}

// TestBadRecordEndsTheFeed: what cannot be applied is never skipped.
func TestBadRecordEndsTheFeed(t *testing.T) {
	p, told := newTestPublisher(func(*metadata.Image) bool { return true })
	if err := p.Batch(quorum.Batch{EndOffset: 1, Records: [][]byte{{1, 2}}}); err == nil {
		t.Error("half a record is applied")
	}
	if err := p.Batch(stored(1, &wire.RemoveTopicRecord{TopicId: wire.UUID{9}})); err == nil {
		t.Error("a topic that never was is removed")
	}
	if len(*told) != 0 {
		t.Errorf("told %d times", len(*told))
	}
}

func TestAwait(t *testing.T) {
	p, _ := newTestPublisher(func(*metadata.Image) bool { return true })
	arrived := make(chan int64)
	go func() {
		image := p.Await(30*time.Second, func(i *metadata.Image) bool { return i.EndOffset() >= 2 })
		arrived <- image.EndOffset()
	}()
	for end := int64(1); end <= 2; end++ {
		if err := p.Batch(stored(end, &wire.NoOpRecord{})); err != nil {
			t.Fatal(err)
		}
	}
	if end := <-arrived; end != 2 {
		t.Errorf("woken at %d", end)
	}
	if image := p.Await(time.Millisecond, func(*metadata.Image) bool { return false }); image.EndOffset() != 2 {
		t.Errorf("too late at %d", image.EndOffset())
	}
}
