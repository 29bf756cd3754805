package node

import (
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/wire"
)

// TestTrim: memory is given back once after a mass change, when it is over, and
// not after small ones.
func TestTrim(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var trims atomic.Int32
		tr := newTrimmer()
		tr.trim = func() { trims.Add(1) }
		image, number := metadata.Empty(), 0
		create := func(partitions int32) {
			number++
			id := wire.UUID{15: byte(number)}
			records := []wire.Record{&wire.TopicRecord{Name: fmt.Sprint("t", number), TopicId: id}}
			for i := range partitions {
				records = append(records, &wire.PartitionRecord{TopicId: id, PartitionId: i, Replicas: []int32{1},
					Isr: []int32{1}, Leader: 1, Directories: []wire.UUID{metadata.UnassignedDir}})
			}
			next, delta, err := image.Apply(records, image.EndOffset()+1, 1)
			if err != nil {
				t.Fatal(err)
			}
			image = next
			tr.step(image, delta)
		}
		create(trimAfterPartitions / 2)
		time.Sleep(time.Minute)
		if trims.Load() != 0 {
			t.Error("trimmed after a small change")
		}
		for range 10 {
			create(trimAfterPartitions / 2)
			time.Sleep(trimDelay / 2)
		}
		if trims.Load() != 0 {
			t.Error("trimmed in the middle")
		}
		time.Sleep(time.Minute)
		if trims.Load() != 1 {
			t.Errorf("trimmed %d times", trims.Load())
		}
		create(trimAfterPartitions)
		tr.close()
		time.Sleep(time.Minute)
		if trims.Load() != 1 {
			t.Error("trimmed after the end")
		}
	})
}
