package wire

import (
	"reflect"
	"testing"
)

// The messages of the hot path, as a client with 10 partitions sends them.

func benchFetch() *FetchRequest {
	m := new(FetchRequest)
	m.SetDefaults()
	topic := FetchRequestFetchTopic{TopicId: UUID{1}}
	for i := range int32(10) {
		var p FetchRequestFetchPartition
		p.SetDefaults()
		p.Partition = i
		topic.Partitions = append(topic.Partitions, p)
	}
	m.Topics = append(m.Topics, topic)
	return m
}

func benchProduce() *ProduceRequest {
	m := new(ProduceRequest)
	m.SetDefaults()
	m.Acks = -1
	topic := ProduceRequestTopicProduceData{Name: "topic-of-the-bench", TopicId: UUID{1}}
	for i := range int32(10) {
		topic.PartitionData = append(topic.PartitionData, ProduceRequestPartitionProduceData{Index: i, Records: make([]byte, 1000)})
	}
	m.TopicData = append(m.TopicData, topic)
	return m
}

func benchmarkDecode(b *testing.B, m Message, version int16, aliasStrings bool) {
	body := m.Append(nil, version)
	into := reflect.New(reflect.TypeOf(m).Elem()).Interface().(Message)
	r := NewReader(nil)
	if aliasStrings {
		r.AliasStrings()
	}
	b.ReportAllocs()
	for b.Loop() {
		r.Reset(body)
		into.Decode(r, version)
		if r.Err() != nil {
			b.Fatal(r.Err())
		}
	}
}

func benchmarkAppend(b *testing.B, m Message, version int16) {
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst = m.Append(dst[:0], version)
	}
}

func BenchmarkDecodeFetch18(b *testing.B)   { benchmarkDecode(b, benchFetch(), 18, true) }
func BenchmarkDecodeFetch11(b *testing.B)   { benchmarkDecode(b, benchFetch(), 11, true) }
func BenchmarkDecodeProduce13(b *testing.B) { benchmarkDecode(b, benchProduce(), 13, true) }
func BenchmarkDecodeProduce9(b *testing.B)  { benchmarkDecode(b, benchProduce(), 9, true) }
func BenchmarkAppendFetch18(b *testing.B)   { benchmarkAppend(b, benchFetch(), 18) }
func BenchmarkAppendResponse(b *testing.B)  { benchmarkAppend(b, fetchResponse(make([][]byte, 10)), 18) }
func BenchmarkDecodeHeader(b *testing.B)    { benchmarkHeader(b) }
func BenchmarkRefuseTagCount(b *testing.B)  { benchmarkRefuse(b) }

func benchmarkHeader(b *testing.B) {
	id := "client-1"
	body := RequestHeader{APIKeyFetch, 18, 1, &id}.Append(nil)
	var h RequestHeader
	r := NewReader(nil)
	b.ReportAllocs()
	for b.Loop() {
		r.Reset(body)
		if err := h.Decode(r); err != nil {
			b.Fatal(err)
		}
	}
}

// benchmarkRefuse is the six-byte ApiVersions body of row 23.
func benchmarkRefuse(b *testing.B) {
	var m ApiVersionsRequest
	body := []byte{0xff, 0xff, 0xff, 0xff, 0x0f, 0}
	r := NewReader(nil)
	for b.Loop() {
		r.Reset(body)
		m.Decode(r, 3)
		if r.Err() == nil {
			b.Fatal("accepted")
		}
	}
}

// The hot path decodes into messages it has used before, without allocation.
func TestHotPathDoesNotAllocate(t *testing.T) {
	for _, c := range []struct {
		m       Message
		version int16
	}{
		{benchFetch(), 4}, {benchFetch(), 12}, {benchFetch(), 18},
		{benchProduce(), 3}, {benchProduce(), 9}, {benchProduce(), 13},
	} {
		body := c.m.Append(nil, c.version)
		into := reflect.New(reflect.TypeOf(c.m).Elem()).Interface().(Message)
		r := NewReader(nil)
		r.AliasStrings()
		var dst []byte
		if n := testing.AllocsPerRun(100, func() {
			r.Reset(body)
			into.Decode(r, c.version)
			dst = into.Append(dst[:0], c.version)
		}); n != 0 {
			t.Errorf("%T version %d: %v allocations", c.m, c.version, n)
		}
	}
}
