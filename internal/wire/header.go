package wire

import (
	"errors"
	"fmt"
)

// ErrUnknownAPIKey is the error of a request header whose key has no API.
var ErrUnknownAPIKey = errors.New("unknown API key")

// RequestHeader stands in front of every request, after the frame's length.
type RequestHeader struct {
	APIKey        int16
	APIVersion    int16
	CorrelationID int32
	ClientID      *string // nil is null
}

// DecodeRequestHeader reads a header. The version of the header follows from the
// key and version of the API; the latter need not be a valid one, so that a
// request for ApiVersions of a future version can be answered (KIP-511).
func DecodeRequestHeader(r *Reader) (RequestHeader, error) {
	var h RequestHeader
	err := h.Decode(r)
	return h, err
}

// Decode is DecodeRequestHeader for a header that is used again: a client id
// equal to the one of the request before costs no memory.
func (h *RequestHeader) Decode(r *Reader) error {
	h.APIKey = r.Int16()
	h.APIVersion = r.Int16()
	h.CorrelationID = r.Int32()
	if r.err != nil {
		return r.err
	}
	api, known := LookupAPI(h.APIKey)
	if !known {
		return fmt.Errorf("%w %d", ErrUnknownAPIKey, h.APIKey)
	}
	h.decodeClientID(r)
	if api.RequestHeaderVersion(h.APIVersion) == 2 {
		r.skipTags()
	}
	return r.err
}

// decodeClientID reads the client id, which has a two-byte length in all
// versions of the header. It is always copied: it outlives the request.
func (h *RequestHeader) decodeClientID(r *Reader) {
	b := r.stringBytes(false, true)
	switch {
	case b == nil:
		h.ClientID = nil
	case h.ClientID == nil || *h.ClientID != string(b):
		id := string(b)
		h.ClientID = &id
	}
}

// Append appends the header in the version that the key and version of the API
// ask for. It panics if the key is unknown.
func (h RequestHeader) Append(dst []byte) []byte {
	api, known := LookupAPI(h.APIKey)
	if !known {
		panic(fmt.Sprintf("BUG: request header with API key %d", h.APIKey))
	}
	dst = AppendInt16(dst, h.APIKey)
	dst = AppendInt16(dst, h.APIVersion)
	dst = AppendInt32(dst, h.CorrelationID)
	dst = AppendNullableString(dst, h.ClientID)
	if api.RequestHeaderVersion(h.APIVersion) == 2 {
		dst = append(dst, 0)
	}
	return dst
}

// AppendResponseHeader appends the header in front of a response to a request of
// the given key and version.
func AppendResponseHeader(dst []byte, apiKey, version int16, correlationID int32) []byte {
	dst = AppendInt32(dst, correlationID)
	if api, _ := LookupAPI(apiKey); api.ResponseHeaderVersion(version) == 1 {
		dst = append(dst, 0)
	}
	return dst
}

// DecodeResponseHeader reads the header in front of a response to a request of
// the given key and version and returns its correlation id.
func DecodeResponseHeader(r *Reader, apiKey, version int16) (correlationID int32, err error) {
	correlationID = r.Int32()
	if api, _ := LookupAPI(apiKey); api.ResponseHeaderVersion(version) == 1 {
		r.skipTags()
	}
	return correlationID, r.err
}
