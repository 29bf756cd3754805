package api

import (
	"testing"
	"testing/synctest"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/replica"
	"github.com/brolga-io/brolga/internal/wire"
)

// listOffset asks for one offset.
func (c *client) listOffset(version int16, topic string, partition int32, timestamp int64) wire.ListOffsetsResponseListOffsetsPartitionResponse {
	c.t.Helper()
	req := &wire.ListOffsetsRequest{}
	req.SetDefaults()
	req.ReplicaId = -1
	q := wire.ListOffsetsRequestListOffsetsPartition{}
	q.SetDefaults()
	q.PartitionIndex, q.Timestamp = partition, timestamp
	req.Topics = []wire.ListOffsetsRequestListOffsetsTopic{{Name: topic, Partitions: []wire.ListOffsetsRequestListOffsetsPartition{q}}}
	var resp wire.ListOffsetsResponse
	c.ask(req, version, &resp)
	return resp.Topics[0].Partitions[0]
}

// timed makes a batch whose records have the given timestamps.
func timed(timestamps ...int64) []byte {
	b := batch.NewBuilder(batch.NoProducer())
	for _, ts := range timestamps {
		b.Append(ts, []byte("k"), []byte("v"))
	}
	return b.Build(nil)
}

func TestListOffsets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		p := partitionRecord("t", 0, 1, 1)
		p.LeaderEpoch = 3
		b.topicOf("t", p)
		c := b.client()
		c.produce(9, produceTo("t", 0, 1, timed(100, 300)))
		c.produce(9, produceTo("t", 0, 1, timed(200, 500, 400)))
		if _, err := b.partition("t", 0).DeleteRecords(1); err != nil {
			t.Fatal(err)
		}
		cases := []struct {
			timestamp, offset, found int64
			epoch                    int32
			since                    int16
		}{
			{replica.LatestTimestamp, 5, -1, 3, 1},
			{replica.EarliestTimestamp, 1, -1, 3, 1},
			{replica.MaxTimestamp, 3, 500, 3, 7},
			{replica.EarliestLocalTimestamp, 1, -1, 3, 8},
			{replica.LatestTieredTimestamp, -1, -1, -1, 9},
			{replica.EarliestPendingUploadTimestamp, -1, -1, -1, 11},
			{0, 1, 300, 3, 1},
			{250, 1, 300, 3, 1},
			{301, 3, 500, 3, 1},
			{500, 3, 500, 3, 1},
			{501, -1, -1, -1, 1},
		}
		for version := int16(1); version <= 11; version++ {
			for _, tc := range cases {
				got := c.listOffset(version, "t", 0, tc.timestamp)
				if version < tc.since {
					if got.ErrorCode != wire.UnsupportedVersion {
						t.Errorf("version %d timestamp %d: %v, want UNSUPPORTED_VERSION", version, tc.timestamp, got.ErrorCode.Name())
					}
					continue
				}
				if got.ErrorCode != 0 || got.Offset != tc.offset || got.Timestamp != tc.found || version >= 4 && got.LeaderEpoch != tc.epoch {
					t.Errorf("version %d timestamp %d: %+v, want %+v", version, tc.timestamp, got, tc)
				}
			}
		}
	})
}

func TestListOffsetsOfAnEmptyLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		c := b.client()
		for timestamp, want := range map[int64]int64{-1: 0, -2: 0, -3: -1, -4: 0, 5: -1} {
			if got := c.listOffset(11, "t", 0, timestamp); got.ErrorCode != 0 || got.Offset != want {
				t.Errorf("timestamp %d: %+v, want offset %d", timestamp, got, want)
			}
		}
	})
}

func TestBad73ListOffsets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 2)
		b.topicOf("other", partitionRecord("other", 0, 2, 2))
		c := b.client()
		for version := int16(1); version <= 11; version++ {
			for _, timestamp := range []int64{-7, -100, -1 << 63} {
				if got := c.listOffset(version, "t", 0, timestamp); got.ErrorCode != wire.UnsupportedVersion || got.Offset != -1 {
					t.Errorf("version %d timestamp %d: %+v", version, timestamp, got)
				}
			}
			if got := c.listOffset(version, "nope", 0, -1); got.ErrorCode != wire.UnknownTopicOrPartition {
				t.Errorf("version %d, unknown topic: %v", version, got.ErrorCode.Name())
			}
			if got := c.listOffset(version, "other", 0, -1); got.ErrorCode != wire.NotLeaderOrFollower {
				t.Errorf("version %d, led elsewhere: %v", version, got.ErrorCode.Name())
			}
			req := &wire.ListOffsetsRequest{ReplicaId: -1}
			q := wire.ListOffsetsRequestListOffsetsPartition{}
			q.SetDefaults()
			q.Timestamp = -1
			once := q
			once.PartitionIndex = 1
			req.Topics = []wire.ListOffsetsRequestListOffsetsTopic{{Name: "t", Partitions: []wire.ListOffsetsRequestListOffsetsPartition{q, once, q}}}
			var resp wire.ListOffsetsResponse
			c.ask(req, version, &resp)
			for i, want := range []wire.ErrorCode{wire.InvalidRequest, 0, wire.InvalidRequest} {
				if got := resp.Topics[0].Partitions[i].ErrorCode; got != want {
					t.Errorf("version %d, partition twice, answer %d: %v", version, i, got.Name())
				}
			}
			if version >= 2 {
				req.IsolationLevel = 9
				c.ask(req, version, &resp)
				if got := resp.Topics[0].Partitions[1].ErrorCode; got != wire.InvalidRequest {
					t.Errorf("version %d, isolation level 9: %v", version, got.Name())
				}
			}
		}
	})
}

