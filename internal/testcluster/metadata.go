package testcluster

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/testcluster/history"
	"github.com/brolga-io/brolga/internal/wire"
)

// hashImage is what an image says, in an order that does not depend on how it was made.
func hashImage(i *metadata.Image) [32]byte {
	var b []byte
	level := i.Feature(metadata.MetadataVersion)
	for r := range i.Records() {
		b = wire.AppendMetadataRecord(b, r, metadata.RecordVersion(r, level))
	}
	return sha256.Sum256(b)
}

// replayMetadata replays the metadata log of a member that has been stopped and calls
// each with every image; the log must begin at 0.
func (m *Member) replayMetadata(each func(image *metadata.Image, delta *metadata.Delta)) error {
	const name = "/" + metadata.ClusterMetadataTopic + "-0"
	b, err := readLog(m.files, dataDir+name)
	if errors.Is(err, fs.ErrNotExist) {
		b, err = readLog(m.files, metaDir+name)
	}
	if err != nil {
		return err
	}
	image := metadata.Empty()
	return batch.ForEach(b, func(h batch.Header, raw []byte) error {
		if image.EndOffset() == 0 && h.BaseOffset != 0 {
			return fmt.Errorf("node %d: the metadata log begins at %d", m.ID, h.BaseOffset)
		}
		records, err := recordsOf(h, raw)
		if err != nil {
			return fmt.Errorf("node %d, metadata at %d: %w", m.ID, h.BaseOffset, err)
		}
		next, delta, err := image.Apply(records, h.NextOffset(), h.PartitionLeaderEpoch)
		if err != nil {
			return fmt.Errorf("node %d, metadata at %d: %w", m.ID, h.BaseOffset, err)
		}
		image = next
		each(image, delta)
		return nil
	})
}

func recordsOf(h batch.Header, raw []byte) ([]wire.Record, error) {
	if h.IsControl() {
		return nil, nil
	}
	r, err := batch.NewReader(raw, maxDumpBytes)
	if err != nil {
		return nil, err
	}
	var all []wire.Record
	for r.Next() {
		if len(r.Record().Value) == 0 {
			continue // the leader's empty entry
		}
		record, _, err := wire.DecodeMetadataRecord(bytes.Clone(r.Record().Value))
		if err != nil {
			return nil, err
		}
		all = append(all, record)
	}
	return all, r.Err()
}

// recordMetadata adds what the metadata logs say to the history: every version of every
// partition, and the images that replaying gives, one for each node.
func (c *Cluster) recordMetadata(h *history.History) error {
	for i, m := range c.Members {
		err := m.replayMetadata(func(image *metadata.Image, delta *metadata.Delta) {
			h.Metadata = append(h.Metadata, history.Metadata{Node: m.ID, How: "replayed", EndOffset: image.EndOffset(), Hash: hashImage(image)})
			if i == 0 {
				forget(h, delta.DeletedTopics)
				h.States = append(h.States, statesOf(image, delta)...)
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// forget drops the states of topics that are deleted: one of the same name that comes
// later begins anew.
func forget(h *history.History, deleted []*metadata.Topic) {
	for _, t := range deleted {
		h.States = slices.DeleteFunc(h.States, func(s history.State) bool { return s.Topic == t.Name })
	}
}

func statesOf(image *metadata.Image, delta *metadata.Delta) []history.State {
	var all []history.State
	add := func(t *metadata.Topic, number int32) {
		p := t.Partition(number)
		all = append(all, history.State{Partition: history.Partition{Topic: t.Name, Number: number},
			Offset: image.Offset(), Leader: p.Leader, Epoch: p.LeaderEpoch, ISR: p.ISR})
	}
	for _, t := range delta.CreatedTopics {
		for number := range t.Partitions() {
			add(t, number)
		}
	}
	for _, t := range delta.ChangedTopics {
		for _, number := range t.Partitions {
			add(t.New, number)
		}
	}
	return all
}
