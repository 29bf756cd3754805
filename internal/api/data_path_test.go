package api

import (
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/commitlog"
	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/logdir"
	"github.com/brolga-io/brolga/internal/metadata"
	"github.com/brolga-io/brolga/internal/replica"
	"github.com/brolga-io/brolga/internal/server"
	"github.com/brolga-io/brolga/internal/txn"
	"github.com/brolga-io/brolga/internal/vfs"
	"github.com/brolga-io/brolga/internal/wire"
)

// memLogs keeps the logs of a test in memory.
type memLogs struct {
	env   *commitlog.Env
	root  string
	mu    sync.Mutex
	fails []error

	saves   []int // how many logs' starts were saved at once
	unsaved error // why they are not
}

func newMemLogs(fs vfs.FS, now func() int64) *memLogs {
	return &memLogs{root: "/logs", env: &commitlog.Env{FS: fs, Now: now, FDs: commitlog.NewFDCache(64)}}
}

func (m *memLogs) Create(tp commitlog.TopicPartition, id [16]byte, _ logdir.Home, cfg *commitlog.Config) (*commitlog.Log, error) {
	dir := m.root + "/" + wire.UUID(id).String() + "/" + tp.String()
	if err := m.env.FS.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	return commitlog.Open(dir, commitlog.Options{Env: m.env, Config: cfg, RecoveryPoint: commitlog.Unknown, LogStartOffset: commitlog.Unknown})
}

func (m *memLogs) Delete(commitlog.TopicPartition, [16]byte) error { return nil }

func (*memLogs) Salvage(commitlog.TopicPartition) (*commitlog.Log, commitlog.Recovery, error) {
	return nil, commitlog.Recovery{}, errors.New("there is nothing left")
}

func (m *memLogs) HighWatermark(commitlog.TopicPartition) (int64, bool) { return 0, false }

func (m *memLogs) Report(_ *commitlog.Log, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fails = append(m.fails, err)
}

func (m *memLogs) SaveStarts(logs []*commitlog.Log) error {
	m.saves = append(m.saves, len(logs))
	return m.unsaved
}

// dataBroker is the data path of broker 1: server, API, replicas and logs in
// memory, with metadata made by hand.
type dataBroker struct {
	t         testing.TB
	api       *API
	set       *replica.Set
	srv       *server.Server
	logs      *memLogs
	dial      func() net.Conn
	serveConn func(net.Conn)

	mu     sync.Mutex
	image  *metadata.Image
	offset int64
}

const listenerName = "PLAINTEXT"

func newDataBroker(t testing.TB) *dataBroker { return newDataBrokerOn(t, vfs.NewMem()) }

func newDataBrokerOn(t testing.TB, fs vfs.FS) *dataBroker {
	return newDataBrokerWith(t, fs, replica.FetchLimits{})
}

func newDataBrokerWith(t testing.TB, fs vfs.FS, limits replica.FetchLimits) *dataBroker {
	t.Helper()
	b := &dataBroker{t: t, image: metadata.Empty()}
	b.logs = newMemLogs(fs, func() int64 { return time.Now().UnixMilli() })
	unset := func(string) (string, bool) { return "", false }
	b.set = replica.NewSet(replica.Options{
		BrokerID: 1, Logs: b.logs,
		Settings: func(img *metadata.Image, topic string) config.TopicSettings {
			return config.ResolveTopic(img.Config(2, topic), unset)
		},
		RandomInt32: rand.Int32, MaxSessions: 10, FetchLimits: limits,
	})
	next := int64(0)
	b.api = New(Options{
		BrokerID: 1, Image: b.now, Replicas: b.set,
		ProducerIDs: txn.NewProducerIDs(func() (txn.Block, error) {
			next += 1000
			return txn.Block{First: next, Count: 1000}, nil
		}),
	})
	b.srv = server.New(server.Config{}, b.api)
	l := newPipeListener()
	b.dial = l.dial
	b.serveConn = func(c net.Conn) { l.conns <- c }
	b.srv.Serve(listenerName, l)
	t.Cleanup(func() { b.srv.Shutdown(time.Second) })
	broker := &wire.RegisterBrokerRecord{BrokerId: 2, BrokerEpoch: 1}
	broker.EndPoints = []wire.RegisterBrokerRecordBrokerEndpoint{{Name: listenerName, Host: "two", Port: 9094}}
	b.apply(broker)
	return b
}

func (b *dataBroker) now() *metadata.Image {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.image
}

