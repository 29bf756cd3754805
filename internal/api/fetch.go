package api

// Fetch (key 1), versions 4–18.
//
//	v5   log start offset
//	v7   fetch sessions (KIP-227)
//	v9   the leader epoch the client knows (KIP-320)
//	v11  rack, preferred read replica (KIP-392)
//	v12  flexible, diverging epoch for followers (KIP-595)
//	v13  topic ids instead of names (KIP-516)
//	v15  replica state (KIP-903)
//	v16  leader hints (KIP-951)
//	v18  high watermark of the fetching replica (KIP-1166)
//
// Differences: an out-of-range answer to a follower says where the leader's log
// starts, so that it need not ask. Followers use version 15 or later. Batches are never cut in the middle. An isolation level that does
// not exist is INVALID_REQUEST. The wait a client asks for is capped.

import (
	"slices"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/replica"
	"github.com/brolga-io/brolga/internal/server"
	"github.com/brolga-io/brolga/internal/wire"
)

// fetchCall is one Fetch being answered. It is pooled with everything it needs,
// and lives until the answer has been sent, because the answer's records stay in
// their files until then.
type fetchCall struct {
	api   *API
	image *metadata.Image
	nowMs int64

	reader wire.Reader // strings of the request alias the frame
	req    wire.FetchRequest
	resp   wire.FetchResponse
	fetch  *replica.Fetch
	hints  []int32
}

// fetch is not typed because it reuses request and answer, and answers with
// slices of files.
func fetch(a *API, c *Call, r *wire.Reader, out *server.Response) error {
	f, _ := a.fetches.Get().(*fetchCall)
	if f == nil {
		f = &fetchCall{api: a}
		f.reader.AliasStrings()
	}
	out.Owner = f
	f.image, f.nowMs = c.Image, c.NowMs
	f.reader.Reset(r.Rest())
	f.req.Decode(&f.reader, c.Version)
	if err := f.reader.Err(); err != nil {
		return err
	}
	f.resp.SetDefaults()
	err := f.check(c.Version)
	if err == nil {
		f.fetch, err = a.Replicas.BeginFetch(c.Image, c.Version, &f.req, c.NowMs)
	}
	if err != nil {
		f.refuse(c.Version, errorCode(err))
		out.B = f.resp.Append(out.B, c.Version)
		f.countErrors(c)
		return nil
	}
	f.fetch.Run(c.Conn.Stopping())
	c.waited = f.fetch.Waited()
	f.fill(c)
	out.B = f.resp.Append(out.B, c.Version)
	f.addFiles(out)
	f.countErrors(c)
	return nil
}

// countErrors counts the codes of the answer.
func (f *fetchCall) countErrors(c *Call) {
	var tally errorTally
	if f.resp.ErrorCode != wire.None || len(f.resp.Responses) == 0 {
		tally.add(f.resp.ErrorCode)
	}
	for i := range f.resp.Responses {
		parts := f.resp.Responses[i].Partitions
		for j := range parts {
			tally.add(parts[j].ErrorCode)
		}
	}
	c.row.countErrors(&tally)
}

// Isolation levels.
const (
	readUncommitted = 0
	readCommitted   = 1
)

// check refuses what no partition answers.
func (f *fetchCall) check(version int16) error {
	replicaID := f.req.ReplicaId
	if version >= 15 {
		replicaID = f.req.ReplicaState.ReplicaId
	}
	switch {
	case replicaID >= 0 && !f.isBroker(replicaID):
		// Only a broker may say that it has fetched something (CVE-2018-1288).
		return wire.ClusterAuthorizationFailed
	case f.req.IsolationLevel != readUncommitted && f.req.IsolationLevel != readCommitted:
		return wire.InvalidRequest
	}
	return nil
}

// isBroker tells whether the request comes from the process that is registered
// under that id, of which only that process and the controllers know the epoch
// (KIP-903). An epoch is where the metadata log ended when it was given: of a follower
// that is ahead of this broker's metadata, the metadata that knows it is waited for.
func (f *fetchCall) isBroker(id int32) bool {
	epoch := f.req.ReplicaState.ReplicaEpoch
	if epoch >= f.image.EndOffset() && f.api.Await != nil {
		f.api.Await(epoch + 1)
		f.image = f.api.Image()
	}
	b := f.image.Broker(id)
	return b != nil && id != f.api.BrokerID && epoch == b.Epoch
}

// refuse answers the whole request with an error: at the top, or before version
// 7, which has no place for it there, with every partition.
func (f *fetchCall) refuse(version int16, code wire.ErrorCode) {
	f.resp.ErrorCode = code
	if version >= 7 {
		return
	}
	for i := range f.req.Topics {
		t := &f.req.Topics[i]
		to := f.topic(t.Topic, t.TopicId)
		for j := range t.Partitions {
			p := nextPartition(to)
			p.PartitionIndex, p.ErrorCode = t.Partitions[j].Partition, code
			p.HighWatermark = unknownOffset
		}
	}
}

