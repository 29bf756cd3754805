package console

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/brolga-io/brolga/internal/console/view"
)

// labStub is a lab of one broker.
type labStub struct{ done []string }

func (l *labStub) Brokers() []view.LabBroker {
	return []view.LabBroker{{ID: 1, State: view.LabRunning}}
}

func (l *labStub) Control(_ context.Context, _ int32, verb view.LabVerb) error {
	if verb == view.LabKill {
		return errors.New("broker 1 is stopped already")
	}
	l.done = append(l.done, string(verb))
	return nil
}

func (l *labStub) Command(int32, view.LabVerb) string { return "brolga lab stop 1" }

func TestLab(t *testing.T) {
	stub := &labStub{}
	w := newWorld(t, func(o *Options) { o.Lab = stub })
	if lab := get[view.Lab](w, "GET", "/api/v1/lab", nil); len(lab.Brokers) != 1 {
		t.Errorf("lab %+v", lab)
	}
	if d := get[view.Done](w, "POST", "/api/v1/lab/brokers/1?dryRun=true", view.LabAction{Action: view.LabStop}); d.Command != "brolga lab stop 1" || len(stub.done) != 0 {
		t.Errorf("dry run %+v", d)
	}
	get[view.Done](w, "POST", "/api/v1/lab/brokers/1", view.LabAction{Action: view.LabStop})
	if len(stub.done) != 1 {
		t.Error("nothing was done")
	}
	w.refused("POST", "/api/v1/lab/brokers/1", view.LabAction{Action: view.LabKill}, 409, "NOT_AVAILABLE")
	w.refused("POST", "/api/v1/lab/brokers/1", view.LabAction{Action: "burn"}, 400, "INVALID_REQUEST")
	w.refused("POST", "/api/v1/lab/brokers/7", view.LabAction{Action: view.LabStop}, 404, "NOT_FOUND")
	none := newWorld(t)
	none.refused("GET", "/api/v1/lab", nil, 404, "NOT_FOUND")
	if get[view.Meta](none, "GET", "/api/v1/meta", nil).Lab {
		t.Error("it says it is a lab")
	}
}

func TestOverviewAndBrokers(t *testing.T) {
	w := newWorld(t)
	empty := get[view.Overview](w, "GET", "overview", nil)
	if !empty.FirstRun || empty.Verdict.Status != view.LevelGood || !strings.Contains(empty.Verdict.Sentence, "3 brokers") {
		t.Errorf("overview %+v", empty.Verdict)
	}
	w.topic("t", 6)
	w.fill("t", 6, 60, func(int) string { return "x" })
	list := get[view.BrokerList](w, "GET", "brokers", nil)
	leaders := 0
	for _, b := range list.Brokers {
		leaders += b.Leaders
		if b.Replicas != 6 || !b.Online {
			t.Errorf("broker %+v", b)
		}
	}
	if leaders != 6 {
		t.Errorf("%d leaders", leaders)
	}
	id := text(list.Brokers[0].ID)
	get[view.Broker](w, "GET", "brokers/"+id, nil)
	if p := get[view.BrokerPartitions](w, "GET", "brokers/"+id+"/partitions?q=T&role=leader", nil); p.Matched != list.Brokers[0].Leaders {
		t.Errorf("leaders %+v", p)
	}
	get[view.ConfigList](w, "GET", "brokers/"+id+"/configs", nil)
	w.refused("GET", "brokers/77", nil, 404, "NOT_FOUND")
	w.refused("GET", "brokers/x", nil, 404, "NOT_FOUND")
	connect := get[view.Connect](w, "GET", "connect", nil)
	if len(connect.Snippets) != 8 || len(connect.Advertised) != 3 || !strings.Contains(connect.Snippets[0].Text, connect.Bootstrap) {
		t.Errorf("connect %+v", connect)
	}
	for _, s := range connect.Snippets {
		if strings.Contains(s.Text, "BOOTSTRAP") || !strings.Contains(s.Text, ":") {
			t.Errorf("snippet %s", s.Text)
		}
	}
	get[view.Reassignments](w, "GET", "reassignments", nil)
	plan := get[view.Plan](w, "POST", "reassignments/plan", view.PlanQuery{Topics: []string{"t"}, ReplicationFactor: 1})
	if len(plan.Partitions) != 6 || !strings.Contains(plan.JSON, `"version":1`) {
		t.Errorf("plan %+v", plan)
	}
	w.refused("POST", "reassignments/plan", view.PlanQuery{Topics: []string{"t"}, ReplicationFactor: 9}, 400, "INVALID_REQUEST")
	move := view.Reassign{Partitions: []view.NewReplicas{{Topic: "t", Partition: 0, Replicas: plan.Partitions[0].After}}}
	dry := get[view.Reassigned](w, "POST", "reassignments?dryRun=true", move)
	if !strings.Contains(dry.Command, "kafka-reassign-partitions") {
		t.Errorf("command %s", dry.Command)
	}
	move.Partitions[0].Replicas = []int32{99}
	w.refused("POST", "reassignments", move, 400, "INVALID_REQUEST")
}

