package commitlog

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/brolga-io/brolga/internal/batch"
)

// Why a compaction ended early. None of them changed what readers see.
var (
	// ErrOvertaken: retention or a truncation took segments away that were
	// being compacted. The next attempt starts from what is left.
	ErrOvertaken = errors.New("segments changed during compaction")
	// ErrKeyMapTooSmall: not even one batch's keys fit into the map
	// (log.cleaner.dedupe.buffer.size).
	ErrKeyMapTooSmall = errors.New("the cleaner's key map cannot hold the keys of one batch")
)

// compactChunk is how much a compaction reads and writes at once.
const compactChunk = 1 << 20

// CompactorOptions bound what a Compactor uses.
type CompactorOptions struct {
	MapBytes int64   // log.cleaner.dedupe.buffer.size, of one thread
	MapLoad  float64 // log.cleaner.io.buffer.load.factor
	// Pace, if set, is told of bytes after they were read or written. It may
	// wait, and an error of it ends the compaction.
	Pace func(bytes int) error
}

// Compactor compacts one log after the other. It belongs to one goroutine.
type Compactor struct {
	keys   *keyMap
	pace   func(int) error
	read   []byte
	write  []byte // becomes cleaned.buf
	kept   []byte // records of a batch that stay
	built  []byte // a batch that lost records
	walker batch.Walker
	ahead  *ahead
}

// NewCompactor returns a Compactor that has allocated nothing large yet.
func NewCompactor(o CompactorOptions) *Compactor {
	if o.Pace == nil {
		o.Pace = func(int) error { return nil }
	}
	return &Compactor{keys: newKeyMap(o.MapBytes, o.MapLoad), pace: o.Pace, ahead: new(ahead)}
}

// Compaction says what one compaction did.
type Compaction struct {
	Next         int64 // first offset that is not compacted now
	MapBytes     int64 // read to learn the keys
	ReadBytes    int64 // read of the segments that were looked through
	WrittenBytes int64
	Records      int64 // looked at
	Kept         int64
	Keyless      int64 // dropped because they have no key
	Before       int   // segments that were replaced
	After        int   // and by how many
	MapUsed      float64
}

// Compact removes from l the records below d.To that a later one of the same
// key replaces (Kafka's Cleaner). It reads the keys of [d.From, d.To), as many
// as the map can hold, and then copies all older segments without what is
// replaced, group by group. A crash at any moment leaves each group either as
// it was or compacted. Offsets never change.
//
// Only one compaction of a log may run at a time. Errors: ErrOvertaken,
// ErrKeyMapTooSmall, ErrCorrupt, ErrStorage, ErrClosed, that of Pace.
func (c *Compactor) Compact(l *Log, d Dirt, nowMs int64) (Compaction, error) {
	cut, cuts := l.cutTo.Load(), l.cuts.Load()
	p := &pass{Compactor: c, l: l, dirt: d, nowMs: nowMs, cfg: l.Config()}
	defer c.rest()
	err := p.run()
	switch {
	case err == nil:
		l.cutTo.CompareAndSwap(cut, noCut)
	case l.isClosed():
		err = ErrClosed
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, ErrCorrupt) && cuts != l.cuts.Load():
		err = fmt.Errorf("%w: %w", ErrOvertaken, err)
	}
	return p.done, err
}

// rest gives large buffers back.
func (c *Compactor) rest() {
	c.keys.release()
	for _, b := range []*[]byte{&c.read, &c.write, &c.kept, &c.built} {
		if cap(*b) > 2*compactChunk {
			*b = nil
		}
	}
}

// pass is one compaction of one log.
type pass struct {
	*Compactor
	l      *Log
	cfg    *Config
	dirt   Dirt
	nowMs  int64
	latest int64 // last offset whose key is in the map
	txns   *cleanedTxns
	last   map[int64]lastOfProducer
	rest   int64 // bytes of the group that were not read yet
	done   Compaction
}

func (p *pass) run() error {
	sources := p.sources()
	p.done.Next = p.dirt.From
	if len(sources) == 0 || p.dirt.From >= p.dirt.To {
		return nil
	}
	if err := p.mapKeys(sources); err != nil {
		return err
	}
	if p.latest < p.dirt.From {
		return fmt.Errorf("%w, at offset %d", ErrKeyMapTooSmall, p.dirt.From)
	}
	// Also of what follows in the segment where the map became full.
	aborted, err := p.l.AbortedTxns(sources[0].base, p.dirt.To)
	if err != nil {
		return err
	}
	p.txns = newCleanedTxns(aborted)
	for len(sources) > 0 && sources[0].base <= p.latest {
		n, err := p.group(sources)
		if err != nil {
			return err
		}
		if err := p.replace(sources[:n]); err != nil {
			return err
		}
		sources = sources[n:]
	}
	p.done.Next = p.latest + 1
	return nil
}

// source is a sealed segment to be compacted.
type source struct {
	*segment
	next int64 // offset after it
}

// sources are the segments below dirt.To.
func (p *pass) sources() []source {
	var out []source
	list := p.l.segmentList()
	for i := 0; i+1 < len(list) && list[i+1].base <= p.dirt.To; i++ {
		out = append(out, source{list[i], list[i+1].base})
	}
	return out
}

// group returns how many of the first sources may become one segment: small
// ones, that what compaction leaves does not stay in thousands of files.
func (p *pass) group(sources []source) (int, error) {
	bytes := int64(0)
	offsets, times := int64(0), int64(0)
	for i, s := range sources {
		ix, err := p.l.indexesOf(s.segment)
		if err != nil {
			return 0, err
		}
		ix.mu.Lock()
		offsets += int64(ix.offsets.len()) * offsetEntrySize
		times += int64(ix.times.len()+1) * timeEntrySize
		ix.mu.Unlock()
		bytes += s.size.Load()
		_, near := relative(sources[0].base, s.next-1)
		fits := near && bytes <= p.cfg.SegmentBytes && offsets <= p.cfg.SegmentIndexBytes && times <= p.cfg.SegmentIndexBytes
		if i > 0 && (!fits || s.base > p.latest || s.size.Load() == 0) {
			return i, nil
		}
	}
	return len(sources), nil
}

// replace compacts the segments of one group into one.
func (p *pass) replace(group []source) error {
	if group[0].size.Load() == 0 {
		return nil
	}
	var err error
	// Anew for each group: whoever stopped producing meanwhile needs less.
	if p.last, err = p.l.lastOfProducers(); err != nil {
		return err
	}
	p.rest = 0
	for _, s := range group {
		p.rest += s.size.Load()
	}
	out := newCleaned(p, group)
	for _, s := range group {
		if err := p.eachBatch(s.segment, 0, out.batch); err != nil {
			out.discard()
			return err
		}
	}
	if !out.changed {
		return nil
	}
	if err := out.finish(); err != nil {
		out.discard()
		return err
	}
	if err := p.l.swapIn(group, out); err != nil {
		out.discard()
		return err
	}
	p.done.Before += len(group)
	p.done.After++
	return nil
}

// isClosed says whether the log was closed.
func (l *Log) isClosed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed
}