// fill shapes the results as the answer.
func (f *fetchCall) fill(c *Call) {
	f.resp.SessionId = f.fetch.SessionID()
	var to *wire.FetchResponseFetchableTopicResponse
	for i := range f.fetch.Results {
		r := &f.fetch.Results[i]
		if to == nil || to.Topic != r.Part.Name || to.TopicId != r.Part.ID {
			to = f.topic(r.Part.Name, r.Part.ID)
		}
		f.fillPartition(c, nextPartition(to), r)
	}
	if len(f.hints) > 0 {
		for _, e := range nodeEndpoints(f.image, c.Conn.Listener(), f.hints) {
			f.resp.NodeEndpoints = append(f.resp.NodeEndpoints, wire.FetchResponseNodeEndpoint{
				NodeId: e.id, Host: e.host, Port: e.port, Rack: e.rack,
			})
		}
		f.hints = f.hints[:0]
	}
}

func (f *fetchCall) fillPartition(c *Call, p *wire.FetchResponsePartitionData, r *replica.FetchResult) {
	p.PartitionIndex = r.Part.Number
	p.HighWatermark, p.LastStableOffset, p.LogStartOffset = r.HighWatermark, r.LastStable, r.LogStart
	p.PreferredReadReplica = r.Preferred
	if r.Diverging {
		p.DivergingEpoch.Epoch, p.DivergingEpoch.EndOffset = r.Epoch, r.EndOffset
	}
	p.RecordsSize = int32(r.Bytes)
	if r.Bytes > 0 {
		p.Records = nil // they are in the file
	}
	if r.Err != nil {
		p.ErrorCode = errorCode(r.Err)
		if p.ErrorCode == wire.NotLeaderOrFollower || p.ErrorCode == wire.FencedLeaderEpoch {
			f.nameLeader(c, p, r)
		}
		return
	}
	if f.req.IsolationLevel == readCommitted {
		p.AbortedTransactions = noneAborted
		for _, t := range r.Aborted {
			p.AbortedTransactions = append(p.AbortedTransactions,
				wire.FetchResponseAbortedTransaction{ProducerId: t.ProducerID, FirstOffset: t.FirstOffset})
		}
	}
}

// nameLeader tells the client where the partition's leader is (KIP-951).
func (f *fetchCall) nameLeader(c *Call, p *wire.FetchResponsePartitionData, r *replica.FetchResult) {
	leader := f.fetch.Leader(r.Part)
	if c.Version < 16 || leader == nil || leader.Leader == f.api.BrokerID {
		return // this broker was named already, and refuses
	}
	p.CurrentLeader.LeaderId, p.CurrentLeader.LeaderEpoch = leader.Leader, leader.LeaderEpoch
	if !slices.Contains(f.hints, leader.Leader) {
		f.hints = append(f.hints, leader.Leader)
	}
}

// addFiles puts the records into their places in the encoded answer.
func (f *fetchCall) addFiles(out *server.Response) {
	i := 0
	for t := range f.resp.Responses {
		parts := f.resp.Responses[t].Partitions
		for p := range parts {
			if parts[p].RecordsSize > 0 {
				out.AddFile(parts[p].RecordsAt, &f.fetch.Results[i])
			}
			i++
		}
	}
}

// topic appends a topic to the answer, reusing its memory.
func (f *fetchCall) topic(name string, id wire.UUID) *wire.FetchResponseFetchableTopicResponse {
	f.resp.Responses = grow(f.resp.Responses)
	t := &f.resp.Responses[len(f.resp.Responses)-1]
	t.SetDefaults()
	t.Topic, t.TopicId = name, id
	return t
}

func nextPartition(t *wire.FetchResponseFetchableTopicResponse) *wire.FetchResponsePartitionData {
	t.Partitions = grow(t.Partitions)
	p := &t.Partitions[len(t.Partitions)-1]
	p.SetDefaults()
	p.AbortedTransactions, p.Records = nil, noRecords
	return p
}

// What a partition has none of is empty, not null.
var (
	noRecords   = []byte{}
	noneAborted = []wire.FetchResponseAbortedTransaction{}
)

// grow makes s one longer and keeps what its memory held before.
func grow[T any](s []T) []T {
	if len(s) < cap(s) {
		return s[:len(s)+1]
	}
	var zero T
	return append(s, zero)
}

// keepFetchTopics is how many topics' memory a call keeps for the next one.
const keepFetchTopics = 256

// Release implements server.Releaser.
func (f *fetchCall) Release() {
	a := f.api
	if f.fetch != nil {
		f.fetch.Finish(f.nowMs)
		f.fetch = nil
	}
	f.image = nil
	if cap(f.req.Topics) > keepFetchTopics || cap(f.resp.Responses) > keepFetchTopics {
		return
	}
	a.fetches.Put(f)
}
