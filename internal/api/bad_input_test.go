package api

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/wire"
)

// The numbers of these tests are the rows of the list of bad inputs that the
// broker is held to: section C2, headers and codec. After each of them the next
// valid request on a fresh connection must work.

// rawFrame puts a length before the parts.
func rawFrame(parts ...[]byte) []byte {
	b := make([]byte, 4)
	for _, p := range parts {
		b = append(b, p...)
	}
	binary.BigEndian.PutUint32(b, uint32(len(b)-4))
	return b
}

// rawHeader is a request header with a client id of its own making.
func rawHeader(key, version int16, rest ...byte) []byte {
	b := wire.AppendInt16(nil, key)
	b = wire.AppendInt16(b, version)
	b = wire.AppendInt32(b, 99)
	return append(b, rest...)
}

// noClient is a null client id, without and with tagged fields behind.
var (
	noClient       = []byte{0xff, 0xff}
	noClientNoTags = []byte{0xff, 0xff, 0}
)

// mustWork checks that a fresh connection is served.
func (b *dataBroker) mustWork(what string) {
	b.t.Helper()
	c := b.client()
	if got := c.produce(9, produceTo("t", 0, 1, records("next"))); got.ErrorCode != 0 {
		b.t.Errorf("%s: the next produce: %v", what, got.ErrorCode.Name())
	}
	if got := c.fetchOne(12, fetchFrom("t", 0, 0)); got.ErrorCode != 0 {
		b.t.Errorf("%s: the next fetch: %v", what, got.ErrorCode.Name())
	}
}

// closes sends frames that must each end their connection without an answer.
func closes(t *testing.T, frames map[string][]byte) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		for what, frame := range frames {
			c := b.client()
			c.write(frame)
			begin := time.Now()
			c.mustBeClosed()
			if d := time.Since(begin); d != 0 {
				t.Errorf("%s: closed after %v", what, d)
			}
			b.mustWork(what)
		}
	})
}

func TestBad18UnknownAPIKey(t *testing.T) {
	frames := map[string][]byte{}
	for _, key := range []int16{-1, 4, 93, 999, 32767} {
		frames[fmt.Sprint(key)] = rawFrame(rawHeader(key, 0, noClient...))
	}
	closes(t, frames)
}

func TestBad19UnsupportedVersion(t *testing.T) {
	frames := map[string][]byte{}
	for _, r := range table() {
		if r.key == wire.APIKeyApiVersions {
			continue
		}
		for _, v := range []int16{r.min - 1, r.max + 1, 32767} {
			frames[fmt.Sprintf("key %d version %d", r.key, v)] = rawFrame(rawHeader(r.key, v, noClientNoTags...))
		}
	}
	closes(t, frames)
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		c := b.client()
		for _, version := range []int16{-1, 6, 99, 32767} {
			c.write(rawFrame(rawHeader(wire.APIKeyApiVersions, version, noClientNoTags...)))
			var resp wire.ApiVersionsResponse
			if id := c.answer(&resp, wire.APIKeyApiVersions, 0); id != 99 {
				t.Errorf("version %d: correlation id %d", version, id)
			}
			if resp.ErrorCode != wire.UnsupportedVersion || len(resp.ApiKeys) != len(brokerRows()) {
				t.Errorf("version %d: %v with %d APIs", version, resp.ErrorCode.Name(), len(resp.ApiKeys))
			}
		}
	})
}

func TestBad20APIOfAnotherListener(t *testing.T) {
	frames := map[string][]byte{}
	for _, key := range []int16{52, 56, 58, 62, 63} {
		frames[fmt.Sprint(key)] = rawFrame(rawHeader(key, 0, noClientNoTags...))
	}
	closes(t, frames)
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		b.api.ControllerListeners = []string{listenerName}
		// Now the same listener is a controller's: no produce, no list of offsets.
		for _, key := range []int16{wire.APIKeyProduce, wire.APIKeyListOffsets} {
			c := b.client()
			c.write(c.encode(map[int16]wire.Request{0: produceTo("t", 0, 1, records("x")), 2: &wire.ListOffsetsRequest{}}[key], 9))
			c.mustBeClosed()
		}
		var resp wire.ApiVersionsResponse
		b.client().ask(softwareRequest("a", "1"), 4, &resp)
		for _, k := range resp.ApiKeys {
			if api, _ := wire.LookupAPI(k.ApiKey); !api.Listeners.Has(wire.ControllerListener) {
				t.Errorf("%s is advertised on a controller's listener", api.Name)
			}
		}
	})
}

