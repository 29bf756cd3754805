package replica

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"testing"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/logdir"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/vfs"
	"github.com/brolga-io/brolga/internal/wire"
)

// pair is a leader and a follower over files on disk whose fetcher is driven by hand.
type pair struct {
	t       testing.TB
	leader  *Set
	fetcher *fetcher
	parts   []*Partition // of the leader
	copies  []*Partition
}

// directConn answers from a set, through the encoding, with buffers that are used
// again. Reading the records into the answer is what the socket does in life.
type directConn struct {
	set    *Set
	answer wire.FetchResponse
	buf    []byte
	reader wire.Reader
}

func (c *directConn) Fetch(req *wire.FetchRequest, resp *wire.FetchResponse) error {
	f, err := c.set.BeginFetch(c.set.image.Load(), fetchVersion, req, testNowMs)
	if err != nil {
		return err
	}
	f.Run(nil)
	c.answer.SetDefaults()
	c.answer.SessionId = f.SessionID()
	for i := range f.Results {
		r := &f.Results[i]
		c.answer.Responses = extend(c.answer.Responses)
		t := &c.answer.Responses[len(c.answer.Responses)-1]
		t.TopicId, t.Partitions = r.Part.ID, extend(t.Partitions[:0])
		p := &t.Partitions[0]
		p.SetDefaults()
		p.PartitionIndex, p.HighWatermark, p.LogStartOffset = r.Part.Number, r.HighWatermark, r.LogStart
		p.RecordsSize = int32(r.Bytes)
		p.Records = nil
		if r.Bytes == 0 {
			p.Records = []byte{}
		}
	}
	c.buf = c.answer.Append(c.buf[:0], fetchVersion)
	// From the last to the first, so that the places stay right.
	for i := len(f.Results) - 1; i >= 0; i-- {
		r := &f.Results[i]
		if r.Bytes == 0 {
			continue
		}
		at, n := c.answer.Responses[i].Partitions[0].RecordsAt, len(c.buf)
		for cap(c.buf)-n < r.Bytes {
			c.buf = append(c.buf[:cap(c.buf)], 0)
		}
		c.buf = c.buf[:n+r.Bytes]
		copy(c.buf[at+r.Bytes:], c.buf[at:n])
		if err := r.Records.CopyTo(c.buf[at : at+r.Bytes]); err != nil {
			return err
		}
	}
	f.Finish(testNowMs)
	c.reader.Reset(c.buf)
	resp.Decode(&c.reader, fetchVersion)
	return c.reader.Err()
}

func (c *directConn) OffsetForLeaderEpoch(*wire.OffsetForLeaderEpochRequest, *wire.OffsetForLeaderEpochResponse) error {
	return errNoConnection
}

func (c *directConn) Close() error { return nil }

func newPair(t testing.TB, partitions int) *pair {
	img := metadata.Empty()
	var recs []wire.Record
	for _, broker := range []int32{1, 2} {
		reg := &wire.RegisterBrokerRecord{}
		reg.SetDefaults()
		reg.BrokerId, reg.BrokerEpoch, reg.IncarnationId, reg.Fenced = broker, int64(broker), id(fmt.Sprint(broker)), false
		recs = append(recs, reg)
	}
	for i := range partitions {
		p := &wire.PartitionRecord{}
		p.SetDefaults()
		name := fmt.Sprintf("t%d", i)
		p.TopicId, p.PartitionId, p.Leader, p.LeaderEpoch, p.PartitionEpoch = id(name), 0, 1, 0, 0
		p.Replicas, p.Isr = []int32{1, 2}, []int32{1, 2}
		recs = append(recs, &wire.TopicRecord{Name: name, TopicId: id(name)}, p)
	}
	img, delta, err := img.Apply(recs, 1000, 1)
	if err != nil {
		t.Fatal(err)
	}
	x := &pair{t: t}
	sets := map[int32]*Set{}
	for _, broker := range []int32{2, 1} {
		logs := &diskLogs{root: t.TempDir(), env: &commitlog.Env{FS: vfs.OS, Now: func() int64 { return testNowMs },
			FDs: commitlog.NewFDCache(4 * partitions)}}
		session := int32(0)
		sets[broker] = NewSet(Options{BrokerID: broker, Logs: logs, MaxSessions: 10,
			Settings: func(img *metadata.Image, topic string) config.TopicSettings {
				return config.ResolveTopic(nil, func(string) (string, bool) { return "", false })
			},
			RandomInt32: func() int32 { session++; return session },
			BrokerEpoch: func() int64 { return int64(broker) },
		})
		sets[broker].Apply(img, delta)
		t.Cleanup(sets[broker].Close)
	}
	x.leader = sets[1]
	follower := sets[2]
	follower.o.Connect = func(int32) Leader { return &directConn{set: x.leader} }
	x.fetcher = newFetcher(follower, fetcherKey{leader: 1})
	for i := range partitions {
		name := fmt.Sprintf("t%d", i)
		p, err := x.leader.Find(img, name, 0)
		if err != nil {
			t.Fatal(err)
		}
		q, err := follower.Find(img, name, 0)
		if err != nil {
			t.Fatal(err)
		}
		x.parts, x.copies = append(x.parts, p), append(x.copies, q)
		x.fetcher.add(q, q.follow.Load())
	}
	x.fetcher.takeOrders()
	x.round()
	return x
}

