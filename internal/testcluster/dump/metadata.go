package dump

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"path"
	"slices"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/logdir"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/testcluster/history"
	"github.com/brolga-io/brolga/internal/vfs"
	"github.com/brolga-io/brolga/internal/wire"
)

// HashImage is what an image says, in an order that does not depend on how it was made.
func HashImage(i *metadata.Image) [32]byte {
	var b []byte
	level := i.Feature(metadata.MetadataVersion)
	for r := range i.Records() {
		b = wire.AppendMetadataRecord(b, r, metadata.RecordVersion(r, level))
	}
	return sha256.Sum256(b)
}

// ErrLaterBeginning: what came before is in a snapshot only, as in the copy of a node that
// became an observer.
var ErrLaterBeginning = errors.New("the metadata log begins later")

// Metadata adds what a node's metadata log in dataDir says to the history: the images
// that replaying gives and, with states, every version of every partition and the ids of
// the topics. The log must begin at 0, otherwise the error is ErrLaterBeginning and nothing
// is added.
func Metadata(h *history.History, files vfs.FS, dataDir string, node int32, states bool) error {
	b, err := readLog(files, path.Join(dataDir, metadata.ClusterMetadataTopic+"-0"))
	if err != nil {
		return err
	}
	image := metadata.Empty()
	err = batch.ForEach(b, func(header batch.Header, raw []byte) error {
		if image.EndOffset() == 0 && header.BaseOffset != 0 {
			return fmt.Errorf("node %d, %w: %d", node, ErrLaterBeginning, header.BaseOffset)
		}
		records, err := recordsOf(header, raw)
		if err != nil {
			return fmt.Errorf("node %d, metadata at %d: %w", node, header.BaseOffset, err)
		}
		next, delta, err := image.Apply(records, header.NextOffset(), header.PartitionLeaderEpoch)
		if err != nil {
			return fmt.Errorf("node %d, metadata at %d: %w", node, header.BaseOffset, err)
		}
		image = next
		h.Metadata = append(h.Metadata, history.Metadata{Node: node, How: "replayed", EndOffset: image.EndOffset(), Hash: HashImage(image)})
		if states {
			forget(h, delta.DeletedTopics)
			h.States = append(h.States, statesOf(image, delta)...)
		}
		return nil
	})
	if states {
		h.TopicIDs = map[string]string{}
		for t := range image.Topics() {
			h.TopicIDs[t.Name] = logdir.FormatID(t.ID)
		}
	}
	return err
}

func recordsOf(h batch.Header, raw []byte) ([]wire.Record, error) {
	if h.IsControl() {
		return nil, nil
	}
	r, err := batch.NewReader(raw, maxFileBytes)
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
