package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/internal/wire"
)

// coordinatorFormatter prints records of the internal topics as JSON, one after
// the other without line ends, as the original does. Records of other kinds, of
// unknown kinds and without a key are left out.
type coordinatorFormatter struct {
	toJSON func(key, value []byte) (jsonObject, error)
}

func (f coordinatorFormatter) write(w io.Writer, r *kgo.Record) error {
	if r.Key == nil {
		return nil
	}
	object, err := f.toJSON(r.Key, r.Value)
	if err != nil {
		return &exception{class: "java.lang.RuntimeException", text: fmt.Sprintf("Could not read record at offset %d due to: %v", r.Offset, err), cause: err}
	}
	if object != nil {
		_, _ = w.Write(object.bytes())
	}
	return nil
}

// jsonObject keeps the order of its fields.
type jsonObject []jsonField

type jsonField struct {
	name  string
	value any
}

func (o jsonObject) bytes() []byte {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, f := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		writeJSON(&b, f.name)
		b.WriteByte(':')
		writeJSON(&b, f.value)
	}
	b.WriteByte('}')
	return b.Bytes()
}

func (o jsonObject) MarshalJSON() ([]byte, error) { return o.bytes(), nil }

func writeJSON(b *bytes.Buffer, v any) {
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v)
	b.Truncate(b.Len() - 1) // the line end
}

// recordJSON is the frame around a key and a value; a nil value is a tombstone.
func recordJSON(recordType int16, key jsonObject, value jsonObject, version int16) jsonObject {
	var valueJSON any
	if value != nil {
		valueJSON = jsonObject{{"version", version}, {"data", value}}
	}
	return jsonObject{{"key", jsonObject{{"type", recordType}, {"data", key}}}, {"value", valueJSON}}
}

// groupRecord reads a record of __consumer_offsets. A nil key without an error
// is a type that this release does not know.
func groupRecord(key, value []byte) (wire.Record, wire.Record, int16, error) {
	k, err := wire.DecodeGroupRecordKey(key)
	if errors.Is(err, wire.ErrUnknownRecordType) {
		return nil, nil, 0, nil
	}
	if err != nil || value == nil {
		return k, nil, 0, err
	}
	v, version, err := wire.DecodeGroupRecordValue(k.RecordType(), value)
	return k, v, version, err
}

func offsetRecordJSON(key, value []byte) (jsonObject, error) {
	k, v, version, err := groupRecord(key, value)
	if err != nil || k == nil {
		return nil, err
	}
	var keyJSON jsonObject
	switch k := k.(type) {
	case *wire.OffsetCommitKey:
		keyJSON = jsonObject{{"group", k.Group}, {"topic", k.Topic}, {"partition", k.Partition}}
	case *wire.LegacyOffsetCommitKey:
		keyJSON = jsonObject{{"group", k.Group}, {"topic", k.Topic}, {"partition", k.Partition}}
	default:
		return nil, nil
	}
	var valueJSON jsonObject
	switch v := v.(type) {
	case *wire.OffsetCommitValue:
		valueJSON = offsetValueJSON(v, version)
	case *wire.LegacyOffsetCommitValue:
		valueJSON = jsonObject{{"offset", v.Offset}, {"metadata", v.Metadata}, {"commitTimestamp", v.CommitTimestamp}}
	}
	return recordJSON(k.RecordType(), keyJSON, valueJSON, version), nil
}

// offsetValueJSON has the fields that the version has.
func offsetValueJSON(v *wire.OffsetCommitValue, version int16) jsonObject {
	o := jsonObject{{"offset", v.Offset}}
	if version >= 3 {
		o = append(o, jsonField{"leaderEpoch", v.LeaderEpoch})
	}
	o = append(o, jsonField{"metadata", v.Metadata}, jsonField{"commitTimestamp", v.CommitTimestamp})
	if version == 1 {
		o = append(o, jsonField{"expireTimestamp", v.ExpireTimestamp})
	}
	if version >= 4 && v.TopicId != (wire.UUID{}) {
		o = append(o, jsonField{"topicId", v.TopicId.String()})
	}
	return o
}

