package api

import (
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/wire"
)

func TestErrorsOfAnAnswerAreCounted(t *testing.T) {
	listed := &wire.ListOffsetsResponse{Topics: []wire.ListOffsetsResponseListOffsetsTopicResponse{
		{Partitions: []wire.ListOffsetsResponseListOffsetsPartitionResponse{{}, {ErrorCode: wire.OffsetOutOfRange}}},
		{Partitions: []wire.ListOffsetsResponseListOffsetsPartitionResponse{{ErrorCode: wire.OffsetOutOfRange}, {ErrorCode: wire.InvalidRequest}}},
	}}
	fields := errorFieldsOf(reflect.TypeFor[wire.ListOffsetsResponse]())
	var tally errorTally
	tally.addAll(&fields, reflect.ValueOf(listed).Elem())
	if tally.none != 1 || tally.others[wire.OffsetOutOfRange] != 2 || tally.others[wire.InvalidRequest] != 1 {
		t.Errorf("%+v", tally)
	}
	if empty := errorFieldsOf(reflect.TypeFor[wire.RequestHeader]()); len(empty.codes)+len(empty.nested) > 0 {
		t.Errorf("%+v", empty)
	}
}

// TestRequestTimesAreSplit: what a request worked, what it waited and what sending
// took add up to its total.
func TestRequestTimesAreSplit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newDataBroker(t)
		b.topic("t", 1)
		c := b.client()
		c.produce(9, produceTo("t", 0, 1, records("a")))
		c.produce(9, produceTo("t", 7, 1, records("a")))
		wait := fetchFrom("t", 0, 1)
		wait.MaxWaitMs = 2000
		c.fetchOne(12, wait)
		c.fetchOne(12, fetchFrom("t", 0, 99))
		synctest.Wait()
		fetch, produce := b.api.Metrics.API("Fetch"), b.api.Metrics.API("Produce")
		for name, want := range map[string]int64{"NONE": 1, "OFFSET_OUT_OF_RANGE": 1} {
			if got := fetch.Error(name).Value(); got != want {
				t.Errorf("Fetch %s: %d", name, got)
			}
		}
		for name, want := range map[string]int64{"NONE": 1, "UNKNOWN_TOPIC_OR_PARTITION": 1} {
			if got := produce.Error(name).Value(); got != want {
				t.Errorf("Produce %s: %d", name, got)
			}
		}
		if got := fetch.Remote.Sum(); got != 2*time.Second {
			t.Errorf("waited %v", got)
		}
		if fetch.Total.Sum() < 2*time.Second || fetch.Local.Sum() > time.Second || fetch.Total.Count() != 2 || fetch.Send.Count() != 2 || produce.Total.Count() != 2 {
			t.Errorf("total %v of %d, local %v", fetch.Total.Sum(), fetch.Total.Count(), fetch.Local.Sum())
		}
	})
}
