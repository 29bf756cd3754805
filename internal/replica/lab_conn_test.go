package replica

import (
	"errors"
	"testing"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/wire"
)

// labConn is a follower's connection to a leader of a lab: requests and answers go
// through their encoding, and the answer's records are overwritten by the next.
type labConn struct {
	lab      *lab
	from, to int32
	stop     chan struct{}
	buf      []byte
	req      wire.FetchRequest
}

const fetchVersion = 18

var errNoConnection = errors.New("no connection")

// peer is the other end, if both are up and can talk.
func (c *labConn) peer() (*Set, error) {
	c.lab.mu.Lock()
	defer c.lab.mu.Unlock()
	b := c.lab.brokers[c.to]
	select {
	case <-c.stop:
		return nil, errNoConnection
	default:
	}
	if !b.alive || c.lab.cut[[2]int32{c.from, c.to}] {
		return nil, errNoConnection
	}
	return b.set, nil
}

func (c *labConn) Fetch(req *wire.FetchRequest, resp *wire.FetchResponse) error {
	set, err := c.peer()
	if err != nil {
		return err
	}
	r := wire.NewReader(req.Append(nil, fetchVersion))
	c.req.Decode(r, fetchVersion)
	if r.Err() != nil {
		return r.Err()
	}
	var answer wire.FetchResponse
	answer.SetDefaults()
	f, err := set.BeginFetch(set.image.Load(), fetchVersion, &c.req, testNowMs)
	if err != nil {
		if !errors.As(err, &answer.ErrorCode) {
			return err
		}
	} else {
		f.Run(c.stop)
		answer.SessionId = f.SessionID()
		for i := range f.Results {
			fillAnswer(&answer, &f.Results[i])
		}
		f.Finish(testNowMs)
	}
	if _, err := c.peer(); err != nil {
		return err // the answer is lost
	}
	if c.lab.fetched != nil {
		c.lab.fetched(&answer)
	}
	for i := range c.buf {
		c.buf[i] = 0xee
	}
	c.buf = answer.Append(c.buf[:0], fetchVersion)
	r = wire.NewReader(c.buf)
	resp.Decode(r, fetchVersion)
	return r.Err()
}

// fillAnswer does what the Fetch API does with a result.
func fillAnswer(answer *wire.FetchResponse, r *FetchResult) {
	p := wire.FetchResponsePartitionData{}
	p.SetDefaults()
	p.PartitionIndex, p.HighWatermark, p.LogStartOffset, p.LastStableOffset = r.Part.Number, r.HighWatermark, r.LogStart, r.LastStable
	p.Records = []byte{}
	if r.Diverging {
		p.DivergingEpoch.Epoch, p.DivergingEpoch.EndOffset = r.Epoch, r.EndOffset
	}
	if r.Err != nil {
		p.ErrorCode = wire.KafkaStorageError
		if errors.Is(r.Err, ErrOffsetOutOfRange) {
			p.ErrorCode = wire.OffsetOutOfRange
		}
		errors.As(r.Err, &p.ErrorCode)
	}
	if r.Bytes > 0 {
		p.Records, _ = r.Records.Bytes()
	}
	answer.Responses = append(answer.Responses, wire.FetchResponseFetchableTopicResponse{
		TopicId: r.Part.ID, Partitions: []wire.FetchResponsePartitionData{p}})
}

func (c *labConn) OffsetForLeaderEpoch(req *wire.OffsetForLeaderEpochRequest, resp *wire.OffsetForLeaderEpochResponse) error {
	set, err := c.peer()
	if err != nil {
		return err
	}
	t := &req.Topics[0]
	q := &t.Partitions[0]
	answer := wire.OffsetForLeaderEpochResponseEpochEndOffset{Partition: q.Partition, EndOffset: -1, LeaderEpoch: -1}
	p, err := set.Find(set.image.Load(), t.Topic, q.Partition)
	if err == nil {
		answer.LeaderEpoch, answer.EndOffset, err = p.EndOfEpoch(q.CurrentLeaderEpoch, q.LeaderEpoch)
	}
	errors.As(err, &answer.ErrorCode)
	resp.SetDefaults()
	resp.Topics = []wire.OffsetForLeaderEpochResponseOffsetForLeaderTopicResult{{Topic: t.Topic,
		Partitions: []wire.OffsetForLeaderEpochResponseEpochEndOffset{answer}}}
	return nil
}

func (c *labConn) Close() error {
	close(c.stop)
	return nil
}

func valuesOf(t testing.TB, b []byte) (all []string) {
	t.Helper()
	err := batch.ForEach(b, func(h batch.Header, raw []byte) error {
		r, err := batch.NewReader(raw, batch.OutputCap(len(raw)))
		if err != nil {
			return err
		}
		for r.Next() {
			rec := r.Record()
			all = append(all, string(rec.Value))
		}
		return r.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
