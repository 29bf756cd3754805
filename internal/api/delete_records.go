package api

import (
	"time"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/replica"
	"github.com/brolga-io/brolga/internal/wire"
)

// DeleteRecords (key 21), versions 0–2.
//
// Moves the start of partitions' logs; -1 stands for the high watermark. The new starts
// are on the disk before the answer, all together. The answer waits until every live replica has done it, or the client's time is over. The
// topics of the coordinators are refused, and so are topics that are compacted
// only. A partition that is named more than once counts as its last mention.
func (a *API) deleteRecords(c *Call, req *wire.DeleteRecordsRequest) *wire.DeleteRecordsResponse {
	resp := &wire.DeleteRecordsResponse{}
	resp.SetDefaults()
	var moved []*replica.Partition
	topics := make(map[string]int) // index in resp.Topics
	for i := range req.Topics {
		t := &req.Topics[i]
		at, again := topics[t.Name]
		if !again {
			at = len(resp.Topics)
			topics[t.Name] = at
			resp.Topics = append(resp.Topics, wire.DeleteRecordsResponseDeleteRecordsTopicResult{Name: t.Name})
		}
		for _, p := range lastMentions(t.Partitions) {
			part, start, err := a.deleteRecordsBefore(c, t.Name, p.PartitionIndex, p.Offset)
			if err == nil {
				moved = append(moved, part)
			}
			putDeleted(&resp.Topics[at], wire.DeleteRecordsResponseDeleteRecordsPartitionResult{
				PartitionIndex: p.PartitionIndex, LowWatermark: start, ErrorCode: errorCode(err),
			})
		}
	}
	if err := a.Replicas.SaveStarts(moved); err != nil {
		refuseDeleted(resp, err)
	}
	until := time.Now().Add(time.Duration(req.TimeoutMs) * time.Millisecond)
	for i := range resp.Topics {
		t := &resp.Topics[i]
		for j := range t.Partitions {
			a.awaitDeleted(c, t.Name, &t.Partitions[j], until)
		}
	}
	return resp
}

// noOffset is told as the low watermark when nothing was deleted.
const noOffset int64 = -1

func (a *API) deleteRecordsBefore(c *Call, topic string, number int32, before int64) (*replica.Partition, int64, error) {
	if metadata.InternalTopic(topic) {
		return nil, noOffset, wire.InvalidTopicException
	}
	p, err := a.Replicas.Find(c.Image, topic, number)
	if err != nil {
		return nil, noOffset, err
	}
	start, err := p.DeleteRecords(before)
	return p, start, err
}

// refuseDeleted answers for all partitions that it is not known whether the deletion
// lasts: those in another directory than the one that failed may be asked again.
func refuseDeleted(resp *wire.DeleteRecordsResponse, err error) {
	for i := range resp.Topics {
		for j := range resp.Topics[i].Partitions {
			if d := &resp.Topics[i].Partitions[j]; d.ErrorCode == wire.None {
				d.LowWatermark, d.ErrorCode = noOffset, errorCode(err)
			}
		}
	}
}

// awaitDeleted waits until every live replica has deleted the records, as long as the
// client wants.
func (a *API) awaitDeleted(c *Call, topic string, d *wire.DeleteRecordsResponseDeleteRecordsPartitionResult, until time.Time) {
	if d.ErrorCode != wire.None {
		return
	}
	p, err := a.Replicas.Find(c.Image, topic, d.PartitionIndex)
	if err == nil {
		d.LowWatermark, err = p.AwaitLowWatermark(d.LowWatermark, until, c.Conn.Stopping())
	}
	d.ErrorCode = errorCode(err)
}

// lastMentions drops all but the last mention of each partition.
func lastMentions(parts []wire.DeleteRecordsRequestDeleteRecordsPartition) []wire.DeleteRecordsRequestDeleteRecordsPartition {
	at := make(map[int32]int, len(parts))
	kept := parts[:0]
	for _, p := range parts {
		if i, again := at[p.PartitionIndex]; again {
			kept[i] = p
			continue
		}
		at[p.PartitionIndex] = len(kept)
		kept = append(kept, p)
	}
	return kept
}

// putDeleted adds a partition's result or replaces an earlier one.
func putDeleted(t *wire.DeleteRecordsResponseDeleteRecordsTopicResult, p wire.DeleteRecordsResponseDeleteRecordsPartitionResult) {
	for i := range t.Partitions {
		if t.Partitions[i].PartitionIndex == p.PartitionIndex {
			t.Partitions[i] = p
			return
		}
	}
	t.Partitions = append(t.Partitions, p)
}