func TestNewLeaderDoesNotKnowItsWatermarkYet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topicOf("t", partitionRecord("t", 0, 1, 1, 2))
		c := b.client()
		c.produce(9, produceTo("t", 0, 1, timed(100, 200)))
		change := isrChange("t", 0, 1, 2)
		change.Leader = 1 // again, in a new epoch that begins at offset 2
		b.apply(change)
		for version := int16(1); version <= 11; version++ {
			want := wire.OffsetNotAvailable
			if version < 5 {
				want = wire.LeaderNotAvailable
			}
			if got := c.listOffset(version, "t", 0, -1).ErrorCode; got != want {
				t.Errorf("version %d, latest: %v, want %v", version, got.Name(), want.Name())
			}
			if got := c.listOffset(version, "t", 0, -2); got.ErrorCode != 0 || got.Offset != 0 {
				t.Errorf("version %d, earliest: %+v", version, got)
			}
		}
		b.apply(isrChange("t", 0, 1))
		if got := c.listOffset(11, "t", 0, -1); got.ErrorCode != 0 || got.Offset != 2 {
			t.Errorf("after the other replica left the ISR: %+v", got)
		}
	})
}

func TestOffsetForLeaderEpoch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topicOf("t", partitionRecord("t", 0, 1, 1))
		c := b.client()
		c.produce(9, produceTo("t", 0, 1, records("a", "b")))
		change := isrChange("t", 0, 1)
		change.Leader = 1
		b.apply(change) // leader epoch 1 begins at offset 2
		c.produce(9, produceTo("t", 0, 1, records("c")))
		cases := []struct {
			current, epoch int32
			want           wire.ErrorCode
			found          int32
			end            int64
		}{
			{-1, 0, 0, 0, 2},
			{1, 1, 0, 1, 3},
			{-1, 7, 0, -1, -1},
			{0, 0, wire.FencedLeaderEpoch, -1, -1},
			{2, 0, wire.UnknownLeaderEpoch, -1, -1},
		}
		for version := int16(2); version <= 4; version++ {
			for _, tc := range cases {
				req := &wire.OffsetForLeaderEpochRequest{ReplicaId: -2}
				req.Topics = []wire.OffsetForLeaderEpochRequestOffsetForLeaderTopic{{Topic: "t",
					Partitions: []wire.OffsetForLeaderEpochRequestOffsetForLeaderPartition{{CurrentLeaderEpoch: tc.current, LeaderEpoch: tc.epoch}}}}
				var resp wire.OffsetForLeaderEpochResponse
				c.ask(req, version, &resp)
				got := resp.Topics[0].Partitions[0]
				if got.ErrorCode != tc.want || got.LeaderEpoch != tc.found || got.EndOffset != tc.end {
					t.Errorf("version %d, %+v: got %+v", version, tc, got)
				}
			}
		}
	})
}

func TestInitProducerID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		c := b.client()
		ask := func(version int16, change func(*wire.InitProducerIdRequest)) wire.InitProducerIdResponse {
			t.Helper()
			req := &wire.InitProducerIdRequest{}
			req.SetDefaults()
			req.TransactionalId = nil
			change(req)
			var resp wire.InitProducerIdResponse
			c.ask(req, version, &resp)
			return resp
		}
		last := int64(-1)
		for version := int16(0); version <= 5; version++ {
			got := ask(version, func(*wire.InitProducerIdRequest) {})
			if got.ErrorCode != 0 || got.ProducerId <= last || got.ProducerEpoch != 0 {
				t.Errorf("version %d: %+v after id %d", version, got, last)
			}
			last = got.ProducerId
			for id, want := range map[string]wire.ErrorCode{"": wire.InvalidRequest, "tx": wire.CoordinatorNotAvailable} {
				got := ask(version, func(r *wire.InitProducerIdRequest) { r.TransactionalId = &id })
				if got.ErrorCode != want || got.ProducerId != -1 || got.ProducerEpoch != -1 {
					t.Errorf("version %d, transactional id %q: %+v", version, id, got)
				}
			}
			if version >= 3 {
				got := ask(version, func(r *wire.InitProducerIdRequest) { r.ProducerId = 5 })
				if got.ErrorCode != wire.InvalidRequest {
					t.Errorf("version %d, id without epoch: %+v", version, got)
				}
				got = ask(version, func(r *wire.InitProducerIdRequest) { r.ProducerId, r.ProducerEpoch = 5, 3 })
				if got.ErrorCode != 0 || got.ProducerId == 5 {
					t.Errorf("version %d, id and epoch: %+v, want a new id", version, got)
				}
			}
		}
	})
}
