package wire

import "fmt"

// coordinatorKeyVersion is the version of the bodies of all coordinator keys;
// what stands in front of a key in place of a version is the type of the record.
const coordinatorKeyVersion = 0

// AppendCoordinatorKey appends the key of a coordinator's record as it is stored
// in __consumer_offsets, __transaction_state and __share_group_state: the type
// of the record and the body.
func AppendCoordinatorKey(dst []byte, key Record) []byte {
	dst = AppendInt16(dst, key.RecordType())
	return key.Append(dst, coordinatorKeyVersion)
}

// AppendCoordinatorValue appends the value of a coordinator's record as it is
// stored: its version and the body.
func AppendCoordinatorValue(dst []byte, value Record, version int16) []byte {
	dst = AppendInt16(dst, version)
	return value.Append(dst, version)
}

// DecodeGroupRecordKey reads a key of __consumer_offsets. The error is
// ErrUnknownRecordType for types of later releases, which readers skip.
func DecodeGroupRecordKey(b []byte) (Record, error) {
	return decodeCoordinatorKey(b, NewGroupKey)
}

// DecodeGroupRecordValue reads a value of __consumer_offsets whose key has the
// given type. It returns the value and its version.
func DecodeGroupRecordValue(recordType int16, b []byte) (Record, int16, error) {
	return decodeCoordinatorValue(recordType, b, NewGroupValue)
}

// DecodeTransactionRecordKey reads a key of __transaction_state.
func DecodeTransactionRecordKey(b []byte) (Record, error) {
	return decodeCoordinatorKey(b, NewTransactionKey)
}

// DecodeTransactionRecordValue reads a value of __transaction_state whose key
// has the given type. It returns the value and its version.
func DecodeTransactionRecordValue(recordType int16, b []byte) (Record, int16, error) {
	return decodeCoordinatorValue(recordType, b, NewTransactionValue)
}

// DecodeShareRecordKey reads a key of __share_group_state.
func DecodeShareRecordKey(b []byte) (Record, error) {
	return decodeCoordinatorKey(b, NewShareKey)
}

// DecodeShareRecordValue reads a value of __share_group_state whose key has the
// given type. It returns the value and its version.
func DecodeShareRecordValue(recordType int16, b []byte) (Record, int16, error) {
	return decodeCoordinatorValue(recordType, b, NewShareValue)
}

func decodeCoordinatorKey(b []byte, newKey func(recordType int16) Record) (Record, error) {
	r := NewReader(b)
	recordType := r.Int16()
	if r.err != nil {
		return nil, r.err
	}
	key := newKey(recordType)
	if key == nil {
		return nil, fmt.Errorf("%w %d", ErrUnknownRecordType, recordType)
	}
	return key, decodeRecord(r, key, coordinatorKeyVersion)
}

func decodeCoordinatorValue(recordType int16, b []byte, newValue func(int16) Record) (Record, int16, error) {
	value := newValue(recordType)
	if value == nil {
		return nil, 0, fmt.Errorf("%w %d", ErrUnknownRecordType, recordType)
	}
	r := NewReader(b)
	version := r.Int16()
	if r.err != nil {
		return nil, 0, r.err
	}
	return value, version, decodeRecord(r, value, version)
}