// A verdict names what is wrong, the worst first.
func TestVerdict(t *testing.T) {
	w := newWorld(t)
	k := w.s.clusters.find("fake")
	m := &metaPart{controller: 1, topics: map[string]*topicMeta{}, brokers: []brokerMeta{{id: 1, online: true}, {id: 2}}}
	m.add(&topicMeta{name: "t", replicas: 2, under: 2, offline: 1, partitions: []partitionMeta{{leader: -1, replicas: []int32{2, 1}}, {leader: 1, replicas: []int32{1, 2}, isr: []int32{1}}}})
	c := &call{Context: t.Context(), s: w.s, route: &route{}}
	v := c.verdict(k, m, nil, nil)
	var codes []string
	for _, f := range v.Findings {
		codes = append(codes, f.Code)
	}
	if got := strings.Join(codes, " "); v.Status != view.LevelBad || got != "broker_down offline_partitions under_replicated" || !strings.HasPrefix(v.Sentence, "Broker 2 is down. And 2 more.") {
		t.Errorf("%s: %s (%s)", v.Status, v.Sentence, got)
	}
}

// What changes between two looks at the metadata is noticed.
func TestEvents(t *testing.T) {
	k := &cluster{events: newEventLog()}
	part := func(leader int32, isr ...int32) *metaPart {
		m := &metaPart{controller: 1, topics: map[string]*topicMeta{}, brokers: []brokerMeta{{id: 1, online: true}, {id: 2, online: leader == 2}}}
		m.add(&topicMeta{name: "t", partitions: []partitionMeta{{leader: leader, isr: isr, replicas: []int32{2, 1}}}})
		return m
	}
	k.metaLearnt(nil, part(2, 2, 1))
	k.metaLearnt(part(2, 2, 1), part(1, 1))
	k.metaLearnt(part(1, 1), part(2, 2, 1))
	var all []string
	for _, e := range k.events.page(view.EventQuery{}).Events {
		all = append(all, e.Sentence)
	}
	want := []string{"t-0: broker 2 in sync again; in sync are 2, 1.", "t-0: broker 2 leads now; before it was 1.", "Broker 2 is here (:0).",
		"t-0: broker 2 left the in-sync replicas; left are 1.", "t-0: broker 1 leads now; before it was 2.", "Broker 2 is gone."}
	if strings.Join(all, "\n") != strings.Join(want, "\n") {
		t.Errorf("noticed\n%s", strings.Join(all, "\n"))
	}
	for range 3 * maxEvents {
		k.events.add(view.Event{})
	}
	if n := len(k.events.all); n > maxEvents {
		t.Errorf("%d events are kept", n)
	}
}