// apply commits metadata records.
func (b *dataBroker) apply(recs ...wire.Record) {
	b.t.Helper()
	b.offset += int64(len(recs))
	img, delta, err := b.now().Apply(recs, b.offset, 1)
	if err != nil {
		b.t.Fatalf("applying metadata: %v", err)
	}
	b.mu.Lock()
	b.image = img
	b.mu.Unlock()
	b.set.Apply(img, delta)
}

// topicID makes the id of a test topic from its name.
func topicID(name string) (id wire.UUID) {
	copy(id[:], name)
	id[15] = 7
	return id
}

// topic creates a topic whose partitions broker 1 leads, with replicas on the
// given brokers (broker 1 alone by default) and configs as key, value pairs.
func (b *dataBroker) topic(name string, partitions int, configs ...string) {
	b.t.Helper()
	recs := []wire.Record{&wire.TopicRecord{Name: name, TopicId: topicID(name)}}
	for i := range partitions {
		recs = append(recs, partitionRecord(name, int32(i), 1, 1))
	}
	for i := 0; i < len(configs); i += 2 {
		recs = append(recs, &wire.ConfigRecord{ResourceType: 2, ResourceName: name, Name: configs[i], Value: &configs[i+1]})
	}
	b.apply(recs...)
}

func partitionRecord(topic string, number, leader int32, replicas ...int32) *wire.PartitionRecord {
	p := &wire.PartitionRecord{}
	p.SetDefaults()
	p.TopicId, p.PartitionId, p.Leader = topicID(topic), number, leader
	p.Replicas, p.Isr, p.LeaderEpoch, p.PartitionEpoch = replicas, replicas, 0, 0
	return p
}

// partition returns a partition on broker 1.
func (b *dataBroker) partition(topic string, number int32) *replica.Partition {
	b.t.Helper()
	p, err := b.set.Find(b.now(), topic, number)
	if err != nil {
		b.t.Fatalf("partition %s-%d: %v", topic, number, err)
	}
	return p
}

// pipeListener hands out the server ends of in-memory connections.
type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newPipeListener() *pipeListener {
	return &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{} }

func (l *pipeListener) dial() net.Conn {
	client, server := net.Pipe()
	l.conns <- server
	return client
}

// client is one connection to a dataBroker.
type client struct {
	t  testing.TB
	c  net.Conn
	id int32 // correlation id of the last request
}

func (b *dataBroker) client() *client {
	c := &client{t: b.t, c: b.dial()}
	b.t.Cleanup(func() { c.c.Close() })
	return c
}

// encode makes the frame of a request.
func (c *client) encode(req wire.Request, version int16) []byte {
	c.id++
	name := "test"
	h := wire.RequestHeader{APIKey: req.APIKey(), APIVersion: version, CorrelationID: c.id, ClientID: &name}
	b := req.Append(h.Append(make([]byte, 4)), version)
	binary.BigEndian.PutUint32(b, uint32(len(b)-4))
	return b
}

// write sends bytes without waiting for anybody to read them.
func (c *client) write(b []byte) {
	go func() {
		_, _ = c.c.Write(b) // a server that closes is what some tests want
	}()
}

// answer reads one answer into resp and returns its correlation id.
func (c *client) answer(resp wire.Message, key, version int16) int32 {
	c.t.Helper()
	var size [4]byte
	if _, err := io.ReadFull(c.c, size[:]); err != nil {
		c.t.Fatalf("reading an answer: %v", err)
	}
	b := make([]byte, binary.BigEndian.Uint32(size[:]))
	if _, err := io.ReadFull(c.c, b); err != nil {
		c.t.Fatalf("reading an answer of %d bytes: %v", len(b), err)
	}
	r := wire.NewReader(b)
	id, err := wire.DecodeResponseHeader(r, key, version)
	if err != nil {
		c.t.Fatalf("header of an answer: %v", err)
	}
	resp.Decode(r, version)
	if r.Err() != nil || r.Remaining() > 0 {
		c.t.Fatalf("answer to key %d version %d: err %v, %d bytes too many", key, version, r.Err(), r.Remaining())
	}
	return id
}

// ask sends a request and reads its answer.
func (c *client) ask(req wire.Request, version int16, resp wire.Message) {
	c.t.Helper()
	c.write(c.encode(req, version))
	if id := c.answer(resp, req.APIKey(), version); id != c.id {
		c.t.Fatalf("answer to request %d, want %d", id, c.id)
	}
}

