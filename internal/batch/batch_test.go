package batch

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"
	"pgregory.net/rapid"
)

const testNow = 1_700_000_000_000

// sample builds a batch as a producer would send it.
func sample(codec Codec, n, size int) []byte {
	o := NoProducer()
	o.Codec = codec
	b := NewBuilder(o)
	for i := range n {
		b.Append(testNow+int64(i), fmt.Appendf(nil, "key-%d", i), bytes.Repeat([]byte{byte(i)}, size))
	}
	return b.Build(nil)
}

var allCodecs = []Codec{None, Gzip, Snappy, LZ4, Zstd}

func readAll(t *testing.T, b []byte) []Record {
	t.Helper()
	r, err := NewReader(b, OutputCap(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var out []Record
	for r.Next() {
		out = append(out, r.Record())
	}
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
	return out
}

var genBytes = rapid.OneOf(rapid.Just([]byte(nil)), rapid.Just([]byte{}), rapid.SliceOfN(rapid.Byte(), 0, 300))

func genRecords(t *rapid.T) []Record {
	n := rapid.IntRange(1, 40).Draw(t, "n")
	recs := make([]Record, n)
	offset := int64(1000)
	for i := range recs {
		offset += int64(rapid.SampledFrom([]int{1, 1, 1, 7}).Draw(t, "gap"))
		recs[i] = Record{
			Offset:    offset,
			Timestamp: rapid.Int64Range(0, 1<<45).Draw(t, "ts"),
			Key:       genBytes.Draw(t, "key"),
			Value:     genBytes.Draw(t, "value"),
		}
		for h := range rapid.SampledFrom([]int{0, 0, 1, 3}).Draw(t, "headers") {
			recs[i].Headers = append(recs[i].Headers, RecordHeader{Key: fmt.Sprint("h", h), Value: genBytes.Draw(t, "hv")})
		}
	}
	return recs
}

// TestBuildRead: what a Builder was given is what a Reader returns, with
// every codec, and the header's sums are right.
func TestBuildRead(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		recs := genRecords(rt)
		o := NoProducer()
		o.Codec = rapid.SampledFrom(allCodecs).Draw(rt, "codec")
		o.Level = rapid.SampledFrom([]int{DefaultLevel, 1, 9, 99}).Draw(rt, "level")
		o.BaseOffset = 1000
		o.LeaderEpoch = 5
		b := NewBuilder(o)
		maxTs := NoTimestamp
		for _, r := range recs {
			b.AppendAt(r.Offset, r.Timestamp, r.Key, r.Value, r.Headers...)
			maxTs = max(maxTs, r.Timestamp)
		}
		prefix := []byte("before")
		raw := b.Build(prefix)[len(prefix):]
		h, err := ParseHeader(raw)
		if err != nil || !CheckCRC(raw) {
			rt.Fatalf("header %+v: %v", h, err)
		}
		if h.BaseOffset != 1000 || h.LastOffset() != recs[len(recs)-1].Offset || int(h.Count) != len(recs) ||
			h.MaxTimestamp != maxTs || h.PartitionLeaderEpoch != 5 || h.Size() != len(raw) || h.Codec() != o.Codec {
			rt.Fatalf("header %+v", h)
		}
		if got := readAll(t, raw); !reflect.DeepEqual(got, recs) {
			rt.Fatalf("got %+v\nwant %+v", got, recs)
		}
	})
}

// TestAgainstKmsg: franz-go decodes what we build, field by field, and we
// decode what it encodes.
func TestAgainstKmsg(t *testing.T) {
	raw := sample(None, 3, 10)
	var kb kmsg.RecordBatch
	if err := kb.ReadFrom(raw); err != nil {
		t.Fatal(err)
	}
	h, _ := ParseHeader(raw)
	if kb.FirstOffset != h.BaseOffset || kb.Length != h.BatchLength || uint32(kb.CRC) != h.CRC ||
		kb.MaxTimestamp != h.MaxTimestamp || kb.NumRecords != h.Count || kb.ProducerID != h.ProducerID ||
		kb.FirstSequence != h.BaseSequence || kb.LastOffsetDelta != h.LastOffsetDelta || kb.Attributes != h.Attributes {
		t.Fatalf("%+v\n%+v", kb, h)
	}
	var kr kmsg.Record
	if err := kr.ReadFrom(kb.Records); err != nil {
		t.Fatal(err)
	}
	if string(kr.Key) != "key-0" || kr.OffsetDelta != 0 {
		t.Fatalf("%+v", kr)
	}
	kb.PartitionLeaderEpoch = 9
	if h, err := ParseHeader(kb.AppendTo(nil)); err != nil || h.PartitionLeaderEpoch != 9 {
		t.Fatalf("%+v %v", h, err)
	}
}

