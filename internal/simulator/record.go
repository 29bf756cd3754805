package simulator

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/replica"
	"github.com/brolga-io/brolga/internal/testcluster/history"
	"github.com/brolga-io/brolga/internal/wire"
)

// record collects what the checkers judge.
type record struct {
	w *world
	h history.History
	// names gives each topic id a name of its own, so that a topic that was made anew
	// is another one.
	names map[wire.UUID]string
	count map[string]int
	state int64                       // metadata offset up to which states were recorded
	last  map[history.Partition]int32 // partition epoch that was recorded last
}

func newRecord(w *world) *record {
	return &record{w: w, h: history.History{MinISR: 2}, names: map[wire.UUID]string{}, count: map[string]int{}, last: map[history.Partition]int32{}}
}

// at names a partition in the history.
func (r *record) at(name string, id wire.UUID, number int32) history.Partition {
	known, ok := r.names[id]
	if !ok {
		r.count[name]++
		known = fmt.Sprintf("%s#%d", name, r.count[name])
		r.names[id] = known
	}
	return history.Partition{Topic: known, Number: number}
}

// image records now and then what a node's metadata says.
func (r *record) image(p *process, how string, image *metadata.Image) {
	if (image.EndOffset()/entryOffsets)%16 != 0 && !r.w.stopped {
		return
	}
	h := sha256.New()
	for _, value := range recordsOf(image) {
		h.Write(value)
	}
	one := history.Metadata{Node: p.node.id, How: how, EndOffset: image.EndOffset()}
	h.Sum(one.Hash[:0])
	r.h.Metadata = append(r.h.Metadata, one)
}

// states records what the metadata log says of partitions, once for all nodes.
func (r *record) states(image *metadata.Image, delta *metadata.Delta) {
	if image.EndOffset() <= r.state {
		return
	}
	r.state = image.EndOffset()
	for _, b := range delta.Brokers {
		if b := image.Broker(b); b != nil {
			r.w.note("broker %d epoch %d fenced %v leaving %v", b.ID, b.Epoch, b.Fenced, b.InControlledShutdown)
		}
	}
	for _, t := range delta.CreatedTopics {
		for number, p := range t.Partitions() {
			r.addState(image, t, number, p)
		}
	}
	for _, c := range delta.ChangedTopics {
		for _, number := range c.Partitions {
			r.addState(image, c.New, number, c.New.Partition(number))
		}
	}
}

func (r *record) addState(image *metadata.Image, t *metadata.Topic, number int32, p *metadata.Partition) {
	at := r.at(t.Name, t.ID, number)
	r.h.States = append(r.h.States, history.State{Partition: at, Offset: image.EndOffset(),
		Leader: p.Leader, Epoch: p.LeaderEpoch, ISR: slices.Clone(p.ISR)})
	r.w.note("%v: leader %d epoch %d ISR %v ELR %v of %v", at, p.Leader, p.LeaderEpoch, p.ISR, p.ELR, p.Replicas)
}

// dump records what the logs of a process hold.
func (r *record) dump(p *process, when string, final bool) {
	if p.replicas == nil {
		return
	}
	for _, part := range p.replicas.Sorted() {
		if part.Log() == nil || part.Topic() == keyedTopic || replica.IsInternal(part.Topic()) && !final {
			continue
		}
		one := history.Replica{Partition: r.at(part.Topic(), part.TopicID(), part.Number()), Node: p.node.id, When: when, Final: final}
		if err := readReplica(part, &one); err != nil {
			if !p.failedIO && !p.dead {
				r.w.fail("%v on %d cannot be read: %v", one.Partition, p.node.id, err)
			}
			continue
		}
		r.h.Replicas = append(r.h.Replicas, one)
	}
}

// readReplica reads a whole log.
func readReplica(part *replica.Partition, into *history.Replica) error {
	log := part.Log()
	if err := log.Load(); err != nil {
		return err
	}
	into.HighWatermark, into.Start = part.HighWatermark(), log.StartOffset()
	for _, e := range log.Epochs() {
		into.Epochs = append(into.Epochs, history.EpochStart{Epoch: e.Epoch, Start: e.StartOffset})
	}
	end := log.EndOffset()
	for next := into.Start; next < end; {
		s, err := log.Read(next, 1<<20, end, true)
		if err != nil {
			return err
		}
		if s.Len() == 0 {
			return nil
		}
		b, err := s.Bytes()
		next = s.NextOffset
		s.Release()
		if err != nil {
			return err
		}
		if err := eachBatch(b, func(h batch.Header, raw []byte, values []string) {
			into.Batches = append(into.Batches, history.Batch{Base: h.BaseOffset, Last: h.LastOffset(), Epoch: h.PartitionLeaderEpoch, Hash: sha256.Sum256(raw), Values: values})
		}); err != nil {
			return err
		}
	}
	// A log that begins in the middle of a batch has its first epoch from there on.
	if len(into.Epochs) > 0 && len(into.Batches) > 0 && into.Epochs[0].Start == into.Start {
		into.Epochs[0].Start = into.Batches[0].Base
	}
	return nil
}

// eachBatch takes batches apart.
func eachBatch(b []byte, fn func(h batch.Header, raw []byte, values []string)) error {
	return batch.ForEach(b, func(h batch.Header, raw []byte) error {
		if !batch.CheckCRC(raw) {
			return fmt.Errorf("the batch at %d has a wrong CRC", h.BaseOffset)
		}
		r, err := batch.NewReader(raw, batch.OutputCap(len(raw)))
		if err != nil {
			return err
		}
		var values []string
		for r.Next() {
			values = append(values, string(bytes.Clone(r.Record().Value)))
		}
		fn(h, raw, values)
		return r.Err()
	})
}
