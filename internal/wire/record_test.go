package wire

import (
	"bytes"
	"encoding/hex"
	"errors"
	"reflect"
	"strings"
	"testing"
)

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestMetadataRecordBytes(t *testing.T) {
	for _, c := range []struct {
		record  Record
		version int16
		want    string
	}{
		{
			&TopicRecord{Name: "foo", TopicId: UUID{15: 1}}, 0,
			"01 02 00" + "04 666f6f" + "00000000000000000000000000000001" + "00",
		},
		{
			&FeatureLevelRecord{Name: "metadata.version", FeatureLevel: 20}, 0,
			"01 0c 00" + "11 6d657461646174612e76657273696f6e" + "0014" + "00",
		},
		{
			&PartitionChangeRecord{PartitionId: 1, Leader: 2, LeaderRecoveryState: -1, Isr: []int32{2}}, 0,
			"01 05 00" + "00000001" + "00000000000000000000000000000000" + "02" + "00 05 02 00000002" + "01 04 00000002",
		},
		{&NoOpRecord{}, 0, "01 14 00 00"},
	} {
		want := unhex(t, c.want)
		if got := AppendMetadataRecord(nil, c.record, c.version); !bytes.Equal(got, want) {
			t.Errorf("%T: % x, want % x", c.record, got, want)
		}
		back, version, err := DecodeMetadataRecord(want)
		if err != nil || version != c.version || back.RecordType() != c.record.RecordType() {
			t.Errorf("%T: %T version %d, %v", c.record, back, version, err)
		}
	}
}

func TestBadMetadataRecords(t *testing.T) {
	for name, c := range map[string]struct {
		bytes string
		want  error
	}{
		"empty":               {"", ErrMalformed},
		"only the frame":      {"01", ErrMalformed},
		"frame version 0":     {"00 14 00 00", ErrMalformed},
		"frame version 2":     {"02 14 00 00", ErrMalformed},
		"unknown type":        {"01 7f 00 00", ErrUnknownRecordType},
		"type above int16":    {"01 80 80 04 00 00", ErrMalformed},
		"version above int16": {"01 14 80 80 04 00", ErrMalformed},
		"unknown version":     {"01 14 01 00", ErrUnsupportedRecordVersion},
		"body cut short":      {"01 02 00 04 66 6f 6f", ErrMalformed},
		"bytes left over":     {"01 14 00 00 00", ErrMalformed},
	} {
		if record, _, err := DecodeMetadataRecord(unhex(t, c.bytes)); !errors.Is(err, c.want) {
			t.Errorf("%s: %T, %v", name, record, err)
		}
	}
}

func TestCoordinatorKeyBytes(t *testing.T) {
	for _, c := range []struct {
		key    Record
		want   string
		decode func([]byte) (Record, error)
	}{
		{&OffsetCommitKey{Group: "g", Topic: "t", Partition: 2}, "0001 0001 67 0001 74 00000002", DecodeGroupRecordKey},
		{&LegacyOffsetCommitKey{Group: "g", Topic: "t", Partition: 2}, "0000 0001 67 0001 74 00000002", DecodeGroupRecordKey},
		{&GroupMetadataKey{Group: "g"}, "0002 0001 67", DecodeGroupRecordKey},
		{&ConsumerGroupMemberMetadataKey{GroupId: "g", MemberId: "m"}, "0005 0001 67 0001 6d", DecodeGroupRecordKey},
		{&TransactionLogKey{TransactionalId: "x"}, "0000 0001 78", DecodeTransactionRecordKey},
		{&ShareUpdateKey{GroupId: "g", Partition: 1}, "0001 0001 67 00000000000000000000000000000000 00000001", DecodeShareRecordKey},
	} {
		want := unhex(t, c.want)
		if got := AppendCoordinatorKey(nil, c.key); !bytes.Equal(got, want) {
			t.Errorf("%T: % x, want % x", c.key, got, want)
		}
		if back, err := c.decode(want); err != nil || !reflect.DeepEqual(back, c.key) {
			t.Errorf("%T: %+v, %v", c.key, back, err)
		}
	}
}

