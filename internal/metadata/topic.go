package metadata

import (
	"iter"
	"slices"

	"github.com/brolga-io/brolga/internal/wire"
)

// chunkSize is the number of partitions that are copied when one of them changes.
const chunkSize = 64

// Topic is one topic of an Image: nobody may change it.
type Topic struct {
	Name string
	ID   wire.UUID

	owner  *owner
	chunks []*chunk
}

// chunk holds chunkSize partitions in a row; the last one of a topic has fewer.
type chunk struct {
	owner *owner
	parts []Partition
}

// PartitionCount returns how many partitions the topic has. They are numbered
// from 0 without gaps.
func (t *Topic) PartitionCount() int {
	if len(t.chunks) == 0 {
		return 0
	}
	last := len(t.chunks) - 1
	return last*chunkSize + len(t.chunks[last].parts)
}

// Partition returns a partition, or nil if the topic has none of that number.
func (t *Topic) Partition(p int32) *Partition {
	if p < 0 || int(p) >= t.PartitionCount() {
		return nil
	}
	return &t.chunks[p/chunkSize].parts[p%chunkSize]
}

// Partitions walks over the partitions in the order of their numbers.
func (t *Topic) Partitions() iter.Seq2[int32, *Partition] {
	return func(yield func(int32, *Partition) bool) {
		for c, chunk := range t.chunks {
			for i := range chunk.parts {
				if !yield(int32(c*chunkSize+i), &chunk.parts[i]) {
					return
				}
			}
		}
	}
}

// own returns t if o owns it, else a copy that o owns and that shares the chunks.
func (t *Topic) own(o *owner) *Topic {
	if t.owner == o {
		return t
	}
	return &Topic{Name: t.Name, ID: t.ID, owner: o, chunks: slices.Clone(t.chunks)}
}

// setPartition replaces a partition of t, which o owns, or adds the next one.
func (t *Topic) setPartition(o *owner, p int32, part Partition) {
	c, i := int(p/chunkSize), int(p%chunkSize)
	if c == len(t.chunks) {
		t.chunks = append(t.chunks, &chunk{owner: o, parts: []Partition{part}})
		return
	}
	own := t.chunks[c]
	if own.owner != o {
		own = &chunk{owner: o, parts: slices.Clone(own.parts)}
		t.chunks[c] = own
	}
	if i == len(own.parts) {
		own.parts = append(own.parts, part)
		return
	}
	own.parts[i] = part
}

// equal compares two topics, by identity where they share chunks.
func (t *Topic) equal(u *Topic) bool {
	if t == u {
		return true
	}
	if t.Name != u.Name || t.ID != u.ID || t.PartitionCount() != u.PartitionCount() {
		return false
	}
	for p, part := range t.Partitions() {
		if !part.equal(u.Partition(p)) {
			return false
		}
	}
	return true
}
