package node

import (
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/quorum"
	"github.com/brolga-io/brolga/internal/wire"
)

// publisher follows the committed metadata log. It turns each batch into the next
// image and hands image and delta on, in the order in which steps were written
// down. It implements quorum.Observer.
//
// Until ready says so, batches only build the image: a replay of the log must not
// open what was deleted long ago. Everything up to then is one delta.
type publisher struct {
	log   *slog.Logger
	ready func(*metadata.Image) bool
	steps []func(*metadata.Image, *metadata.Delta)
	// seen, if not nil, is called with every image, before ready is asked.
	seen func(*metadata.Image)
	// failed is told why the feed ended.
	failed func(error)

	image     atomic.Pointer[metadata.Image]
	appliedMs atomic.Int64 // when the last batch was appended, 0 if unknown

	// Used by the observer's goroutine only.
	editor    *metadata.Editor
	next      *metadata.Image // newer than image until ready
	published bool

	// told is the newest image that every room has been told of.
	told atomic.Pointer[metadata.Image]

	mu      sync.Mutex
	changed chan struct{} // closed when told changes
}

func newPublisher(log *slog.Logger) *publisher {
	p := &publisher{log: log, next: metadata.Empty(), changed: make(chan struct{})}
	p.editor = metadata.NewEditor(p.next)
	p.image.Store(p.next)
	p.told.Store(p.next)
	return p
}

// Image is the newest published image.
func (p *publisher) Image() *metadata.Image { return p.image.Load() }

// Batch implements quorum.Observer.
func (p *publisher) Batch(b quorum.Batch) error {
	for i, value := range b.Records {
		r, _, err := wire.DecodeMetadataRecord(value)
		if err == nil {
			err = p.editor.Apply(r)
		}
		if err != nil {
			return fmt.Errorf("metadata record at offset %d: %w", b.BaseOffset+int64(i), err)
		}
	}
	image, delta := p.editor.Publish(b.EndOffset, b.Epoch)
	p.publish(image, delta)
	p.appliedMs.Store(b.TimestampMs)
	return nil
}

// Snapshot implements quorum.Observer.
func (p *publisher) Snapshot(id quorum.SnapshotID, read func(each func([]byte) error) error) error {
	editor := metadata.NewEditor(metadata.Empty())
	err := read(func(value []byte) error {
		r, _, err := wire.DecodeMetadataRecord(value)
		if err != nil {
			return err
		}
		return editor.Apply(r)
	})
	if err != nil {
		return fmt.Errorf("metadata snapshot %s: %w", id, err)
	}
	image, _ := editor.Publish(id.EndOffset, id.Epoch)
	p.editor = editor
	p.publish(image, metadata.Diff(p.next, image))
	return nil
}

// Failed implements quorum.Observer.
func (p *publisher) Failed(err error) { p.failed(err) }

// publish makes an image the newest one and then tells the rooms what is new.
func (p *publisher) publish(image *metadata.Image, delta *metadata.Delta) {
	p.next = image
	if p.seen != nil {
		p.seen(image)
	}
	if !p.published {
		if !p.ready(image) {
			return
		}
		p.published = true
		delta = metadata.Diff(metadata.Empty(), image)
	}
	p.image.Store(image)
	for _, step := range p.steps {
		step(image, delta)
	}
	p.told.Store(image)
	p.wake()
}

// wake tells everybody who waits to look again.
func (p *publisher) wake() {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.changed)
	p.changed = make(chan struct{})
}

// nextChange is closed at the next change of told.
func (p *publisher) nextChange() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.changed
}

// Await returns the newest image as soon as cond holds for it and every room has
// been told, or after at most the given time.
func (p *publisher) Await(most time.Duration, cond func(*metadata.Image) bool) *metadata.Image {
	late := time.NewTimer(most)
	defer late.Stop()
	for {
		changed := p.nextChange()
		image := p.told.Load()
		if cond(image) {
			return image
		}
		select {
		case <-changed:
		case <-late.C:
			return p.told.Load()
		}
	}
}
