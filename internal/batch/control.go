package batch

import "encoding/binary"

// ControlType is the kind of a control record.
type ControlType int16

// The control record types (KIP-98, KIP-595, KIP-630, KIP-853).
const (
	ControlAbort          ControlType = 0
	ControlCommit         ControlType = 1
	ControlLeaderChange   ControlType = 2
	ControlSnapshotHeader ControlType = 3
	ControlSnapshotFooter ControlType = 4
	ControlKRaftVersion   ControlType = 5
	ControlKRaftVoters    ControlType = 6
)

// ParseControlKey returns the type a control record's key names. Unknown
// types are returned as they are; readers skip them.
func ParseControlKey(key []byte) (ControlType, error) {
	if len(key) < 4 {
		return 0, errorf(InvalidRecord, "Invalid control record key of %d bytes", len(key))
	}
	if version := int16(binary.BigEndian.Uint16(key)); version < 0 {
		return 0, errorf(InvalidRecord, "Invalid version %d of a control record key", version)
	}
	return ControlType(binary.BigEndian.Uint16(key[2:])), nil
}

// AppendControlKey appends the key of a control record.
func AppendControlKey(dst []byte, t ControlType) []byte {
	dst = binary.BigEndian.AppendUint16(dst, 0)
	return binary.BigEndian.AppendUint16(dst, uint16(t))
}

// EndTxnMarker is the content of a transaction marker.
type EndTxnMarker struct {
	Commit           bool
	CoordinatorEpoch int32
}

// BuildMarker returns the one-record control batch that ends a producer's
// transaction.
func BuildMarker(producerID int64, producerEpoch int16, m EndTxnMarker, timestampMs int64) []byte {
	t := ControlAbort
	if m.Commit {
		t = ControlCommit
	}
	value := binary.BigEndian.AppendUint16(nil, 0)
	value = binary.BigEndian.AppendUint32(value, uint32(m.CoordinatorEpoch))
	o := NoProducer()
	o.ProducerID, o.ProducerEpoch = producerID, producerEpoch
	o.Transactional, o.Control = true, true
	b := NewBuilder(o)
	b.Append(timestampMs, AppendControlKey(nil, t), value)
	return b.Build(nil)
}

// BuildControl returns a control batch without a producer that holds one
// record, as the metadata log uses.
func BuildControl(t ControlType, value []byte, timestampMs int64) []byte {
	o := NoProducer()
	o.Control = true
	b := NewBuilder(o)
	b.Append(timestampMs, AppendControlKey(nil, t), value)
	return b.Build(nil)
}

// ParseMarker decodes the transaction marker in the control batch b. ok is
// false if b is an empty batch or holds a control record of another type.
func ParseMarker(b []byte) (m EndTxnMarker, timestampMs int64, ok bool, err error) {
	r, err := NewReader(b, OutputCap(len(b)))
	if err != nil || !r.Next() {
		if err == nil {
			err = r.Err()
		}
		return m, 0, false, err
	}
	rec := r.Record()
	t, err := ParseControlKey(rec.Key)
	if err != nil {
		return m, 0, false, err
	}
	if t != ControlAbort && t != ControlCommit {
		return m, rec.Timestamp, false, nil
	}
	if len(rec.Value) < 6 {
		return m, 0, false, errorf(InvalidRecord, "Invalid transaction marker of %d bytes", len(rec.Value))
	}
	m = EndTxnMarker{Commit: t == ControlCommit, CoordinatorEpoch: int32(binary.BigEndian.Uint32(rec.Value[2:]))}
	return m, rec.Timestamp, true, nil
}
