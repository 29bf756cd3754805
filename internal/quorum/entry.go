package quorum

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"sync"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/wire"
	"go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"
)

const (
	// maxEntryBytes is the largest batch of the metadata log, Kafka's
	// KafkaRaftClient.MAX_BATCH_SIZE_BYTES.
	maxEntryBytes = 8 << 20
	// maxTerm is the largest raft term: it is stored as the batch's int32 epoch.
	maxTerm = math.MaxInt32
	// maxIndex keeps sums of raft indexes far from overflow.
	maxIndex = 1 << 62
	// tagRaft is the tagged field that carries raft's own data inside Kafka's
	// control records. Kafka's readers skip tags they do not know.
	tagRaft = 0x4252
)

var errEntry = errors.New("invalid raft entry")

// noOpBatch is how an entry without data is stored: the empty entry of a new
// leader, and what raft makes of a refused change of the configuration.
var noOpBatch = sync.OnceValue(func() []byte {
	b := batch.NewBuilder(batch.NoProducer())
	b.Append(batch.NoTimestamp, nil, wire.AppendMetadataRecord(nil, &wire.NoOpRecord{}, 0))
	return b.Build(nil)
})

// entryBatch returns the batch that stores the entry. Offset and epoch are not
// set yet; the bytes must not be changed. It depends on the entry only, so that
// every voter stores the same.
func entryBatch(e *raftpb.Entry) ([]byte, error) {
	switch {
	case e.GetType() == raftpb.EntryConfChangeV2:
		return confChangeBatch(e.GetData())
	case e.GetType() != raftpb.EntryNormal:
		return nil, fmt.Errorf("%w: type %v", errEntry, e.GetType())
	case len(e.GetData()) == 0:
		return noOpBatch(), nil
	}
	return e.GetData(), nil
}

// checkEntry refuses an entry that cannot be stored, before raft sees it.
func checkEntry(e *raftpb.Entry) error {
	if t := e.GetTerm(); t == 0 || t > maxTerm {
		return fmt.Errorf("%w: term %d", errEntry, t)
	}
	b, err := entryBatch(e)
	if err != nil {
		return err
	}
	h, err := batch.ParseHeader(b)
	switch {
	case err != nil:
		return fmt.Errorf("%w: %w", errEntry, err)
	case h.Size() != len(b) || len(b) > maxEntryBytes:
		return fmt.Errorf("%w: a batch of %d bytes in %d bytes", errEntry, h.Size(), len(b))
	case h.Count < 1 || h.LastOffsetDelta != h.Count-1:
		return fmt.Errorf("%w: %d records up to offset delta %d", errEntry, h.Count, h.LastOffsetDelta)
	case h.IsControl() != (e.GetType() == raftpb.EntryConfChangeV2):
		return fmt.Errorf("%w: control batch as %v", errEntry, e.GetType())
	case !batch.CheckCRC(b):
		return fmt.Errorf("%w: checksum", errEntry)
	}
	return nil
}

// appendStored appends the entry's batch as it lies in the log at base.
func appendStored(dst []byte, e *raftpb.Entry, base int64) ([]byte, error) {
	b, err := entryBatch(e)
	if err != nil {
		return dst, err
	}
	at := len(dst)
	dst = append(dst, b...)
	batch.SetBaseOffset(dst[at:], base)
	batch.SetLeaderEpoch(dst[at:], int32(e.GetTerm()))
	return dst, nil
}

// storedEntry is the reverse of appendStored. The entry shares raw's memory.
func storedEntry(index uint64, h batch.Header, raw []byte) (*raftpb.Entry, error) {
	e := &raftpb.Entry{
		Index: new(index),
		Term:  new(uint64(h.PartitionLeaderEpoch)),
		Type:  raftpb.EntryNormal.Enum(),
		Data:  raw,
	}
	if !h.IsControl() {
		return e, nil
	}
	data, err := confChangeData(raw)
	if err != nil {
		return nil, fmt.Errorf("offset %d: %w", h.BaseOffset, err)
	}
	e.Type, e.Data = raftpb.EntryConfChangeV2.Enum(), data
	return e, nil
}