func groupRecordJSON(key, value []byte) (jsonObject, error) {
	k, v, version, err := groupRecord(key, value)
	group, isGroup := k.(*wire.GroupMetadataKey)
	if err != nil || !isGroup {
		return nil, err
	}
	var valueJSON jsonObject
	if v, ok := v.(*wire.GroupMetadataValue); ok {
		valueJSON = groupValueJSON(v, version)
	}
	return recordJSON(k.RecordType(), jsonObject{{"group", group.Group}}, valueJSON, version), nil
}

func groupValueJSON(v *wire.GroupMetadataValue, version int16) jsonObject {
	members := make([]jsonObject, len(v.Members))
	for i, m := range v.Members {
		o := jsonObject{{"memberId", m.MemberId}}
		if version >= 3 {
			o = append(o, jsonField{"groupInstanceId", m.GroupInstanceId})
		}
		o = append(o, jsonField{"clientId", m.ClientId}, jsonField{"clientHost", m.ClientHost})
		if version >= 1 {
			o = append(o, jsonField{"rebalanceTimeout", m.RebalanceTimeout})
		}
		members[i] = append(o, jsonField{"sessionTimeout", m.SessionTimeout},
			jsonField{"subscription", m.Subscription}, jsonField{"assignment", m.Assignment})
	}
	o := jsonObject{{"protocolType", v.ProtocolType}, {"generation", v.Generation}, {"protocol", v.Protocol}, {"leader", v.Leader}}
	if version >= 2 {
		o = append(o, jsonField{"currentStateTimestamp", v.CurrentStateTimestamp})
	}
	return append(o, jsonField{"members", members})
}

func transactionRecordJSON(key, value []byte) (jsonObject, error) {
	k, err := wire.DecodeTransactionRecordKey(key)
	if errors.Is(err, wire.ErrUnknownRecordType) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	id, isTransaction := k.(*wire.TransactionLogKey)
	if !isTransaction {
		return nil, nil
	}
	keyJSON := jsonObject{{"transactionalId", id.TransactionalId}}
	if value == nil {
		return recordJSON(k.RecordType(), keyJSON, nil, 0), nil
	}
	v, version, err := wire.DecodeTransactionRecordValue(k.RecordType(), value)
	if err != nil {
		return nil, err
	}
	return recordJSON(k.RecordType(), keyJSON, transactionValueJSON(v.(*wire.TransactionLogValue)), version), nil
}

// transactionValueJSON leaves tagged fields out where they have their default.
func transactionValueJSON(v *wire.TransactionLogValue) jsonObject {
	o := jsonObject{{"producerId", v.ProducerId}}
	if v.PreviousProducerId != -1 {
		o = append(o, jsonField{"previousProducerId", v.PreviousProducerId})
	}
	if v.NextProducerId != -1 {
		o = append(o, jsonField{"nextProducerId", v.NextProducerId})
	}
	o = append(o, jsonField{"producerEpoch", v.ProducerEpoch})
	if v.NextProducerEpoch != -1 {
		o = append(o, jsonField{"nextProducerEpoch", v.NextProducerEpoch})
	}
	o = append(o, jsonField{"transactionTimeoutMs", v.TransactionTimeoutMs}, jsonField{"transactionStatus", v.TransactionStatus})
	var partitions []jsonObject
	for _, p := range v.TransactionPartitions {
		partitions = append(partitions, jsonObject{{"topic", p.Topic}, {"partitionIds", p.PartitionIds}})
	}
	var partitionsJSON any
	if v.TransactionPartitions != nil {
		partitionsJSON = append([]jsonObject{}, partitions...)
	}
	o = append(o, jsonField{"transactionPartitions", partitionsJSON},
		jsonField{"transactionLastUpdateTimestampMs", v.TransactionLastUpdateTimestampMs},
		jsonField{"transactionStartTimestampMs", v.TransactionStartTimestampMs})
	if v.ClientTransactionVersion != 0 {
		o = append(o, jsonField{"clientTransactionVersion", v.ClientTransactionVersion})
	}
	return o
}
