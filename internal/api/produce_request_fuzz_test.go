package api

import (
	"bytes"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/replica"
	"github.com/brolga-io/brolga/internal/vfs"
	"github.com/brolga-io/brolga/internal/wire"
)

// FuzzProduceRequest compares the hand-written view with the generated decoder:
// they take the same requests and see the same in them.
func FuzzProduceRequest(f *testing.F) {
	for version := int16(3); version <= 13; version++ {
		req := produceTo("topic", 3, -1, records("a"))
		req.TopicData = append(req.TopicData, produceTo("u", 0, 1, nil).TopicData...)
		f.Add(version, req.Append(nil, version))
	}
	f.Fuzz(func(t *testing.T, version int16, body []byte) {
		version = 3 + (version&0x7fff)%11
		header := []byte{0, 0, 0, byte(version), 0, 0, 0, 1, 0xff, 0xff}
		if version >= produceFlexibleFrom {
			header = append(header, 0)
		}
		var view produceRequest
		took := view.read(append(header, body...))
		var want wire.ProduceRequest
		r := wire.NewReader(body)
		want.Decode(r, version)
		if took != (r.Err() == nil) {
			t.Fatalf("version %d: view took it: %v, decoder: %v", version, took, r.Err())
		}
		if !took {
			return
		}
		if view.acks != want.Acks || view.timeoutMs != want.TimeoutMs || len(view.topics) != len(want.TopicData) ||
			(view.transactional == nil) != (want.TransactionalId == nil) {
			t.Fatalf("version %d: view %+v, decoder %+v", version, view, want)
		}
		for i, topic := range want.TopicData {
			got := view.topics[i]
			if string(got.name) != topic.Name || got.id != topic.TopicId || got.count != len(topic.PartitionData) {
				t.Fatalf("version %d topic %d: view %+v, decoder %+v", version, i, got, topic)
			}
			for j, p := range topic.PartitionData {
				part := view.parts[got.first+j]
				if part.index != p.Index || !bytes.Equal(part.records, p.Records) || (part.records == nil) != (p.Records == nil) {
					t.Fatalf("version %d topic %d partition %d: view %+v, decoder %+v", version, i, j, part, p)
				}
			}
		}
	})
}

// FuzzDataPath sends arbitrary frames for the APIs of the data path; the next
// valid request must work.
func FuzzDataPath(f *testing.F) {
	for key, req := range map[int16]wire.Request{
		0: produceTo("t", 0, 1, records("a")), 1: fetchFrom("t", 0, 0), 2: &wire.ListOffsetsRequest{},
		18: softwareRequest("a", "1"), 22: &wire.InitProducerIdRequest{}, 23: &wire.OffsetForLeaderEpochRequest{},
	} {
		api, _ := wire.LookupAPI(key)
		for version := api.MinVersion; version <= api.MaxVersion; version++ {
			f.Add(key, version, req.Append(nil, version))
		}
	}
	b := newDataBrokerWith(f, vfs.NewMem(), replica.FetchLimits{MaxWait: time.Millisecond})
	b.topic("t", 1)
	f.Fuzz(func(t *testing.T, key, version int16, body []byte) {
		h := wire.RequestHeader{APIKey: key, APIVersion: version, CorrelationID: 1}
		if _, known := wire.LookupAPI(key); !known {
			return
		}
		switch key {
		case 0, 1, 2, 18, 22, 23:
		default:
			return // handlers of other rooms, which are not here
		}
		b.replay(rawFrame(h.Append(nil), body), 3, 3)
		c := &client{t: t, c: b.dial()}
		defer c.c.Close()
		if got := c.produce(9, produceTo("t", 0, 1, records("next"))); got.ErrorCode != 0 {
			t.Fatalf("the next produce: %v", got.ErrorCode.Name())
		}
	})
}