func TestCoordinatorValueBytes(t *testing.T) {
	offset := &OffsetCommitValue{Offset: 7, LeaderEpoch: 3, Metadata: "m", CommitTimestamp: 9, ExpireTimestamp: -1}
	protocol := "range"
	group := &GroupMetadataValue{
		ProtocolType: "consumer", Generation: 1, Protocol: &protocol, CurrentStateTimestamp: 5,
		Members: []GroupMetadataValueMemberMetadata{{
			MemberId: "m", ClientId: "c", ClientHost: "/h", RebalanceTimeout: 2, SessionTimeout: 3,
			Subscription: []byte{1}, Assignment: []byte{2},
		}},
	}
	transaction := &TransactionLogValue{
		ProducerId: 1, PreviousProducerId: -1, NextProducerId: -1, NextProducerEpoch: -1, ProducerEpoch: 2, TransactionTimeoutMs: 3,
		TransactionStatus: 1, TransactionLastUpdateTimestampMs: 4, TransactionStartTimestampMs: 5,
		TransactionPartitions: []TransactionLogValuePartitionsSchema{{Topic: "t", PartitionIds: []int32{6}}},
	}
	for _, c := range []struct {
		value   Record
		version int16
		want    string
		decode  func(int16, []byte) (Record, int16, error)
	}{
		{offset, 3, "0003 0000000000000007 00000003 0001 6d 0000000000000009", DecodeGroupRecordValue},
		{offset, 4, "0004 0000000000000007 00000003 02 6d 0000000000000009 00", DecodeGroupRecordValue},
		{
			group, 3, "0003 0008 636f6e73756d6572 00000001 0005 72616e6765 ffff 0000000000000005 00000001" +
				"0001 6d ffff 0001 63 0002 2f68 00000002 00000003 00000001 01 00000001 02", DecodeGroupRecordValue,
		},
		{
			transaction, 0, "0000 0000000000000001 0002 00000003 01 00000001 0001 74 00000001 00000006" +
				"0000000000000004 0000000000000005", DecodeTransactionRecordValue,
		},
		{
			transaction, 1, "0001 0000000000000001 0002 00000003 01 02 02 74 02 00000006 00" +
				"0000000000000004 0000000000000005 00", DecodeTransactionRecordValue,
		},
	} {
		want := unhex(t, c.want)
		if got := AppendCoordinatorValue(nil, c.value, c.version); !bytes.Equal(got, want) {
			t.Errorf("%T version %d: % x, want % x", c.value, c.version, got, want)
		}
		back, version, err := c.decode(c.value.RecordType(), want)
		if err != nil || version != c.version {
			t.Errorf("%T version %d: version %d, %v", c.value, c.version, version, err)
		} else if d := difference(c.value, back, version); d != "" {
			t.Errorf("%T version %d: %s", c.value, c.version, d)
		}
	}
}

func TestBadCoordinatorRecords(t *testing.T) {
	if _, err := DecodeGroupRecordKey([]byte{0, 99}); !errors.Is(err, ErrUnknownRecordType) {
		t.Errorf("unknown type: %v", err)
	}
	if _, err := DecodeGroupRecordKey([]byte{0}); !errors.Is(err, ErrMalformed) {
		t.Errorf("one byte: %v", err)
	}
	if _, err := DecodeGroupRecordKey([]byte{0, 2, 0, 9}); !errors.Is(err, ErrMalformed) {
		t.Errorf("cut key: %v", err)
	}
	if _, _, err := DecodeGroupRecordValue(1, []byte{0, 9}); !errors.Is(err, ErrUnsupportedRecordVersion) {
		t.Errorf("unknown version: %v", err)
	}
	if _, _, err := DecodeGroupRecordValue(99, []byte{0, 0}); !errors.Is(err, ErrUnknownRecordType) {
		t.Errorf("value of unknown type: %v", err)
	}
	if _, _, err := DecodeTransactionRecordValue(0, nil); !errors.Is(err, ErrMalformed) {
		t.Errorf("no version: %v", err)
	}
}

// Every record type is found by its number, and finds its way back.
func TestRecordConstructors(t *testing.T) {
	constructors := map[string][]func(int16) Record{
		"metadata":          {NewMetadataRecord, NewRemoteLogRecord},
		"coordinator-key":   {NewGroupKey, NewTransactionKey, NewShareKey},
		"coordinator-value": {NewGroupValue, NewTransactionValue, NewShareValue},
	}
	for _, info := range allMessages {
		found := constructors[info.kind] == nil
		for _, construct := range constructors[info.kind] {
			record := construct(int16(info.key))
			found = found || record != nil && reflect.TypeOf(record).Elem().Name() == info.name
		}
		if !found {
			t.Errorf("%s of type %d is not constructed", info.name, info.key)
		}
	}
}
