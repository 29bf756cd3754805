package node

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/wire"
)

// rawClient is one connection that sends what no client library would.
type rawClient struct {
	t  *testing.T
	c  net.Conn
	id int32
}

func (r *running) raw() *rawClient {
	r.t.Helper()
	c, err := net.Dial("tcp", r.address())
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		r.t.Fatal(err)
	}
	return &rawClient{t: r.t, c: c}
}

// send writes one request.
func (c *rawClient) send(req wire.Request, version int16) {
	c.t.Helper()
	c.id++
	client := "raw"
	h := wire.RequestHeader{APIKey: req.APIKey(), APIVersion: version, CorrelationID: c.id, ClientID: &client}
	b := req.Append(h.Append(make([]byte, 4)), version)
	binary.BigEndian.PutUint32(b, uint32(len(b)-4))
	if _, err := c.c.Write(b); err != nil {
		c.t.Fatal(err)
	}
}

// ask sends a request and reads its answer.
func (c *rawClient) ask(req wire.Request, version int16, resp wire.Message) {
	c.t.Helper()
	c.send(req, version)
	var size [4]byte
	if _, err := io.ReadFull(c.c, size[:]); err != nil {
		c.t.Fatalf("key %d version %d: %v", req.APIKey(), version, err)
	}
	b := make([]byte, binary.BigEndian.Uint32(size[:]))
	if _, err := io.ReadFull(c.c, b); err != nil {
		c.t.Fatal(err)
	}
	rd := wire.NewReader(b)
	id, err := wire.DecodeResponseHeader(rd, req.APIKey(), version)
	if err != nil || id != c.id {
		c.t.Fatalf("answer to %d, want %d: %v", id, c.id, err)
	}
	resp.Decode(rd, version)
	if rd.Err() != nil || rd.Remaining() > 0 {
		c.t.Fatalf("answer to key %d version %d: %v, %d bytes too many", req.APIKey(), version, rd.Err(), rd.Remaining())
	}
}

// mustBeClosed checks that the broker ends the connection without an answer.
func (c *rawClient) mustBeClosed(what string) {
	c.t.Helper()
	n, err := c.c.Read(make([]byte, 1))
	if n != 0 || !errors.Is(err, io.EOF) && !errors.Is(err, syscall.ECONNRESET) {
		c.t.Errorf("%s: read %d bytes, %v; want a closed connection", what, n, err)
	}
}

// ask sends a request on a connection of its own.
func ask[R wire.Message](r *running, req wire.Request, version int16, resp R) R {
	r.t.Helper()
	c := r.raw()
	defer c.c.Close()
	c.ask(req, version, resp)
	return resp
}

// everyVersion calls fn with each version that the node serves of an API.
func (r *running) everyVersion(key int16, fn func(version int16)) {
	r.t.Helper()
	req := &wire.ApiVersionsRequest{ClientSoftwareName: "test", ClientSoftwareVersion: "1"}
	versions := ask(r, req, 3, &wire.ApiVersionsResponse{})
	for _, k := range versions.ApiKeys {
		if k.ApiKey != key {
			continue
		}
		for v := k.MinVersion; v <= k.MaxVersion; v++ {
			fn(v)
		}
		return
	}
	r.t.Fatalf("the node does not serve key %d", key)
}

// worksTopic is a topic that mustWork writes to.
const worksTopic = "works"

// mustWork checks that the next valid request on a fresh connection works.
func (r *running) mustWork(what string) {
	r.t.Helper()
	req := &wire.ProduceRequest{}
	req.SetDefaults()
	req.Acks, req.TimeoutMs = 1, 5000
	b := batch.NewBuilder(batch.NoProducer())
	b.Append(time.Now().UnixMilli(), []byte("k"), []byte("v"))
	req.TopicData = []wire.ProduceRequestTopicProduceData{{
		Name: worksTopic, PartitionData: []wire.ProduceRequestPartitionProduceData{{Records: b.Build(nil)}},
	}}
	resp := ask(r, req, 9, &wire.ProduceResponse{})
	if code := resp.Responses[0].PartitionResponses[0].ErrorCode; code != wire.None {
		r.t.Errorf("%s: the next produce: %v", what, code.Name())
	}
}

// startForBadInput starts a node with the topic of mustWork.
func startForBadInput(t *testing.T, more ...string) *running {
	t.Helper()
	n := start(t, t.TempDir(), more...)
	must(n.client().CreateTopic(limit(t), 1, 1, nil, worksTopic))(t)
	return n
}

// cost tells how many bytes of memory and how much time of the processor this
// process took for fn.
func cost(t *testing.T, fn func()) (bytes uint64, cpu time.Duration) {
	t.Helper()
	usage := func() (uint64, time.Duration) {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			t.Fatal(err)
		}
		return m.TotalAlloc, time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	b0, c0 := usage()
	fn()
	b1, c1 := usage()
	return b1 - b0, c1 - c0
}
