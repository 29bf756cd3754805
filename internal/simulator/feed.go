package simulator

import (
	"fmt"
	"time"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// batchOf is one committed entry, or a snapshot.
type batchOf struct {
	end      int64
	epoch    int32
	records  [][]byte
	snapshot bool
}

// feed turns committed metadata into images and tells the rooms of a broker, as the
// node's publisher does: in order, and some time after the commit.
type feed struct {
	p       *process
	waiting []batchOf
	busy    bool
	slow    time.Duration // on top of each batch, at most

	editor    *metadata.Editor
	next      *metadata.Image // newer than image until this process is registered
	image     *metadata.Image
	published bool
	how       string // by which way the images came
}

func newFeed(p *process) *feed {
	f := &feed{p: p, next: metadata.Empty(), image: metadata.Empty(), how: "live"}
	f.editor = metadata.NewEditor(f.next)
	if p.life > 1 {
		f.how = "replayed"
	}
	return f
}

func (f *feed) take(b batchOf) {
	f.waiting = append(f.waiting, b)
	f.later()
}

func (f *feed) later() {
	if f.busy {
		return
	}
	f.busy = true
	d := f.p.shortly()
	if f.slow > 0 {
		d += time.Duration(f.p.rng.Int64N(int64(f.slow)))
	}
	f.p.w.after(d, f.p, "publish", f.publish)
}

// publish applies what is waiting: one batch, or all as a node does that has fallen
// behind.
func (f *feed) publish() {
	f.busy = false
	for n := 1 + f.p.rng.IntN(3); n > 0 && len(f.waiting) > 0 && !f.p.dead; n-- {
		b := f.waiting[0]
		f.waiting = f.waiting[1:]
		image, delta := f.apply(b)
		f.p.w.seen.image(f.p, f.how, image)
		f.next = image
		if !f.published {
			if !f.p.registrar.registered(image) {
				continue
			}
			f.published = true
			delta = metadata.Diff(metadata.Empty(), image)
		}
		f.image = image
		f.p.publish(image, delta)
	}
	if len(f.waiting) > 0 {
		f.later()
	}
}

func (f *feed) apply(b batchOf) (*metadata.Image, *metadata.Delta) {
	if b.snapshot {
		f.editor = metadata.NewEditor(metadata.Empty())
		f.how = "from a snapshot"
	}
	for _, value := range b.records {
		r, _, err := wire.DecodeMetadataRecord(value)
		if err == nil {
			err = f.editor.Apply(r)
		}
		if err != nil {
			panic(fmt.Sprintf("BUG: metadata before %d: %v", b.end, err))
		}
	}
	image, delta := f.editor.Publish(b.end, b.epoch)
	if b.snapshot {
		delta = metadata.Diff(f.next, image)
	}
	f.p.w.seen.states(image, delta)
	return image, delta
}
