package node

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/wire"
)

// The life of a log, seen from outside: what configs of a topic do to what a client
// writes and reads, and to the files.

// produceRaw sends one batch to partition 0 of a topic.
func (r *running) produceRaw(topic string, recs []byte) wire.ProduceResponsePartitionProduceResponse {
	r.t.Helper()
	req := &wire.ProduceRequest{}
	req.SetDefaults()
	req.Acks, req.TimeoutMs = -1, 5000
	req.TopicData = []wire.ProduceRequestTopicProduceData{{Name: topic, PartitionData: []wire.ProduceRequestPartitionProduceData{{Records: recs}}}}
	return ask(r, req, 9, &wire.ProduceResponse{}).Responses[0].PartitionResponses[0]
}

// fetchRaw reads partition 0 of a topic from an offset on.
func (r *running) fetchRaw(topic string, offset int64) wire.FetchResponsePartitionData {
	r.t.Helper()
	req := &wire.FetchRequest{}
	req.SetDefaults()
	req.MaxBytes = 10 << 20
	p := wire.FetchRequestFetchPartition{}
	p.SetDefaults()
	p.FetchOffset, p.PartitionMaxBytes = offset, 10<<20
	req.Topics = []wire.FetchRequestFetchTopic{{Topic: topic, Partitions: []wire.FetchRequestFetchPartition{p}}}
	return ask(r, req, 12, &wire.FetchResponse{}).Responses[0].Partitions[0]
}

// recordsAt is a batch with one record of a size at each time.
func recordsAt(codec batch.Codec, size int, times ...int64) []byte {
	o := batch.NoProducer()
	o.Codec = codec
	b := batch.NewBuilder(o)
	for _, ms := range times {
		b.Append(ms, []byte("k"), make([]byte, size))
	}
	return b.Build(nil)
}

// create makes a topic of one partition with configs.
func (r *running) create(topic string, configs ...string) {
	r.t.Helper()
	set := map[string]*string{}
	for i := 0; i < len(configs); i += 2 {
		set[configs[i]] = &configs[i+1]
	}
	resp := must(r.client().CreateTopic(limit(r.t), 1, 1, set, topic))(r.t)
	if resp.Err != nil {
		r.t.Fatal(resp.Err, resp.ErrMessage)
	}
}

// set changes a config of a topic.
func (r *running) set(topic, key, value string) {
	r.t.Helper()
	op := []kadm.AlterConfig{{Op: kadm.SetConfig, Name: key, Value: &value}}
	for _, resp := range must(r.client().AlterTopicConfigs(limit(r.t), op, topic))(r.t) {
		if resp.Err != nil {
			r.t.Fatal(resp.Err, resp.ErrMessage)
		}
	}
}

// files counts the files of a partition's directory by the end of their names.
func (r *running) files(partition, suffix string) int {
	r.t.Helper()
	n := 0
	for _, name := range entries(r.t, filepath.Join(r.dir, partition)) {
		if strings.HasSuffix(name, suffix) {
			n++
		}
	}
	return n
}

// eventually waits until cond holds; what a broker does now and then takes a moment.
func eventually(t *testing.T, what string, cond func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for ctx := limit(t); !cond(); {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("it did not happen: %s", what)
		}
	}
}

func TestSegmentSettingsAtRunTime(t *testing.T) {
	n := start(t, t.TempDir())
	defer n.stop()
	n.create("t")
	now := time.Now().UnixMilli()
	write := func() {
		for range 4 {
			if got := n.produceRaw("t", recordsAt(batch.None, 900_000, now)); got.ErrorCode != wire.None {
				t.Fatal(got.ErrorCode.Name())
			}
		}
	}
	if write(); n.files("t-0", ".log") != 1 {
		t.Errorf("%d segments of a gigabyte", n.files("t-0", ".log"))
	}
	n.set("t", "segment.bytes", "1048576")
	if write(); n.files("t-0", ".log") < 4 {
		t.Errorf("%d segments of a megabyte after seven megabytes", n.files("t-0", ".log"))
	}
	if got := n.fetchRaw("t", 7); got.ErrorCode != wire.None || len(got.Records) < 900_000 {
		t.Errorf("the last record: %v, %d bytes", got.ErrorCode.Name(), len(got.Records))
	}
}