// TestReaderRefuses: records that contradict the header end the iteration
// with an error.
func TestReaderRefuses(t *testing.T) {
	good := sample(None, 3, 5)
	count := func(n int32) []byte { return edit(good, func(h *Header, _ *[]byte) { h.Count = n }) }
	for name, raw := range map[string][]byte{
		"count too high":   count(4),
		"count too low":    count(2),
		"trailing bytes":   edit(good, func(_ *Header, recs *[]byte) { *recs = append(*recs, 0) }),
		"cut record":       edit(good, func(_ *Header, recs *[]byte) { *recs = (*recs)[:len(*recs)-1] }),
		"offsets too high": edit(good, func(h *Header, _ *[]byte) { h.LastOffsetDelta = 1 }),
	} {
		r, err := NewReader(raw, 1<<20)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for r.Next() {
		}
		if r.Err() == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := NewReader(count(-1), 1<<20); err == nil {
		t.Error("negative count: no error")
	}
}

// TestEmptyBatch: compaction keeps batches without records.
func TestEmptyBatch(t *testing.T) {
	o := NoProducer()
	o.Codec = Gzip
	raw := edit(NewBuilder(o).Build(nil), func(h *Header, recs *[]byte) { h.LastOffsetDelta, *recs = 4, nil })
	if got := readAll(t, raw); len(got) != 0 {
		t.Fatal(got)
	}
	if h, _ := ParseHeader(raw); h.NextOffset() != 5 {
		t.Fatal(h)
	}
}

// edit decodes a batch, lets f change header and records, and puts it
// together again with a right length and CRC.
func edit(b []byte, f func(h *Header, records *[]byte)) []byte {
	var h Header
	h.decode(b)
	records := bytes.Clone(b[HeaderSize:])
	f(&h, &records)
	out := append(make([]byte, HeaderSize), records...)
	h.BatchLength = int32(len(out) - logOverhead)
	PutHeader(out, h)
	return out
}

func TestSequences(t *testing.T) {
	for _, c := range []struct{ seq, n, want int32 }{
		{0, 0, 0}, {5, 3, 8}, {1<<31 - 1, 1, 0}, {1<<31 - 2, 1, 1<<31 - 1}, {1<<31 - 3, 9, 6},
	} {
		if got := IncrementSequence(c.seq, c.n); got != c.want {
			t.Errorf("%d + %d = %d, want %d", c.seq, c.n, got, c.want)
		}
	}
}

func TestPatches(t *testing.T) {
	raw := sample(Zstd, 10, 50)
	SetBaseOffset(raw, 12345)
	SetLeaderEpoch(raw, 7)
	if !CheckCRC(raw) {
		t.Fatal("the CRC covers offset or epoch")
	}
	SetLogAppendTime(raw, 99)
	h, err := ParseHeader(raw)
	if err != nil || !CheckCRC(raw) || h.BaseOffset != 12345 || h.PartitionLeaderEpoch != 7 || !h.LogAppendTime() || h.MaxTimestamp != 99 {
		t.Fatalf("%+v %v", h, err)
	}
	for i, r := range readAll(t, raw) {
		if r.Timestamp != 99 || r.Offset != 12345+int64(i) {
			t.Fatalf("%+v", r)
		}
	}
}

func TestForEach(t *testing.T) {
	b := append(sample(None, 1, 1), sample(LZ4, 5, 1)...)
	var counts []int32
	if err := ForEach(b, func(h Header, raw []byte) error {
		counts = append(counts, h.Count)
		return nil
	}); err != nil || !reflect.DeepEqual(counts, []int32{1, 5}) {
		t.Fatal(counts, err)
	}
	if err := ForEach(b[:len(b)-1], func(Header, []byte) error { return nil }); err == nil {
		t.Fatal("a cut batch is no error")
	}
}

func TestMarkers(t *testing.T) {
	for _, commit := range []bool{true, false} {
		raw := BuildMarker(77, 3, EndTxnMarker{Commit: commit, CoordinatorEpoch: 12}, testNow)
		h, err := ParseHeader(raw)
		if err != nil || !h.IsControl() || !h.IsTransactional() || h.ProducerID != 77 || h.ProducerEpoch != 3 || h.BaseSequence != NoSequence {
			t.Fatalf("%+v %v", h, err)
		}
		m, ts, ok, err := ParseMarker(raw)
		if err != nil || !ok || m.Commit != commit || m.CoordinatorEpoch != 12 || ts != testNow {
			t.Fatal(m, ts, ok, err)
		}
	}
	if _, _, ok, err := ParseMarker(BuildControl(ControlLeaderChange, []byte{0}, 1)); ok || err != nil {
		t.Fatal(ok, err)
	}
	bad := NewBuilder(func() BuilderOptions { o := NoProducer(); o.Control = true; return o }())
	bad.Append(1, []byte{0}, nil)
	if _, _, _, err := ParseMarker(bad.Build(nil)); err == nil {
		t.Fatal("a key of one byte is a marker")
	}
}
