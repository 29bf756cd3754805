package batch

// recordInfo is what validation needs to know of one record.
type recordInfo struct {
	timestampDelta int64
	offsetDelta    int32
	hasKey         bool
}

// walkRecord checks the structure of the record body b (without its length)
// and skips over key, value and headers. It returns false if any length does
// not fit or bytes are left over.
func walkRecord(b []byte, r *recordInfo) bool {
	if len(b) < 1 {
		return false
	}
	i := 1 // attributes, which have no meaning yet
	if r.timestampDelta, i = varlong(b, i); i < 0 {
		return false
	}
	if r.offsetDelta, i = varint(b, i); i < 0 {
		return false
	}
	keyLen, i := varint(b, i)
	if i < 0 || int(keyLen) > len(b)-i {
		return false
	}
	r.hasKey = keyLen >= 0
	if keyLen > 0 {
		i += int(keyLen)
	}
	valueLen, i := varint(b, i)
	if i < 0 || int(valueLen) > len(b)-i {
		return false
	}
	if valueLen > 0 {
		i += int(valueLen)
	}
	headers, i := varint(b, i)
	if headers == 0 {
		return i == len(b)
	}
	return walkHeaders(b, i, headers)
}

func walkHeaders(b []byte, i int, count int32) bool {
	// A header takes two bytes or more.
	if i < 0 || count < 0 || int(count) > (len(b)-i)/2 {
		return false
	}
	for ; count > 0; count-- {
		var n int32
		if n, i = varint(b, i); i < 0 || n < 0 || int(n) > len(b)-i {
			return false
		}
		i += int(n)
		if n, i = varint(b, i); i < 0 || int(n) > len(b)-i {
			return false
		}
		if n > 0 {
			i += int(n)
		}
	}
	return i == len(b)
}

// Record is one record of a batch.
type Record struct {
	Offset    int64
	Timestamp int64 // ms
	Key       []byte
	Value     []byte // nil is null, as for Key
	Headers   []RecordHeader
}

// RecordHeader is one header of a record. A nil Value is null.
type RecordHeader struct {
	Key   string
	Value []byte
}

// decodeRecord decodes the record body b; key, value and header values alias
// it. Offset and Timestamp are set to the deltas.
func decodeRecord(b []byte, headers []RecordHeader) (Record, bool) {
	var info recordInfo
	if !walkRecord(b, &info) {
		return Record{}, false
	}
	r := Record{Offset: int64(info.offsetDelta), Timestamp: info.timestampDelta}
	// The walk has checked every length, so only positions matter below.
	_, i := varlong(b, 1)
	_, i = varint(b, i)
	r.Key, i = takeBytes(b, i)
	r.Value, i = takeBytes(b, i)
	count, i := varint(b, i)
	for ; count > 0; count-- {
		var key, value []byte
		key, i = takeBytes(b, i)
		value, i = takeBytes(b, i)
		headers = append(headers, RecordHeader{Key: string(key), Value: value})
	}
	r.Headers = headers
	return r, true
}

// takeBytes reads a length and that many bytes; a negative length is null.
func takeBytes(b []byte, i int) ([]byte, int) {
	n, i := varint(b, i)
	if n < 0 {
		return nil, i
	}
	end := i + int(n)
	return b[i:end:end], end
}
