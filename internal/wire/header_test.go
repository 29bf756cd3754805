package wire

import (
	"bytes"
	"errors"
	"reflect"
	"testing"
)

func TestRequestHeaderBytes(t *testing.T) {
	id := "id"
	for _, c := range []struct {
		name   string
		header RequestHeader
		want   []byte
	}{
		{"version 1", RequestHeader{APIKeyMetadata, 8, 5, &id}, []byte{0, 3, 0, 8, 0, 0, 0, 5, 0, 2, 'i', 'd'}},
		{"version 2", RequestHeader{APIKeyMetadata, 9, 5, &id}, []byte{0, 3, 0, 9, 0, 0, 0, 5, 0, 2, 'i', 'd', 0}},
		{"null client id", RequestHeader{APIKeyMetadata, 9, -1, nil}, []byte{0, 3, 0, 9, 255, 255, 255, 255, 255, 255, 0}},
		{"never flexible", RequestHeader{APIKeySaslHandshake, 1, 0, nil}, []byte{0, 17, 0, 1, 0, 0, 0, 0, 255, 255}},
		{"future version", RequestHeader{APIKeyApiVersions, 99, 0, nil}, []byte{0, 18, 0, 99, 0, 0, 0, 0, 255, 255, 0}},
		{"negative version", RequestHeader{APIKeyApiVersions, -1, 0, nil}, []byte{0, 18, 255, 255, 0, 0, 0, 0, 255, 255}},
	} {
		if got := c.header.Append(nil); !bytes.Equal(got, c.want) {
			t.Errorf("%s: % x, want % x", c.name, got, c.want)
		}
		r := NewReader(append(c.want, "body"...))
		back, err := DecodeRequestHeader(r)
		if err != nil || !reflect.DeepEqual(back, c.header) || string(r.Rest()) != "body" {
			t.Errorf("%s: %+v, %v", c.name, back, err)
		}
	}
}

// Rows 5, 18, 21, 22: headers that end the connection.
func TestBadRequestHeaders(t *testing.T) {
	for name, c := range map[string]struct {
		bytes []byte
		want  error
	}{
		"row 5: one byte":              {[]byte{0}, ErrMalformed},
		"row 5: seven bytes":           {[]byte{0, 3, 0, 9, 0, 0, 0}, ErrMalformed},
		"row 5: no client id":          {[]byte{0, 3, 0, 9, 0, 0, 0, 1}, ErrMalformed},
		"row 18: key -1":               {[]byte{255, 255, 0, 0, 0, 0, 0, 1, 255, 255}, ErrUnknownAPIKey},
		"row 18: key 999":              {[]byte{3, 231, 0, 0, 0, 0, 0, 1, 255, 255}, ErrUnknownAPIKey},
		"row 18: retired key 4":        {[]byte{0, 4, 0, 0, 0, 0, 0, 1, 255, 255}, ErrUnknownAPIKey},
		"row 21: v1 for flexible":      {[]byte{0, 3, 0, 9, 0, 0, 0, 1, 255, 255}, ErrMalformed},
		"row 21: tag size beyond end":  {[]byte{0, 3, 0, 9, 0, 0, 0, 1, 255, 255, 1, 0, 9}, ErrMalformed},
		"row 22: client id length -2":  {[]byte{0, 3, 0, 1, 0, 0, 0, 1, 255, 254}, ErrMalformed},
		"row 22: client id beyond end": {[]byte{0, 3, 0, 1, 0, 0, 0, 1, 127, 255}, ErrMalformed},
	} {
		if _, err := DecodeRequestHeader(NewReader(c.bytes)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Row 22: odd client ids are kept as they are.
func TestRow22OddClientIDs(t *testing.T) {
	for _, id := range []string{"", "\xff\xfe", "a\nb", "\x1b[31m", string(make([]byte, MaxStringLength))} {
		h, err := DecodeRequestHeader(NewReader(RequestHeader{APIKeyFetch, 12, 1, &id}.Append(nil)))
		if err != nil || h.ClientID == nil || *h.ClientID != id {
			t.Errorf("%.20q: %v", id, err)
		}
	}
}

// Row 33: any correlation id comes back.
func TestRow33CorrelationIDs(t *testing.T) {
	for _, id := range []int32{0, -1, 1, 1<<31 - 1, -1 << 31} {
		b := AppendResponseHeader(nil, APIKeyFetch, 12, id)
		if got, err := DecodeResponseHeader(NewReader(b), APIKeyFetch, 12); got != id || err != nil {
			t.Errorf("%d became %d, %v", id, got, err)
		}
	}
}

func TestResponseHeaderBytes(t *testing.T) {
	for _, c := range []struct {
		name         string
		key, version int16
		want         []byte
	}{
		{"version 0", APIKeyMetadata, 8, []byte{0, 0, 0, 7}},
		{"version 1", APIKeyMetadata, 9, []byte{0, 0, 0, 7, 0}},
		{"ApiVersions is never flexible", APIKeyApiVersions, 4, []byte{0, 0, 0, 7}},
		{"ApiVersions of the future", APIKeyApiVersions, 99, []byte{0, 0, 0, 7}},
	} {
		if got := AppendResponseHeader(nil, c.key, c.version, 7); !bytes.Equal(got, c.want) {
			t.Errorf("%s: % x", c.name, got)
		}
		r := NewReader(c.want)
		if id, err := DecodeResponseHeader(r, c.key, c.version); id != 7 || err != nil || r.Remaining() != 0 {
			t.Errorf("%s: %d, %v", c.name, id, err)
		}
	}
}

// A connection decodes all headers into one value: the client id is the same.
func TestHeaderDecodeKeepsClientID(t *testing.T) {
	id := "a client with a name of its own"
	b := RequestHeader{APIKeyFetch, 12, 1, &id}.Append(nil)
	var h RequestHeader
	r := NewReader(nil)
	decode := func() {
		r.Reset(b)
		if err := h.Decode(r); err != nil {
			t.Fatal(err)
		}
	}
	decode()
	if n := testing.AllocsPerRun(100, decode); n != 0 {
		t.Errorf("%v allocations", n)
	}
	other := "b"
	r.Reset(RequestHeader{APIKeyFetch, 12, 1, &other}.Append(nil))
	if err := h.Decode(r); err != nil || *h.ClientID != "b" {
		t.Errorf("client id %q, %v", *h.ClientID, err)
	}
}
