package wire

import (
	"bytes"
	"testing"
)

// A fetch response whose records stay in a file has the same bytes, once they
// are put where they belong, as one that holds them.
func TestRecordsFromElsewhere(t *testing.T) {
	batches := [][]byte{bytes.Repeat([]byte{1}, 200), {}, bytes.Repeat([]byte{2}, 70)}
	api, _ := LookupAPI(APIKeyFetch)
	for version := api.MinVersion; version <= api.MaxVersion; version++ {
		inMemory, elsewhere := fetchResponse(batches), fetchResponse(batches)
		partitions := elsewhere.Responses[0].Partitions
		for i, b := range batches {
			if len(b) > 0 {
				partitions[i].Records, partitions[i].RecordsSize = nil, int32(len(b))
			}
		}
		want := inMemory.Append([]byte("head"), version)
		encoded := elsewhere.Append([]byte("head"), version)
		var got []byte
		from := 0
		for i := range partitions {
			if at := partitions[i].RecordsAt; at > 0 {
				got = append(append(got, encoded[from:at]...), batches[i]...)
				from = at
			}
		}
		if got = append(got, encoded[from:]...); !bytes.Equal(got, want) {
			t.Errorf("version %d: % x, want % x", version, got, want)
		}
	}
}

func fetchResponse(batches [][]byte) *FetchResponse {
	r := new(FetchResponse)
	r.SetDefaults()
	topic := FetchResponseFetchableTopicResponse{Topic: "t", TopicId: UUID{1}}
	for i, b := range batches {
		var p FetchResponsePartitionData
		p.SetDefaults()
		p.PartitionIndex, p.Records = int32(i), b
		p.CurrentLeader.LeaderEpoch = 3 // a tagged field behind the records
		topic.Partitions = append(topic.Partitions, p)
	}
	r.Responses = append(r.Responses, topic)
	return r
}
