package wire

import (
	"bytes"
	"reflect"
	"testing"
)

// fuzzMessage is the fuzz target of one message type. The seeds are the default
// message and random ones at each version.
func fuzzMessage(f *testing.F, name string) {
	info := lookupMessage(f, name)
	fill := newFiller(12)
	for version := info.low; version <= info.high; version++ {
		m := info.new()
		m.SetDefaults()
		f.Add(version, m.Append(nil, version))
		fill.fill(reflect.ValueOf(m).Elem())
		f.Add(version, m.Append(nil, version))
	}
	f.Fuzz(func(t *testing.T, version int16, body []byte) {
		checkDecode(t, info.new, version, version < info.low || version > info.high, body)
	})
}

// checkDecode decodes whatever it is given. It must not panic and not hold more
// memory than the bytes justify; what decodes must encode to something that
// decodes to the same, unless the version is not valid.
func checkDecode(t *testing.T, newMessage func() Message, version int16, invalid bool, body []byte) {
	m := newMessage()
	r := NewReader(body)
	m.Decode(r, version)
	if held := heldBytes(reflect.ValueOf(m).Elem()); held > budget(len(body)) {
		t.Fatalf("%d bytes make %d", len(body), held)
	}
	if r.Err() != nil || invalid {
		return
	}
	once := m.Append(nil, version)
	back := newMessage()
	mustDecode(t, back, once, version)
	if twice := back.Append(nil, version); !bytes.Equal(once, twice) {
		t.Fatalf("version %d: % x became % x", version, once, twice)
	}
}

func FuzzAnyRequest(f *testing.F) {
	for api := range APIs() {
		m := NewRequest(api.Key)
		m.SetDefaults()
		f.Add(api.Key, api.MaxVersion, m.Append(nil, api.MaxVersion))
	}
	f.Fuzz(func(t *testing.T, key, version int16, body []byte) {
		api, known := LookupAPI(key)
		if !known {
			return
		}
		newMessage := func() Message { return NewRequest(key) }
		checkDecode(t, newMessage, version, !api.Valid(version), body)
	})
}

func FuzzRequestHeader(f *testing.F) {
	id := "client"
	f.Add(RequestHeader{APIKeyApiVersions, 4, 1, &id}.Append(nil))
	f.Add(RequestHeader{APIKeyProduce, 3, -1, nil}.Append(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		r := NewReader(b)
		h, err := DecodeRequestHeader(r)
		if err != nil {
			return
		}
		back, err := DecodeRequestHeader(NewReader(h.Append(nil)))
		if err != nil || !reflect.DeepEqual(h, back) {
			t.Fatalf("%+v became %+v, %v", h, back, err)
		}
	})
}

func FuzzVarints(f *testing.F) {
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0x0f})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})
	f.Fuzz(func(t *testing.T, b []byte) {
		if r := NewReader(b); r.Err() == nil {
			v := r.UVarint()
			checkVarint(t, r, 5, v, AppendUVarint(nil, v), (*Reader).UVarint)
		}
		r := NewReader(b)
		v := r.Varint()
		checkVarint(t, r, 5, v, AppendVarint(nil, v), (*Reader).Varint)
		r = NewReader(b)
		w := r.Varlong()
		checkVarint(t, r, 10, w, AppendVarlong(nil, w), (*Reader).Varlong)
	})
}

func checkVarint[T comparable](t *testing.T, r *Reader, maxBytes int, v T, encoded []byte, read func(*Reader) T) {
	if r.Err() != nil {
		return
	}
	if r.off > maxBytes || len(encoded) > r.off {
		t.Fatalf("%v took %d bytes, its encoding %d", v, r.off, len(encoded))
	}
	if back := read(NewReader(encoded)); back != v {
		t.Fatalf("%v became %v", v, back)
	}
}

// FuzzStoredRecords feeds the readers of all logs with records.
func FuzzStoredRecords(f *testing.F) {
	f.Add(AppendMetadataRecord(nil, &TopicRecord{Name: "t"}, 0))
	f.Add(AppendCoordinatorKey(nil, &OffsetCommitKey{Group: "g", Topic: "t"}))
	f.Add(AppendCoordinatorValue(nil, &OffsetCommitValue{}, 4))
	f.Fuzz(func(t *testing.T, b []byte) {
		decodeStored(b)
		if record, version, err := DecodeMetadataRecord(b); err == nil {
			again := AppendMetadataRecord(nil, record, version)
			if _, _, err := DecodeMetadataRecord(again); err != nil {
				t.Fatalf("% x became % x: %v", b, again, err)
			}
		}
		if key, err := DecodeGroupRecordKey(b); err == nil {
			again := AppendCoordinatorKey(nil, key)
			if _, err := DecodeGroupRecordKey(again); err != nil {
				t.Fatalf("% x became % x: %v", b, again, err)
			}
		}
	})
}

// decodeStored tries every reader of stored records; none may panic.
func decodeStored(b []byte) {
	_, _, _ = DecodeRemoteLogRecord(b)
	_, _ = DecodeTransactionRecordKey(b)
	_, _ = DecodeShareRecordKey(b)
	_, _ = DecodeSubscription(b)
	_, _ = DecodeAssignment(b)
	for recordType := int16(-1); recordType < 30; recordType++ {
		_, _, _ = DecodeGroupRecordValue(recordType, b)
		_, _, _ = DecodeTransactionRecordValue(recordType, b)
		_, _, _ = DecodeShareRecordValue(recordType, b)
	}
}