func TestRetentionRemovesLater(t *testing.T) {
	n := start(t, t.TempDir(), "log.retention.check.interval.ms=50", "log.initial.task.delay.ms=10")
	defer n.stop()
	n.create("t", "segment.bytes", "1048576", "file.delete.delay.ms", "1500")
	now := time.Now().UnixMilli()
	for range 6 {
		n.produceRaw("t", recordsAt(batch.None, 900_000, now))
	}
	n.set("t", "retention.bytes", "2000000")
	eventually(t, "old segments are renamed", func() bool { return n.files("t-0", ".deleted") > 0 })
	begin := time.Now()
	if got := n.fetchRaw("t", 0); got.ErrorCode != wire.OffsetOutOfRange {
		t.Errorf("a record of a deleted segment: %v", got.ErrorCode.Name())
	}
	eventually(t, "they are removed", func() bool { return n.files("t-0", ".deleted") == 0 })
	if took := time.Since(begin); took < time.Second {
		t.Errorf("removed after %v, want 1.5s", took)
	}
	start := must(n.client().ListStartOffsets(limit(t), "t"))(t)
	if o, _ := start.Lookup("t", 0); o.Offset < 1 || o.Offset > 5 {
		t.Errorf("the log starts at %d", o.Offset)
	}
}

func TestTopicUnderTheSameNameIsAnother(t *testing.T) {
	n := start(t, t.TempDir(), "log.segment.delete.delay.ms=300", "log.retention.check.interval.ms=50")
	defer n.stop()
	n.create("t")
	n.produceRaw("t", recordsAt(batch.None, 10, time.Now().UnixMilli()))
	old := n.publisher.Image().TopicByName("t").ID
	must(n.client().DeleteTopics(limit(t), "t"))(t)
	n.create("t")
	if id := n.publisher.Image().TopicByName("t").ID; id == old {
		t.Error("the topic id is the old one")
	}
	if got := n.fetchRaw("t", 0); got.ErrorCode != wire.None || got.HighWatermark != 0 || len(got.Records) != 0 {
		t.Errorf("the new topic has %+v", got)
	}
	req := &wire.FetchRequest{}
	req.SetDefaults()
	p := wire.FetchRequestFetchPartition{}
	p.SetDefaults()
	req.MaxBytes, p.PartitionMaxBytes = 1<<20, 1<<20
	req.Topics = []wire.FetchRequestFetchTopic{{TopicId: old, Partitions: []wire.FetchRequestFetchPartition{p}}}
	resp := ask(n, req, 13, &wire.FetchResponse{})
	if code := resp.Responses[0].Partitions[0].ErrorCode; code != wire.UnknownTopicId {
		t.Errorf("the old id: %v", code.Name())
	}
	eventually(t, "the old directory is removed", func() bool {
		for _, name := range entries(t, n.dir) {
			if strings.HasSuffix(name, "-delete") {
				return false
			}
		}
		return true
	})
}

func TestTimestampSettings(t *testing.T) {
	n := start(t, t.TempDir())
	defer n.stop()
	const hour = 3_600_000
	now := time.Now().UnixMilli()
	n.create("append", "message.timestamp.type", "LogAppendTime")
	for _, codec := range []batch.Codec{batch.None, batch.Gzip} {
		got := n.produceRaw("append", recordsAt(codec, 10, 5, 7))
		if got.ErrorCode != wire.None || got.LogAppendTimeMs < now {
			t.Errorf("LogAppendTime: %v at %d", got.ErrorCode.Name(), got.LogAppendTimeMs)
		}
		r := must(batch.NewReader(n.fetchRaw("append", got.BaseOffset).Records, 1<<20))(t)
		for r.Next() {
			if ms := r.Record().Timestamp; ms != got.LogAppendTimeMs {
				t.Errorf("the record says %d, the answer %d", ms, got.LogAppendTimeMs)
			}
		}
	}
	n.create("bounded", "message.timestamp.before.max.ms", fmt.Sprint(hour), "message.timestamp.after.max.ms", fmt.Sprint(hour))
	for delta, want := range map[int64]wire.ErrorCode{
		0: wire.None, -hour / 2: wire.None, hour / 2: wire.None, -2 * hour: wire.InvalidTimestamp, 2 * hour: wire.InvalidTimestamp,
	} {
		for _, codec := range []batch.Codec{batch.None, batch.LZ4} {
			if got := n.produceRaw("bounded", recordsAt(codec, 10, now+delta)); got.ErrorCode != want {
				t.Errorf("%d ms from now, %s: %v, want %v", delta, codec, got.ErrorCode.Name(), want.Name())
			}
		}
	}
	n.set("bounded", "message.timestamp.before.max.ms", fmt.Sprint(5*hour))
	if got := n.produceRaw("bounded", recordsAt(batch.None, 10, now-2*hour)); got.ErrorCode != wire.None {
		t.Errorf("after the bound was moved: %v", got.ErrorCode.Name())
	}
}

