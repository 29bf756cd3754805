package compat

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/test/compat/peer"
)

// diskOverrides let segments be deleted and cleaned within seconds.
var diskOverrides = []string{
	"log.cleaner.backoff.ms=100", "log.initial.task.delay.ms=100", "log.retention.check.interval.ms=300", "log.segment.delete.delay.ms=100",
	"group.min.session.timeout.ms=1000",
}

// disk is what the topics of fillDisk were given.
type disk struct {
	once  sequence // the producer of topic once; first is its last batch's
	last  int64    // the offset of that batch
	start int64    // of topic mixed, after records were deleted
	ids   int64    // no producer id was higher
}

// diskTopics are of one partition each.
func diskTopics() []string { return []string{"mixed", "odd", "once", "compacted"} }

// fillDisk writes what can be told apart on disk: every codec, several segments
// and leader epochs, deleted records, odd records, sequences of a producer and a
// compacted topic with tombstones.
func fillDisk(t *testing.T, b *peer.Broker) disk {
	t.Helper()
	createDiskTopics(t, b)
	var d disk
	codecs := peer.Codecs()
	for round, codec := range codecs {
		if round == 3 {
			b.Stop(t)
			b.Restart(t)
		}
		fillMixed(t, b, round, codec)
	}
	d.start = 150
	deleteRecords(t, b, "mixed", d.start)
	for _, codec := range codecs {
		peer.Send(t, peer.Franz{}, b.Address, []peer.Target{{Topic: "odd", Codec: codec}}, oddRecords())
	}
	client := peer.NewFranz(t, b.Address)
	d.once = newProducerID(t, client)
	for ; d.once.first < 30; d.once.first += 3 {
		offset, err := produce(t, client, "once", batch(d.once, "a", "b", fmt.Sprint(d.once.first)))
		if err != nil {
			t.Fatal(err)
		}
		d.last = offset
	}
	d.once.first -= 3
	fillCompacted(t, b)
	compactionLag(t, b, time.Hour)
	d.ids = newProducerID(t, client).id
	return d
}

// compactionLag changes how long the compacted topic is left as it is, and waits
// until what the cleaner has begun is done.
func compactionLag(t *testing.T, b *peer.Broker, lag time.Duration) {
	t.Helper()
	value := fmt.Sprint(lag.Milliseconds())
	change := []kadm.AlterConfig{{Op: kadm.SetConfig, Name: "min.compaction.lag.ms", Value: &value}}
	if _, err := peer.Admin(t, b.Address).AlterTopicConfigs(t.Context(), change, "compacted"); err != nil {
		t.Fatal(err)
	}
	last := -1
	peer.Eventually(t, 20*time.Second, func() error {
		n := len(peer.Held(t, b.Address, "compacted"))
		if n != last {
			last = n
			return fmt.Errorf("%d records, changing", n)
		}
		return nil
	})
}

func createDiskTopics(t *testing.T, b *peer.Broker) {
	t.Helper()
	peer.CreateTopic(t, b.Address, "mixed", 1, "segment.bytes=1048576", "file.delete.delay.ms=100")
	peer.CreateTopic(t, b.Address, "odd", 1)
	peer.CreateTopic(t, b.Address, "once", 1)
	peer.CreateTopic(t, b.Address, "compacted", 1, "cleanup.policy=compact", "segment.ms=200",
		"min.cleanable.dirty.ratio=0.001", "delete.retention.ms=600000")
}

// fillMixed writes 120 records of which half can be compressed away. Timestamps
// have no order within a batch, but batches have: Kafka finds no offset of a time
// when the first segment that reaches it does so only with deleted records.
func fillMixed(t *testing.T, b *peer.Broker, round int, codec string) {
	t.Helper()
	for part := range 4 {
		var records []peer.Record
		for i := range 30 {
			value := make([]byte, 5000)
			for j := range value {
				value[j] = byte(rand.Uint32())
			}
			r := peer.Text(fmt.Sprintf("%s-%d-%d", codec, part, i), fmt.Sprintf("%x", value))
			r.Partition, r.Timestamp = 0, earlier()+int64(round*4+part)*50_000+rand.Int64N(40_000)
			if i%7 == 0 {
				r.Headers = []peer.Header{{Key: "codec", Value: []byte(codec)}, {Key: "part", Value: []byte{byte(part)}}}
			}
			records = append(records, r)
		}
		peer.Send(t, peer.Franz{}, b.Address, []peer.Target{{Topic: "mixed", Codec: codec}}, records)
	}
}

// deleteRecords moves the start of partition 0 and waits until the segments
// before it are gone.
func deleteRecords(t *testing.T, b *peer.Broker, topic string, before int64) {
	t.Helper()
	var offsets kadm.Offsets
	offsets.AddOffset(topic, 0, before, -1)
	deleted, err := peer.Admin(t, b.Address).DeleteRecords(t.Context(), offsets)
	if err == nil {
		err = deleted.Error()
	}
	if err != nil {
		t.Fatal(err)
	}
	first := filepath.Join(b.Dir, "data", topic+"-0", "00000000000000000000.log")
	peer.Eventually(t, 20*time.Second, func() error {
		if len(glob(t, first+"*")) > 0 {
			return fmt.Errorf("%s is still there", first)
		}
		return nil
	})
}

// fillCompacted writes keys again and again, deletes some, and waits until only
// the newest of each is there.
func fillCompacted(t *testing.T, b *peer.Broker) {
	t.Helper()
	for i := range 20 {
		var records []peer.Record
		for k := range 10 {
			r := peer.Text(fmt.Sprint("key-", k), fmt.Sprint("edition ", i))
			if i == 19 && k < 3 {
				r.Value = nil
			}
			records = append(records, r)
		}
		codec := peer.Codecs()[i%5]
		peer.Send(t, peer.Franz{}, b.Address, []peer.Target{{Topic: "compacted", Codec: codec}}, records)
	}
	ends, err := peer.Admin(t, b.Address).ListEndOffsets(t.Context(), "compacted")
	if err != nil {
		t.Fatal(err)
	}
	written := ends["compacted"][0].Offset
	// Without a producer id nothing of the clock's batches need be kept.
	client := peer.NewFranz(t, b.Address, kgo.DisableIdempotentWrite(), kgo.DefaultProduceTopic("compacted"))
	peer.Eventually(t, 60*time.Second, func() error {
		tick := &kgo.Record{Key: []byte("clock"), Value: []byte(time.Now().String())}
		if err := client.ProduceSync(t.Context(), tick).FirstErr(); err != nil {
			return err
		}
		times := map[string]int{}
		for _, r := range peer.Held(t, b.Address, "compacted") {
			if r.Offset >= written {
				break
			}
			if times[string(r.Key)]++; times[string(r.Key)] > 1 {
				return fmt.Errorf("there is more than one record of %s", r.Key)
			}
		}
		return nil
	})
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return files
}
