package batch

import (
	"bytes"
	"testing"
)

func addSeeds(f *testing.F) {
	for _, codec := range allCodecs {
		f.Add(sample(codec, 3, 20))
	}
	f.Add(BuildMarker(1, 2, EndTxnMarker{Commit: true}, testNow))
}

// FuzzValidate: any bytes are refused or valid, and what is valid can be
// read.
func FuzzValidate(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) >= HeaderSize {
			setCRC(b) // let it get past the checksum
		}
		info, err := Validate(b, lenient)
		if err != nil {
			return
		}
		if !CheckCRC(b) || info.Size() != len(b) {
			t.Fatalf("%+v", info)
		}
		if n := len(readAll(t, b)); n != int(info.Count) {
			t.Fatalf("%d records, header says %d", n, info.Count)
		}
	})
}

// FuzzRecords: iterating any bytes as a batch ends, and does not fail in
// another way than by an error.
func FuzzRecords(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		_ = ForEach(b, func(h Header, raw []byte) error {
			r, err := NewReader(raw, 1<<20)
			if err != nil {
				return nil
			}
			last := int64(-1)
			for r.Next() {
				if rec := r.Record(); rec.Offset <= last || rec.Offset > h.LastOffset() {
					t.Fatalf("offset %d after %d", rec.Offset, last)
				} else {
					last = rec.Offset
				}
			}
			_, _, _, _ = ParseMarker(raw)
			return nil
		})
	})
}

// FuzzDecompress: any bytes through each decompressor stay within the cap.
func FuzzDecompress(f *testing.F) {
	for _, codec := range allCodecs {
		f.Add(byte(codec), appendCompressed(nil, bytes.Repeat([]byte("abc"), 100), codec, DefaultLevel))
	}
	f.Fuzz(func(t *testing.T, codec byte, b []byte) {
		const limit = 1 << 16
		c := Codec(codec % 6)
		out, err := Decompress(c, b, limit)
		if err == nil && c != None && len(out) > limit {
			t.Fatalf("%d bytes", len(out))
		}
	})
}
