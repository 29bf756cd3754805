package console

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"golang.org/x/crypto/bcrypt"

	"github.com/brolga-io/brolga/internal/console/view"
)

// world is a console before a fake cluster.
type world struct {
	t     *testing.T
	s     *Server
	fake  *kfake.Cluster
	url   string
	log   *safeBuffer
	extra http.Header
}

// newWorld starts a cluster of three brokers and a console that shows it as
// "fake".
func newWorld(t *testing.T, change ...func(*Options)) *world {
	t.Helper()
	fake, err := kfake.NewCluster(kfake.NumBrokers(3), kfake.DefaultNumPartitions(5))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fake.Close)
	w := &world{t: t, fake: fake, log: &safeBuffer{}, extra: http.Header{}}
	o := Options{Log: slog.New(slog.NewTextHandler(w.log, nil)), Now: time.Now,
		Clusters: []ClusterOptions{{Name: "fake", Source: view.SourceCommandLine, Bootstrap: fake.ListenAddrs()}}}
	for _, c := range change {
		c(&o)
	}
	w.s, err = New(o)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w.s.Serve(l)
	t.Cleanup(w.s.Close)
	w.url = "http://" + l.Addr().String()
	return w
}

// raw sends a request and returns status, header and body.
func (w *world) raw(method, path, body string) (int, http.Header, string) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.url+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	if method != http.MethodGet {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, values := range w.extra {
		req.Header[name] = values
	}
	if host := req.Header.Get("Host"); host != "" {
		req.Host = host
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, string(b)
}

// get sends a request below /api/v1/clusters/fake and wants it to succeed.
func get[A any](w *world, method, path string, body any) A {
	w.t.Helper()
	var a A
	status, text := w.send(method, path, body)
	if status != http.StatusOK {
		w.t.Fatalf("%s %s: %d %s", method, path, status, text)
	}
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		w.t.Fatalf("%s %s: %v in %s", method, path, err, text)
	}
	return a
}

// refused sends a request and wants a failure with a code.
func (w *world) refused(method, path string, body any, status int, code string) view.Problem {
	w.t.Helper()
	got, text := w.send(method, path, body)
	var f view.Failure
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		w.t.Fatalf("%s %s: %v in %s", method, path, err, text)
	}
	if got != status || f.Error.Code != code {
		w.t.Errorf("%s %s: %d %s (%s), not %d %s", method, path, got, f.Error.Code, f.Error.Message, status, code)
	}
	return f.Error
}

func (w *world) send(method, path string, body any) (int, string) {
	w.t.Helper()
	text := ""
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			w.t.Fatal(err)
		}
		text = string(b)
	}
	if !strings.HasPrefix(path, "/") {
		path = "/api/v1/clusters/fake/" + path
	}
	status, _, answer := w.raw(method, path, text)
	return status, answer
}

// topic creates a topic.
func (w *world) topic(name string, partitions int) {
	w.t.Helper()
	get[view.Done](w, "POST", "topics", view.NewTopic{Name: name, Partitions: int32(partitions), ReplicationFactor: 3})
}

// client is a plain client of the cluster.
func (w *world) client(opts ...kgo.Opt) *kgo.Client {
	w.t.Helper()
	c, err := kgo.NewClient(append([]kgo.Opt{kgo.SeedBrokers(w.fake.ListenAddrs()...)}, opts...)...)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(c.CloseAllowingRebalance)
	return c
}

// fill writes n records, record i to partition i mod partitions at second i.
func (w *world) fill(topic string, partitions, n int, value func(i int) string) {
	w.t.Helper()
	c := w.client(kgo.RecordPartitioner(kgo.ManualPartitioner()))
	var records []*kgo.Record
	for i := range n {
		records = append(records, &kgo.Record{Topic: topic, Partition: int32(i % partitions), Timestamp: time.UnixMilli(int64(1_700_000_000_000 + i*1000)),
			Key: fmt.Appendf(nil, "key-%d", i%7), Value: []byte(value(i))})
	}
	if err := c.ProduceSync(w.t.Context(), records...).FirstErr(); err != nil {
		w.t.Fatal(err)
	}
}

// lines reads an answer of one JSON object a line.
func readLines[E any](t *testing.T, text string) []E {
	t.Helper()
	var all []E
	for line := range strings.Lines(text) {
		var e E
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		all = append(all, e)
	}
	return all
}

// stream opens a stream of events and returns a function that gives the next.
func openEvents[E any](w *world, path string) func() E {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 30*time.Second)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.url+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	for name, values := range w.extra {
		req.Header[name] = values
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { cancel(); resp.Body.Close() })
	if resp.StatusCode != http.StatusOK {
		b, _ := io.ReadAll(resp.Body)
		w.t.Fatalf("%s: %d %s", path, resp.StatusCode, b)
	}
	events := newEventReader(resp.Body)
	return func() E {
		w.t.Helper()
		var e E
		data, err := events.next()
		if err != nil {
			w.t.Fatalf("%s ended: %v", path, err)
		}
		if err := json.Unmarshal(data, &e); err != nil {
			w.t.Fatalf("%v in %s", err, data)
		}
		return e
	}
}

// eventReader reads server-sent events.
type eventReader struct {
	r   io.Reader
	buf []byte
}

func newEventReader(r io.Reader) *eventReader { return &eventReader{r: r} }

func (e *eventReader) next() ([]byte, error) {
	for {
		if i := bytes.Index(e.buf, []byte("\n\n")); i >= 0 {
			event := e.buf[:i]
			e.buf = e.buf[i+2:]
			for line := range bytes.Lines(event) {
				if data, ok := bytes.CutPrefix(line, []byte("data: ")); ok {
					return bytes.TrimSpace(data), nil
				}
			}
			continue
		}
		chunk := make([]byte, 32<<10)
		n, err := e.r.Read(chunk)
		e.buf = append(e.buf, chunk[:n]...)
		if err != nil && n == 0 {
			return nil, err
		}
	}
}

// eventually tries until it holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.NewTimer(20 * time.Second)
	defer deadline.Stop()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for !holds() {
		select {
		case <-deadline.C:
			t.Fatalf("it never came that %s", what)
		case <-again.C:
		}
	}
}

// all lists the rows of a router.
func (rt *router) all() []*route {
	var list []*route
	var walk func(*routeNode)
	walk = func(n *routeNode) {
		for _, r := range n.rows {
			list = append(list, r)
		}
		for _, child := range n.literal {
			walk(child)
		}
		if n.other != nil {
			walk(n.other)
		}
	}
	walk(rt.root)
	return list
}

// cheapHash is a hash that costs a test little.
func cheapHash(password string) (string, error) {
	b, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	return string(b), err
}