func TestCompressionTypeRecompresses(t *testing.T) {
	n := start(t, t.TempDir())
	defer n.stop()
	now := time.Now().UnixMilli()
	for topic, want := range map[string]batch.Codec{"zstd": batch.Zstd, "gzip": batch.Gzip, "snappy": batch.Snappy, "lz4": batch.LZ4, "uncompressed": batch.None} {
		n.create(topic, "compression.type", topic)
		for _, sent := range []batch.Codec{batch.None, batch.Gzip, batch.Snappy, batch.LZ4, batch.Zstd} {
			got := n.produceRaw(topic, recordsAt(sent, 1000, now, now+1, now+2))
			if got.ErrorCode != wire.None {
				t.Fatalf("%s to %s: %v", sent, topic, got.ErrorCode.Name())
			}
			stored := n.fetchRaw(topic, got.BaseOffset).Records
			r := must(batch.NewReader(stored, 1<<20))(t)
			count := 0
			for r.Next() {
				if rec := r.Record(); rec.Timestamp != now+int64(count) || len(rec.Value) != 1000 || rec.Offset != got.BaseOffset+int64(count) {
					t.Errorf("%s to %s: record %d is %d, %d", sent, topic, count, rec.Offset, rec.Timestamp)
				}
				count++
			}
			if h := r.Header(); r.Err() != nil || count != 3 || h.Codec() != want || !batch.CheckCRC(stored[:h.Size()]) {
				t.Errorf("%s to %s is stored as %s with %d records: %v", sent, topic, h.Codec(), count, r.Err())
			}
		}
	}
}

func TestMessageMaxBytesAtRunTime(t *testing.T) {
	n := start(t, t.TempDir())
	defer n.stop()
	n.create("t")
	now := time.Now().UnixMilli()
	big := recordsAt(batch.None, 5000, now)
	expect := func(when string, want wire.ErrorCode) {
		t.Helper()
		if got := n.produceRaw("t", big).ErrorCode; got != want {
			t.Errorf("%s: %v, want %v", when, got.Name(), want.Name())
		}
	}
	expect("at first", wire.None)
	n.set("t", "max.message.bytes", "4000")
	expect("the topic's limit", wire.MessageTooLarge)
	n.set("t", "max.message.bytes", "6000")
	expect("a larger one", wire.None)
}

func TestFlushMessages(t *testing.T) {
	n := start(t, t.TempDir())
	defer n.stop()
	n.create("t")
	now := time.Now().UnixMilli()
	write := func() int64 {
		before := n.metrics.Log.Flush.Count()
		for range 20 {
			n.produceRaw("t", recordsAt(batch.None, 10, now))
		}
		return n.metrics.Log.Flush.Count() - before
	}
	if flushes := write(); flushes > 2 {
		t.Errorf("%d flushes without a setting", flushes)
	}
	n.set("t", "flush.messages", "1")
	n.produceRaw("t", recordsAt(batch.None, 10, now))
	eventually(t, "records are flushed", func() bool {
		p := must(n.replicas.Find(n.publisher.Image(), "t", 0))(t)
		return p.Log().RecoveryPoint() == p.Log().EndOffset()
	})
}