func TestBad21To29BrokenHeadersAndBodies(t *testing.T) {
	body := func(b ...byte) []byte { return b }
	closes(t, map[string][]byte{
		"21 header of version 1 for a flexible version": rawFrame(rawHeader(1, 12, noClient...)),
		"21 tagged field of the header too long":        rawFrame(rawHeader(18, 3, 0xff, 0xff, 1, 0, 100)),
		"22 client id of length -2":                     rawFrame(rawHeader(18, 0, 0xff, 0xfe)),
		"22 client id longer than the frame":            rawFrame(rawHeader(18, 0, 0x7f, 0xff, 'a')),
		"23 2^28-1 tags":                                rawFrame(rawHeader(18, 3, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f)),
		"23 2^32-1 tags":                                rawFrame(rawHeader(18, 3, noClientNoTags...), body(2, 'a', 2, '1', 0xff, 0xff, 0xff, 0xff, 0x0f)),
		"24 tags twice":                                 rawFrame(rawHeader(18, 3, 0xff, 0xff, 2, 5, 0, 5, 0)),
		"24 tags descending":                            rawFrame(rawHeader(18, 3, 0xff, 0xff, 2, 5, 0, 4, 0)),
		"25 varint of six bytes":                        rawFrame(rawHeader(18, 3, noClientNoTags...), body(0x80, 0x80, 0x80, 0x80, 0x80, 1)),
		"25 varint above 32 bits":                       rawFrame(rawHeader(18, 3, noClientNoTags...), body(0xff, 0xff, 0xff, 0xff, 0x7f)),
		"28 string of length -5":                        rawFrame(rawHeader(2, 1, noClient...), body(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 0xff, 0xfb)),
		"28 array of length -2":                         rawFrame(rawHeader(2, 1, noClient...), body(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe)),
		"29 null for a string that cannot be null":      rawFrame(rawHeader(18, 3, noClientNoTags...), body(0, 2, '1', 0)),
	})
}

// produceHead is a Produce body up to the array of topics.
func produceHead(version int16) []byte {
	if version >= produceFlexibleFrom {
		return append(rawHeader(0, version, noClientNoTags...), 0, 0, 1, 0, 0, 1, 0)
	}
	return append(rawHeader(0, version, noClient...), 0xff, 0xff, 0, 1, 0, 0, 1, 0)
}

func TestBad24To29BrokenProduces(t *testing.T) {
	frames := map[string][]byte{}
	for version := int16(3); version <= 13; version++ {
		add := func(what string, b ...byte) {
			frames[fmt.Sprintf("%s, version %d", what, version)] = rawFrame(produceHead(version), b)
		}
		if version < produceFlexibleFrom {
			add("26 2^31-1 topics", 0x7f, 0xff, 0xff, 0xff)
			add("28 -2 topics", 0xff, 0xff, 0xff, 0xfe)
			add("28 null topics", 0xff, 0xff, 0xff, 0xff)
			add("27 2^31-1 partitions", 0, 0, 0, 1, 0, 1, 't', 0x7f, 0xff, 0xff, 0xff)
			add("28 null name", 0, 0, 0, 1, 0xff, 0xff, 0, 0, 0, 0)
			add("28 records of length -5", 0, 0, 0, 1, 0, 1, 't', 0, 0, 0, 1, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xfb)
			add("37 records beyond the frame", 0, 0, 0, 1, 0, 1, 't', 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0)
			continue
		}
		topic := []byte{2, 2, 't'}
		if version >= produceTopicIDFrom {
			topic = append([]byte{2}, make([]byte, 16)...)
		}
		add("26 2^32-2 topics", 0xff, 0xff, 0xff, 0xff, 0x0f)
		add("29 null topics", 0)
		add("25 varint of six bytes", 0x80, 0x80, 0x80, 0x80, 0x80, 1)
		add("27 a million partitions", append(topic, 0xc1, 0x84, 0x3d)...)
		add("37 records beyond the frame", append(topic, 2, 0, 0, 0, 0, 0x80, 2)...)
		add("23 2^28-1 tags", append(topic, 2, 0, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0x7f)...)
		add("24 tags twice", append(topic, 2, 0, 0, 0, 0, 1, 2, 5, 0, 5, 0, 0, 0)...)
		add("24 tag longer than the rest", append(topic, 2, 0, 0, 0, 0, 1, 1, 5, 100, 0, 0)...)
	}
	closes(t, frames)
}

func TestBad22StrangeClientIDs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		for _, id := range []string{"", strings.Repeat("x", 32767), "\xff\xfe", "\x1b[31m\n\x00", "a b"} {
			c := b.client()
			h := wire.RequestHeader{APIKey: 18, APIVersion: 3, CorrelationID: -5, ClientID: &id}
			c.write(rawFrame(softwareRequest("a", "1").Append(h.Append(nil), 3)))
			var resp wire.ApiVersionsResponse
			// Row 33: whatever the correlation id is, it comes back.
			if got := c.answer(&resp, 18, 3); got != -5 || resp.ErrorCode != 0 {
				t.Errorf("client id %.20q: correlation id %d, %v", id, got, resp.ErrorCode.Name())
			}
			h = wire.RequestHeader{APIKey: 0, APIVersion: 9, CorrelationID: -6, ClientID: &id}
			c.write(rawFrame(produceTo("t", 0, 1, records("x")).Append(h.Append(nil), 9)))
			var produced wire.ProduceResponse
			if got := c.answer(&produced, 0, 9); got != -6 {
				t.Errorf("client id %.20q: produce answered %d", id, got)
			}
		}
	})
}