// mustBeClosed checks that the server ends the connection without another byte.
func (c *client) mustBeClosed() {
	c.t.Helper()
	n, err := c.c.Read(make([]byte, 1))
	if n != 0 || err == nil {
		c.t.Fatalf("read %d bytes, err %v; want a closed connection", n, err)
	}
}

// recordMs is the timestamp of all test records: long ago in every bubble.
const recordMs = 1_000

// records makes a batch of records with the given values.
func records(values ...string) []byte {
	b := batch.NewBuilder(batch.NoProducer())
	for _, v := range values {
		b.Append(recordMs, []byte("k"), []byte(v))
	}
	return b.Build(nil)
}

// produceTo makes a Produce request for one partition, by name and by id.
func produceTo(topic string, partition int32, acks int16, recs []byte) *wire.ProduceRequest {
	req := &wire.ProduceRequest{}
	req.SetDefaults()
	req.Acks, req.TimeoutMs = acks, 5000
	t := wire.ProduceRequestTopicProduceData{Name: topic, TopicId: topicID(topic)}
	t.PartitionData = []wire.ProduceRequestPartitionProduceData{{Index: partition, Records: recs}}
	req.TopicData = []wire.ProduceRequestTopicProduceData{t}
	return req
}

// produce sends a batch and returns the answer for its partition.
func (c *client) produce(version int16, req *wire.ProduceRequest) wire.ProduceResponsePartitionProduceResponse {
	c.t.Helper()
	var resp wire.ProduceResponse
	c.ask(req, version, &resp)
	if len(resp.Responses) != 1 || len(resp.Responses[0].PartitionResponses) != 1 {
		c.t.Fatalf("answer %+v, want one partition", resp)
	}
	return resp.Responses[0].PartitionResponses[0]
}

// fetchFrom makes a Fetch request for one partition without session.
func fetchFrom(topic string, partition int32, offset int64) *wire.FetchRequest {
	req := &wire.FetchRequest{}
	req.SetDefaults()
	req.MinBytes, req.MaxBytes = 1, 1<<20
	p := wire.FetchRequestFetchPartition{}
	p.SetDefaults()
	p.Partition, p.FetchOffset, p.PartitionMaxBytes = partition, offset, 1<<20
	req.Topics = []wire.FetchRequestFetchTopic{{Topic: topic, TopicId: topicID(topic), Partitions: []wire.FetchRequestFetchPartition{p}}}
	return req
}

// fetchOne sends a fetch and returns the answer for its only partition.
func (c *client) fetchOne(version int16, req *wire.FetchRequest) wire.FetchResponsePartitionData {
	c.t.Helper()
	var resp wire.FetchResponse
	c.ask(req, version, &resp)
	if len(resp.Responses) != 1 || len(resp.Responses[0].Partitions) != 1 {
		c.t.Fatalf("answer %+v, want one partition", resp)
	}
	return resp.Responses[0].Partitions[0]
}

// values decodes the values of the records in b from offset from on.
func values(t testing.TB, b []byte, from int64) []string {
	t.Helper()
	var out []string
	err := batch.ForEach(b, func(_ batch.Header, raw []byte) error {
		if !batch.CheckCRC(raw) {
			t.Error("a fetched batch has a wrong CRC")
		}
		r, err := batch.NewReader(raw, 1<<20)
		if err != nil {
			return err
		}
		for r.Next() {
			if rec := r.Record(); rec.Offset >= from {
				out = append(out, string(rec.Value))
			}
		}
		return r.Err()
	})
	if err != nil {
		t.Fatalf("fetched batches: %v", err)
	}
	return out
}

// topicOf creates a topic with one partition as given.
func (b *dataBroker) topicOf(name string, p *wire.PartitionRecord, configs ...string) {
	b.t.Helper()
	recs := []wire.Record{&wire.TopicRecord{Name: name, TopicId: topicID(name)}, p}
	for i := 0; i < len(configs); i += 2 {
		recs = append(recs, &wire.ConfigRecord{ResourceType: 2, ResourceName: name, Name: configs[i], Value: &configs[i+1]})
	}
	b.apply(recs...)
}

// isrChange makes the record of a new ISR.
func isrChange(topic string, number int32, isr ...int32) *wire.PartitionChangeRecord {
	r := &wire.PartitionChangeRecord{}
	r.SetDefaults()
	r.TopicId, r.PartitionId, r.Isr = topicID(topic), number, isr
	return r
}