// confChangeBatch stores a change of the configuration as Kafka's voters record,
// in which a tag carries the change itself.
func confChangeBatch(data []byte) ([]byte, error) {
	_, ms, err := parseConfChange(data)
	if err != nil {
		return nil, err
	}
	value := ms.votersRecord().Append(nil, 0)
	return batch.BuildControl(batch.ControlKRaftVoters, appendTag(value, data), batch.NoTimestamp), nil
}

// confChangeData is the reverse of confChangeBatch.
func confChangeData(raw []byte) ([]byte, error) {
	key, value, err := soleRecord(raw)
	if err != nil {
		return nil, err
	}
	if t, err := batch.ParseControlKey(key); err != nil {
		return nil, err
	} else if t != batch.ControlKRaftVoters {
		return nil, fmt.Errorf("%w: control record of type %d", errEntry, t)
	}
	var rec wire.VotersRecord
	r := wire.NewReader(value)
	if rec.Decode(r, 0); r.Err() != nil {
		return nil, fmt.Errorf("%w: %w", errEntry, r.Err())
	}
	plain := rec.Append(nil, 0)
	data, err := findTag(value, len(plain)-1)
	if err != nil {
		return nil, err
	}
	// A change that would be stored otherwise would not be byte-identical on
	// every voter.
	b, err := confChangeBatch(data)
	if err == nil && !bytes.Equal(b[batch.HeaderSize:], raw[batch.HeaderSize:]) {
		err = fmt.Errorf("%w: a voters record that does not belong to its change", errEntry)
	}
	return data, err
}

// parseConfChange decodes a change and the configuration that results from it.
func parseConfChange(data []byte) (*raftpb.ConfChangeV2, members, error) {
	cc := &raftpb.ConfChangeV2{}
	if err := proto.Unmarshal(data, cc); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", errEntry, err)
	}
	if _, joint := cc.EnterJoint(); joint || len(cc.GetChanges()) != 1 || cc.GetChanges()[0].GetNodeId() == 0 {
		return nil, nil, fmt.Errorf("%w: a change of %d controllers at once", errEntry, len(cc.GetChanges()))
	}
	ms, err := decodeMembers(cc.GetContext())
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", errEntry, err)
	}
	return cc, ms, nil
}

// soleRecord returns key and value of the only record of a batch.
func soleRecord(raw []byte) (key, value []byte, err error) {
	r, err := batch.NewReader(raw, batch.OutputCap(len(raw)))
	if err != nil {
		return nil, nil, err
	}
	n := 0
	for ; r.Next(); n++ {
		key, value = r.Record().Key, r.Record().Value
	}
	if r.Err() != nil {
		return nil, nil, r.Err()
	}
	if n != 1 {
		return nil, nil, fmt.Errorf("%w: %d records", errEntry, n)
	}
	return key, value, nil
}

// appendTag puts data as a tagged field at the end of an encoded record that has
// no tagged field yet, which is a zero byte at its end.
func appendTag(record, data []byte) []byte {
	out := wire.AppendUVarint(record[:len(record)-1], 1)
	out = wire.AppendUVarint(out, tagRaft)
	out = wire.AppendUVarint(out, uint32(len(data)))
	return append(out, data...)
}

// findTag returns the data of our tag in the tagged fields that begin at position
// at of the record.
func findTag(record []byte, at int) ([]byte, error) {
	if at < 0 || at > len(record) {
		return nil, fmt.Errorf("%w: no tagged fields", errEntry)
	}
	r := wire.NewReader(record[at:])
	for n := r.UVarint(); n > 0 && r.Err() == nil; n-- {
		tag, size := r.UVarint(), r.UVarint()
		rest := r.Rest()
		if r.Err() != nil || int64(size) > int64(len(rest)) {
			break
		}
		if tag == tagRaft {
			return rest[:size:size], nil
		}
		r = wire.NewReader(rest[size:])
	}
	return nil, fmt.Errorf("%w: raft's tag is missing", errEntry)
}

// mustMeasure returns the size of an entry's batch and its number of records. Only
// entries that were checked come here.
func mustMeasure(e *raftpb.Entry) (size int, records int32) {
	b, err := entryBatch(e)
	if err != nil {
		panic("BUG: an unchecked entry reached the log: " + err.Error())
	}
	h, err := batch.ParseHeader(b)
	if err != nil {
		panic("BUG: an unchecked entry reached the log: " + err.Error())
	}
	return h.Size(), h.Count
}