// TestOffsetsExpire: an offset whose commit asked for a millisecond (version 2) goes,
// and one that did not stays.
func TestOffsetsExpire(t *testing.T) {
	n := startForGroups(t, "offsets.retention.check.interval.ms=50")
	defer n.stop()
	if code := n.commit(8, "stays", 5); code != wire.None {
		t.Fatal(code.Name())
	}
	req := &wire.OffsetCommitRequest{}
	req.SetDefaults()
	req.GroupId, req.RetentionTimeMs = "goes", 1
	req.Topics = []wire.OffsetCommitRequestTopic{{Name: worksTopic, Partitions: []wire.OffsetCommitRequestPartition{{CommittedOffset: 9, CommittedLeaderEpoch: -1}}}}
	if code := ask(n, req, 2, &wire.OffsetCommitResponse{}).Topics[0].Partitions[0].ErrorCode; code != wire.None {
		t.Fatal(code.Name())
	}
	eventually(t, "the offset expires", func() bool {
		offset, _ := n.fetchOffset(8, "goes")
		return offset == -1
	})
	if offset, _ := n.fetchOffset(8, "stays"); offset != 5 {
		t.Errorf("the other offset is %d", offset)
	}
}

// TestOneDirectoryFails: the partitions of the other directory are served on, and new
// ones go there.
func TestOneDirectoryFails(t *testing.T) {
	good, bad := t.TempDir(), filepath.Join(t.TempDir(), "bad")
	n := start(t, good, "log.dirs="+good+","+bad)
	for i := range 4 {
		n.create(fmt.Sprint("t", i))
	}
	// A file takes the place of the directory while the broker runs.
	if err := os.RemoveAll(bad); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(bad, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	served := func() (ok int) {
		for i := range 4 {
			if n.produceRaw(fmt.Sprint("t", i), recordsAt(batch.None, 10, time.Now().UnixMilli())).ErrorCode == wire.None {
				ok++
			}
		}
		return ok
	}
	eventually(t, "the directory is offline", func() bool {
		served()
		n.dirs.Flush()
		return n.logCounts().OfflineDirectories == 1
	})
	if ok := served(); ok == 0 || ok == 4 {
		t.Errorf("%d of 4 topics are served, want those of the good directory", ok)
	}
	n.create("new")
	if got := n.produceRaw("new", recordsAt(batch.None, 10, time.Now().UnixMilli())).ErrorCode; got != wire.None {
		t.Errorf("a new topic: %v", got.Name())
	}
	described := must(n.client().DescribeAllLogDirs(limit(t), nil))(t)
	failed := 0
	described.Each(func(d kadm.DescribedLogDir) {
		if d.Err != nil {
			failed++
		}
	})
	if failed != 1 {
		t.Errorf("%d directories are told to have failed", failed)
	}
	n.stop()
	// A start with the directory in that state is the same.
	n = start(t, good, "log.dirs="+good+","+bad)
	defer n.stop()
	if ok := served(); ok == 0 || ok == 4 {
		t.Errorf("after a restart %d of 4 topics are served, want those of the good directory", ok)
	}
}

// TestCompactedTopicKeepsTheLastOfEachKey with compact,delete as well.
func TestCompactedTopicKeepsTheLastOfEachKey(t *testing.T) {
	n := start(t, t.TempDir(), "log.cleaner.backoff.ms=50", "log.retention.check.interval.ms=100")
	defer n.stop()
	for i, policy := range []string{"compact", "compact,delete"} {
		topic := fmt.Sprint("c", i)
		n.create(topic, "cleanup.policy", policy, "segment.bytes", "1048576", "min.cleanable.dirty.ratio", "0.01", "min.compaction.lag.ms", "0")
		c := must(kgo.NewClient(kgo.SeedBrokers(n.address()), kgo.DefaultProduceTopic(topic)))(t)
		for j := range 40 {
			rec := &kgo.Record{Key: fmt.Append(nil, j%4), Value: make([]byte, 100_000)}
			if err := c.ProduceSync(context.Background(), rec).FirstErr(); err != nil {
				t.Fatal(err)
			}
		}
		c.Close()
		p := must(n.replicas.Find(n.publisher.Image(), topic, 0))(t)
		eventually(t, "it is compacted", func() bool { return p.Log().Size() < 2_500_000 })
	}
}