func TestClustersAreKept(t *testing.T) {
	file := filepath.Join(t.TempDir(), "deep", "clusters.json")
	w := newWorld(t, func(o *Options) { o.StateFile = file })
	in := view.NewCluster{Name: "Other one", BootstrapServers: w.fake.ListenAddrs()[:1]}
	if d := get[view.Done](w, "POST", "/api/v1/clusters?dryRun=true", in); !strings.Contains(d.Message, "3 brokers") {
		t.Errorf("tried: %+v", d)
	}
	get[view.Done](w, "POST", "/api/v1/clusters", in)
	w.refused("POST", "/api/v1/clusters", in, 409, "INVALID_REQUEST")
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v %v", info, err)
	}
	again := newWorld(t, func(o *Options) { o.StateFile = file })
	list := get[view.ClusterList](again, "GET", "/api/v1/clusters", nil).Clusters
	if len(list) != 2 || list[1].ID != "other-one" || list[1].Source != view.SourceAdded {
		t.Fatalf("kept %+v", list)
	}
	get[view.TopicPage](again, "GET", "/api/v1/clusters/other-one/topics", nil)
	again.refused("DELETE", "/api/v1/clusters/fake", nil, 403, "FORBIDDEN")
	get[view.Done](again, "DELETE", "/api/v1/clusters/other-one", nil)
	again.refused("GET", "/api/v1/clusters/other-one/topics", nil, 404, "NOT_FOUND")
	if b, err := os.ReadFile(file); err != nil || strings.Contains(string(b), "Other") {
		t.Errorf("the file still has %s (%v)", b, err)
	}
	if err := os.WriteFile(file, []byte(`{"version":9}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(Options{StateFile: file, Log: w.log.logger()}); err == nil || !strings.Contains(err.Error(), "version 9") {
		t.Errorf("a file of the future: %v", err)
	}
}

func TestOfflineCluster(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	w := newWorld(t, func(o *Options) {
		o.Clusters = append(o.Clusters, ClusterOptions{Name: "down", Bootstrap: []string{address}})
	})
	p := w.refused("GET", "/api/v1/clusters/down/overview", nil, 502, "CLUSTER_OFFLINE")
	if !strings.Contains(p.Message, "refused") || p.Hint == "" {
		t.Errorf("problem %+v", p)
	}
	eventually(t, "the list says so", func() bool {
		return get[view.ClusterList](w, "GET", "/api/v1/clusters", nil).Clusters[1].Status == view.StatusOffline
	})
}

func TestEnvironment(t *testing.T) {
	got, err := EnvironmentClusters([]string{"KAFKA_CLUSTERS_1_BOOTSTRAPSERVERS=b:2,c:3", "KAFKA_CLUSTERS_0_NAME=local", "KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS=a:1",
		"KAFKA_CLUSTERS_0_READONLY=true", "KAFKA_CLUSTERS_0_PROPERTIES_SECURITY_PROTOCOL=SSL", "KAFKA_BROKER_ID=1", "KAFKA_CLUSTERS_0_METRICS_PORT=1"})
	if err != nil || len(got) != 2 {
		t.Fatal(got, err)
	}
	if a := got[0]; a.Name != "local" || a.Bootstrap[0] != "a:1" || !a.ReadOnly || a.Properties["security.protocol"] != "SSL" {
		t.Errorf("first %+v", a)
	}
	if b := got[1]; b.Name != "b:2" || len(b.Bootstrap) != 2 {
		t.Errorf("second %+v", b)
	}
	if _, err := EnvironmentClusters([]string{"KAFKA_CLUSTERS_0_NAME=x"}); err == nil {
		t.Error("a cluster without an address is accepted")
	}
}

func TestArguments(t *testing.T) {
	none := func(string) string { return "" }
	a, err := parseArguments([]string{"--bootstrap", "a:1,b:2", "--name", "one", "--bootstrap=c:3", "--read-only", "--listener", "http://0.0.0.0:9/x", "--allowed-host", "h.example"}, nil, none)
	if err != nil || len(a.Clusters) != 2 || a.Clusters[0].Name != "one" || len(a.Clusters[0].Bootstrap) != 2 || !a.ReadOnly || a.Hosts[0] != "h.example" {
		t.Errorf("%+v %v", a, err)
	}
	for _, wrong := range [][]string{{"--name", "x"}, {"--bootstrap", ""}, {"rest"}, {"--nothing"}} {
		if _, err := parseArguments(wrong, nil, none); err == nil {
			t.Errorf("%v is accepted", wrong)
		}
	}
	for address, want := range map[string]string{"http://localhost:8080": "localhost:8080 ", "http://0.0.0.0:80/": "0.0.0.0:80 ", "http://x:1/a/b/": "x:1 /a/b"} {
		host, path, err := ParseListener(address)
		if err != nil || host+" "+path != want {
			t.Errorf("%s: %s %s %v", address, host, path, err)
		}
	}
	for _, wrong := range []string{"", "x", "https://x:1", "http://x", "http://u:p@x:1", "http://x:1/<a>", "http://x:1/../b", "http://x:1?q"} {
		if _, _, err := ParseListener(wrong); err == nil {
			t.Errorf("%q is accepted", wrong)
		}
	}
}

// The console lies below a path, its own or a proxy's.
func TestBasePath(t *testing.T) {
	pages := t.TempDir()
	if err := os.WriteFile(filepath.Join(pages, "index.html"), []byte("<html><head></head>"), 0o600); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, func(o *Options) { o.BasePath, o.UIDir = "/kafka/", pages })
	status, h, _ := w.raw("GET", "/", "")
	if status != http.StatusFound || h.Get("Location") != "/kafka/" {
		t.Errorf("/: %d %s", status, h.Get("Location"))
	}
	for _, path := range []string{"/kafka/", "/kafka/clusters/x/topics", "/topics"} {
		if _, _, text := w.raw("GET", path, ""); !strings.Contains(text, `<head><base href="/kafka/">`) {
			t.Errorf("%s: %s", path, text)
		}
	}
	for _, path := range []string{"/kafka/api/v1/meta", "/api/v1/meta", "/kafka/actuator/health", "/actuator/health"} {
		if status, _, text := w.raw("GET", path, ""); status != 200 || !strings.HasPrefix(text, "{") {
			t.Errorf("%s: %d %s", path, status, text)
		}
	}
	w.extra = http.Header{"X-Forwarded-Prefix": {"/other/place"}}
	if _, _, text := w.raw("GET", "/kafka/", ""); !strings.Contains(text, `<base href="/other/place/">`) {
		t.Errorf("behind a proxy: %s", text)
	}
	w.extra = http.Header{"X-Forwarded-Prefix": {`/"><script>`}}
	if _, _, text := w.raw("GET", "/kafka/", ""); strings.Contains(text, "script") {
		t.Errorf("a header got into the page: %s", text)
	}
}
