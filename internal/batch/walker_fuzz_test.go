package batch

import (
	"bytes"
	"testing"
)

// FuzzWalker: what compaction sees of a batch is what a reader sees.
func FuzzWalker(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		h, raw, _, err := Next(b)
		if err != nil {
			return
		}
		var w Walker
		defer w.Close()
		var briefs []Brief
		err = w.Open(&h, raw)
		for r := (Brief{}); err == nil && w.Next(&r); {
			r.Key, r.Raw = bytes.Clone(r.Key), bytes.Clone(r.Raw)
			briefs = append(briefs, r)
		}
		if err == nil {
			err = w.Err()
		}
		r, readErr := NewReader(raw, OutputCap(len(raw)))
		i := 0
		for readErr == nil && r.Next() {
			rec := r.Record()
			if i >= len(briefs) {
				t.Fatalf("the walker has %d records", i)
			}
			got := briefs[i]
			if h.BaseOffset+int64(got.OffsetDelta) != rec.Offset || !bytes.Equal(got.Key, rec.Key) || got.HasValue != (rec.Value != nil) {
				t.Fatalf("record %d: %+v, the reader says %+v", i, got, rec)
			}
			i++
		}
		if readErr == nil {
			readErr = r.Err()
		}
		if (err == nil) != (readErr == nil) {
			t.Fatalf("the walker says %v, the reader %v", err, readErr)
		}
	})
}

// FuzzControl: any bytes as the key of a control record, and as a batch with a
// marker.
func FuzzControl(f *testing.F) {
	f.Add(AppendControlKey(nil, ControlCommit), []byte{0, 0, 0, 0, 0, 7})
	f.Add([]byte{}, []byte{})
	f.Fuzz(func(t *testing.T, key, value []byte) {
		kind, err := ParseControlKey(key)
		o := NoProducer()
		o.Control = true
		b := NewBuilder(o)
		b.Append(1, key, value)
		m, _, ok, markerErr := ParseMarker(b.Build(nil))
		if err != nil && markerErr == nil {
			t.Fatalf("the key is refused (%v) and the marker is not: %+v", err, m)
		}
		if ok && m.Commit != (kind == ControlCommit) {
			t.Fatalf("%v became %+v", kind, m)
		}
	})
}