func TestBad30BytesAfterTheBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		c := b.client()
		for _, req := range []wire.Request{softwareRequest("a", "1"), fetchFrom("t", 0, 0), produceTo("t", 0, 1, records("x"))} {
			c.write(rawFrame(c.encode(req, 4)[4:], []byte("more than there should be")))
			var resp wire.Message = wire.NewResponse(req.APIKey())
			c.answer(resp, req.APIKey(), 4)
		}
	})
}

func TestBad31RequestsOfManyPartitions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		for version := int16(3); version <= 13; version++ {
			c := b.client()
			req := produceTo("t", 0, 1, nil)
			one := req.TopicData[0]
			for range 10_000 {
				req.TopicData = append(req.TopicData, one)
			}
			var resp wire.ProduceResponse
			c.ask(req, version, &resp)
			if len(resp.Responses) != 10_001 {
				t.Errorf("version %d: %d topics answered", version, len(resp.Responses))
			}
			many := produceTo("t", 0, 1, nil)
			for i := range int32(100_000) {
				many.TopicData[0].PartitionData = append(many.TopicData[0].PartitionData, wire.ProduceRequestPartitionProduceData{Index: i})
			}
			c.ask(many, version, &resp)
			if n := len(resp.Responses[0].PartitionResponses); n != 100_001 {
				t.Errorf("version %d: %d partitions answered", version, n)
			}
		}
		b.mustWork("many partitions")
	})
}

// TestBad31FetchesAndListOffsetsOfManyPartitions: the same topic ten thousand times
// and a hundred thousand partitions, answered one by one within the budget.
func TestBad31FetchesAndListOffsetsOfManyPartitions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		for version := int16(4); version <= 18; version++ {
			many, wide := fetchFrom("t", 0, 0), fetchFrom("t", 0, 0)
			for range 10_000 {
				many.Topics = append(many.Topics, many.Topics[0])
			}
			for i := range int32(100_000) {
				p := wide.Topics[0].Partitions[0]
				p.Partition = i
				wide.Topics[0].Partitions = append(wide.Topics[0].Partitions, p)
			}
			for _, req := range []*wire.FetchRequest{many, wide} {
				var resp wire.FetchResponse
				b.client().ask(req, version, &resp)
				if resp.ErrorCode != wire.None || len(resp.Responses) == 0 {
					t.Errorf("Fetch %d: %v with %d topics", version, resp.ErrorCode.Name(), len(resp.Responses))
				}
			}
			b.mustWork("many partitions fetched")
		}
		for version := int16(1); version <= 11; version++ {
			req := &wire.ListOffsetsRequest{ReplicaId: consumerReplicaID}
			topic := wire.ListOffsetsRequestListOffsetsTopic{Name: "t"}
			for i := range int32(100_000) {
				p := wire.ListOffsetsRequestListOffsetsPartition{}
				p.SetDefaults()
				p.PartitionIndex, p.Timestamp = i, -1
				topic.Partitions = append(topic.Partitions, p)
			}
			for range 10_000 {
				req.Topics = append(req.Topics, wire.ListOffsetsRequestListOffsetsTopic{Name: "t", Partitions: topic.Partitions[:1]})
			}
			req.Topics = append(req.Topics, topic)
			var resp wire.ListOffsetsResponse
			b.client().ask(req, version, &resp)
			if len(resp.Topics) != 10_001 || len(resp.Topics[10_000].Partitions) != 100_000 {
				t.Errorf("ListOffsets %d: %d topics", version, len(resp.Topics))
			}
			b.mustWork("many offsets listed")
		}
	})
}

// softwareRequest makes an ApiVersions request of some client software.
func softwareRequest(name, version string) *wire.ApiVersionsRequest {
	req := &wire.ApiVersionsRequest{}
	req.SetDefaults()
	req.ClientSoftwareName, req.ClientSoftwareVersion = name, version
	return req
}

func TestBad32ClientSoftware(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		for version := int16(3); version <= 5; version++ {
			c := b.client()
			for name, want := range map[string]wire.ErrorCode{
				"librdkafka": 0, "a": 0, "a-b.c": 0, "9": 0,
				"": wire.InvalidRequest, "\"; DROP": wire.InvalidRequest, "a\n": wire.InvalidRequest, "-a": wire.InvalidRequest,
				"a.": wire.InvalidRequest, "a b": wire.InvalidRequest, "ü": wire.InvalidRequest,
			} {
				for _, req := range []*wire.ApiVersionsRequest{softwareRequest(name, "1.0"), softwareRequest("name", name)} {
					var resp wire.ApiVersionsResponse
					c.ask(req, version, &resp)
					if resp.ErrorCode != want || (want == 0) != (len(resp.ApiKeys) > 0) {
						t.Errorf("version %d, software %q %q: %v with %d APIs", version, req.ClientSoftwareName, req.ClientSoftwareVersion, resp.ErrorCode.Name(), len(resp.ApiKeys))
					}
				}
			}
		}
	})
}