// diskLogs keeps logs in a directory.
type diskLogs struct {
	testLogs
	root string
	env  *commitlog.Env
}

func (l *diskLogs) Salvage(commitlog.TopicPartition) (*commitlog.Log, commitlog.Recovery, error) {
	return nil, commitlog.Recovery{}, errors.New("there is nothing left")
}

func (l *diskLogs) Create(tp commitlog.TopicPartition, _ [16]byte, _ logdir.Home, cfg *commitlog.Config) (*commitlog.Log, error) {
	dir := l.root + "/" + tp.String()
	if err := l.env.FS.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	return commitlog.Open(dir, commitlog.Options{Env: l.env, Config: cfg, RecoveryPoint: commitlog.Unknown, LogStartOffset: commitlog.Unknown})
}

func (x *pair) round() {
	x.fetcher.prepare()
	x.fetcher.answered(x.fetcher.conn.Fetch(&x.fetcher.req, &x.fetcher.resp))
	if x.fetcher.failed.times > 0 {
		x.t.Fatal("a fetch failed")
	}
}

// fill appends n batches to a partition.
func (x *pair) fill(p *Partition, b []byte, n int) {
	var at Staged
	for range n {
		batch.SetBaseOffset(b, 0) // the log's are written into it
		if err := p.Stage(b, StageOptions{NowMs: testNowMs}, &at); err != nil {
			x.t.Fatal(err)
		}
		if err := p.Commit(); err != nil {
			x.t.Fatal(err)
		}
	}
}

func batchOf(recs, size int) []byte {
	b := batch.NewBuilder(batch.NoProducer())
	for range recs {
		b.Append(testNowMs, nil, bytes.Repeat([]byte("x"), size))
	}
	return b.Build(nil)
}

func TestPairCopies(t *testing.T) {
	x := newPair(t, 3)
	for i, p := range x.parts {
		x.fill(p, batchOf(2, 100), i+1)
	}
	x.round()
	for i, p := range x.copies {
		if got := p.log.EndOffset(); got != int64(2*(i+1)) {
			t.Errorf("partition %d ends at %d", i, got)
		}
	}
	x.round()
	if hw := x.parts[2].HighWatermark(); hw != 6 {
		t.Errorf("the leader's watermark is %d", hw)
	}
}

func mallocsOf(f func()) int {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int(after.Mallocs - before.Mallocs)
}

// BenchmarkReplicate copies 1 MB per fetch from one partition.
func BenchmarkReplicate(b *testing.B) {
	for _, size := range []int{200, 16_000} {
		b.Run(fmt.Sprint("batches of ", size), func(b *testing.B) {
			x := newPair(b, 1)
			raw := batchOf(size/200, 200)
			n := 1_000_000 / len(raw)
			b.SetBytes(int64(n * len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				x.fill(x.parts[0], raw, n)
				b.StartTimer()
				x.round()
			}
			if got, want := x.copies[0].log.EndOffset(), x.parts[0].log.EndOffset(); got < want-int64(2*n*(size/200)) {
				b.Fatalf("copied %d of %d", got, want)
			}
		})
	}
}

// BenchmarkReplicateOneOfMany fetches one batch of one of many followed partitions:
// what the others cost.
func BenchmarkReplicateOneOfMany(b *testing.B) {
	for _, partitions := range []int{1, 1000} {
		b.Run(fmt.Sprint(partitions), func(b *testing.B) {
			x := newPair(b, partitions)
			raw := batchOf(1, 100)
			b.ReportAllocs()
			for b.Loop() {
				x.fill(x.parts[0], raw, 1)
				x.round()
			}
		})
	}
}
