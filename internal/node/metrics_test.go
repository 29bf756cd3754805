package node

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

func (r *running) get(path string) (code int, body string) {
	r.t.Helper()
	resp, err := http.Get("http://" + r.metricsHTTP.socket.Addr().String() + path)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// TestMetrics: what dashboards of Kafka read moves with the traffic.
func TestMetrics(t *testing.T) {
	n := start(t, t.TempDir(), "metrics.listener=http://127.0.0.1:0")
	defer n.stop()
	ctx := limit(t)
	must(n.client().CreateTopic(ctx, 2, 1, nil, "t"))(t)
	c, err := kgo.NewClient(kgo.SeedBrokers(n.address()), kgo.DefaultProduceTopic("t"), kgo.ConsumeTopics("t"), kgo.ConsumerGroup("g"))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.ProduceSync(ctx, &kgo.Record{Value: []byte("a")}, &kgo.Record{Value: []byte("b")}).FirstErr(); err != nil {
		t.Fatal(err)
	}
	for got := 0; got < 2 && ctx.Err() == nil; {
		got += c.PollFetches(ctx).NumRecords()
	}
	c.Close()
	n.dirs.Flush()
	_, text := n.get("/metrics")
	for _, line := range []string{
		`kafka_server_brokertopicmetrics_messagesin_total{topic="t"} 2`,
		`kafka_server_brokertopicmetrics_messagesin_total 2`,
		`kafka_server_replicamanager_leadercount 4`, // t and two of __consumer_offsets
		`kafka_server_replicamanager_underreplicatedpartitions 0`,
		`kafka_controller_kafkacontroller_activecontrollercount 1`,
		`kafka_controller_kafkacontroller_globaltopiccount 2`,
		`kafka_controller_kafkacontroller_offlinepartitionscount 0`,
		`kafka_controller_kafkacontroller_activebrokercount 1`,
		`kafka_coordinator_group_groupmetadatamanager_numgroups 1`,
		`kafka_log_logmanager_offlinelogdirectorycount 0`,
		`kafka_network_requestmetrics_requests_total{request="CreateTopics",version="7"} 1`,
		`brolga_log_count 4`,
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("no line %s", line)
		}
	}
	for _, name := range []string{
		`kafka_server_brokertopicmetrics_bytesin_total{topic="t"}`, `kafka_server_brokertopicmetrics_bytesout_total{topic="t"}`,
		`kafka_network_requestmetrics_totaltimems_count{request="Produce"}`, `kafka_network_requestmetrics_totaltimems_count{request="Fetch"}`,
		`kafka_log_logflushstats_logflushrateandtimems_count`, `process_resident_memory_bytes`,
	} {
		_, rest, found := strings.Cut(text, "\n"+name+" ")
		if value, _, _ := strings.Cut(rest, "\n"); !found || value == "0" {
			t.Errorf("%s is %q", name, value)
		}
	}
}

func TestDeletedTopicHasNoMetrics(t *testing.T) {
	n := start(t, t.TempDir(), "metrics.listener=http://127.0.0.1:0")
	defer n.stop()
	admin := n.client()
	must(admin.CreateTopic(limit(t), 1, 1, nil, "gone"))(t)
	must(admin.DeleteTopics(limit(t), "gone"))(t)
	if _, text := n.get("/metrics"); strings.Contains(text, `topic="gone"`) {
		t.Error("a deleted topic still has series")
	}
}

func TestHealth(t *testing.T) {
	n := start(t, t.TempDir(), "metrics.listener=http://127.0.0.1:0")
	for _, path := range []string{"/healthz", "/readyz"} {
		if code, body := n.get(path); code != http.StatusOK || body != "ok\n" {
			t.Errorf("%s: %d %q", path, code, body)
		}
	}
	if code, _ := n.get("/other"); code != http.StatusNotFound {
		t.Errorf("another path: %d", code)
	}
	n.fail(io.ErrUnexpectedEOF)
	for _, path := range []string{"/healthz", "/readyz"} {
		if code, body := n.get(path); code != http.StatusServiceUnavailable || !strings.Contains(body, "cannot go on") {
			t.Errorf("%s of a failed node: %d %q", path, code, body)
		}
	}
	address := n.metricsHTTP.socket.Addr().String()
	n.stop()
	if c, err := net.Dial("tcp", address); err == nil {
		c.Close()
		t.Error("a closed node serves metrics")
	}
}

// TestMetricsListener: a taken port is a warning, none is silence, nonsense a refusal.
func TestMetricsListener(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	n := start(t, t.TempDir(), "metrics.listener=http://"+taken.Addr().String())
	n.stop()
	if !strings.Contains(n.text.String(), "WARN There are no metrics and no health checks") {
		t.Errorf("no warning:\n%s", n.text)
	}
	n = start(t, t.TempDir())
	n.stop()
	if strings.Contains(n.text.String(), "Metrics are on") || strings.Contains(n.text.String(), "no metrics") {
		t.Errorf("none is not silent:\n%s", n.text)
	}
	for _, where := range []string{"nonsense", "https://localhost:1", "http://localhost:1/path", "http://"} {
		_, err := tryStart(t, t.TempDir(), "metrics.listener="+where)
		if err == nil {
			t.Errorf("%s is accepted", where)
			continue
		}
		mustSay(t, err.Error(), "metrics.listener")
	}
}

// TestConnectionLimitsAreDynamic: a changed limit holds for the next connection.
func TestConnectionLimitsAreDynamic(t *testing.T) {
	n := start(t, t.TempDir())
	defer n.stop()
	ctx := limit(t)
	admin := n.client()
	set := func(value string) {
		t.Helper()
		op := kadm.AlterConfig{Op: kadm.SetConfig, Name: "max.connections.per.ip", Value: &value}
		for _, r := range must(admin.AlterBrokerConfigs(ctx, []kadm.AlterConfig{op}))(t) {
			if r.Err != nil {
				t.Fatal(r.Err)
			}
		}
	}
	refused := func() bool {
		c, err := net.Dial("tcp", n.address())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if err := c.SetReadDeadline(time.Now().Add(200 * time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		_, err = c.Read(make([]byte, 1))
		return err == io.EOF || strings.Contains(err.Error(), "reset")
	}
	if refused() {
		t.Error("a connection is refused without a limit")
	}
	set("1") // the client has at least one already
	if !refused() {
		t.Error("a connection beyond the limit is served")
	}
	set("2147483647")
	if refused() {
		t.Error("a connection is refused after the limit went")
	}
}
