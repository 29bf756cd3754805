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

// Metadata adds what a node's metadata log in dataDir says to the history: the images of
// its snapshots and those that replaying gives, and with states every version of every
// partition and the ids of the topics. When the log does not begin at 0 it is replayed
// from a snapshot, states are not added, and the error is ErrLaterBeginning.
func Metadata(h *history.History, files vfs.FS, dataDir string, node int32, states bool) error {
	dir := path.Join(dataDir, metadata.ClusterMetadataTopic+"-0")
	snaps, err := snapshots(files, dir)
	if err != nil {
		return err
	}
	r := &replaying{h: h, node: node, how: "replayed", states: states}
	for _, s := range snaps {
		r.see(s, "from a snapshot")
	}
	b, err := readLog(files, dir)
	if err != nil {
		return err
	}
	if err := batch.ForEach(b, func(header batch.Header, raw []byte) error { return r.batch(snaps, header, raw) }); err != nil {
		return err
	}
	if r.later {
		return fmt.Errorf("node %d, %w", node, ErrLaterBeginning)
	}
	if states && r.image != nil {
		h.TopicIDs = map[string]string{}
		for t := range r.image.Topics() {
			h.TopicIDs[t.Name] = logdir.FormatID(t.ID)
		}
	}
	return nil
}

// replaying is a log on its way into a history.
type replaying struct {
	h      *history.History
	node   int32
	image  *metadata.Image // nil before the first batch
	how    string
	states bool
	later  bool // it does not begin at 0
}

func (r *replaying) see(i *metadata.Image, how string) {
	r.h.Metadata = append(r.h.Metadata, history.Metadata{Node: r.node, How: how, EndOffset: i.EndOffset(), Hash: HashImage(i)})
}

func (r *replaying) batch(snaps []*metadata.Image, header batch.Header, raw []byte) error {
	if r.image == nil {
		if r.later = header.BaseOffset != 0; r.later {
			r.how, r.states = "replayed from a snapshot", false
		}
		if r.image = beginning(snaps, header.BaseOffset); r.image == nil {
			return fmt.Errorf("node %d, %w: %d", r.node, ErrLaterBeginning, header.BaseOffset)
		}
	}
	if header.BaseOffset < r.image.EndOffset() {
		return nil
	}
	records, err := recordsOf(header, raw)
	if err != nil {
		return fmt.Errorf("node %d, metadata at %d: %w", r.node, header.BaseOffset, err)
	}
	next, delta, err := r.image.Apply(records, header.NextOffset(), header.PartitionLeaderEpoch)
	if err != nil {
		return fmt.Errorf("node %d, metadata at %d: %w", r.node, header.BaseOffset, err)
	}
	r.image = next
	r.see(next, r.how)
	if r.states {
		forget(r.h, delta.DeletedTopics)
		r.h.States = append(r.h.States, statesOf(next, delta)...)
	}
	return nil
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
