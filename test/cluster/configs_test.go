package cluster

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/brolga-io/brolga/test/cluster/fleet"
	"github.com/brolga-io/brolga/test/compat/peer"
)

// TestFetchersForTheWholeCluster: kafka-configs gives every broker another number of
// connections to each leader while records flow, and shows it as a dynamic config.
func TestFetchersForTheWholeCluster(t *testing.T) {
	f := fleet.New(t, 2)
	pages := map[*fleet.Node]string{}
	for _, n := range f.Nodes {
		pages[n] = fmt.Sprintf("http://127.0.0.1:%d", peer.FreePort(t))
		n.Set("metrics.listener=" + pages[n])
		f.Format(t, n)
		n.Start(t)
	}
	f.AwaitBrokers(t, 2)
	if _, err := f.Admin(t).CreateTopic(limit(t), 16, 2, nil, "t"); err != nil {
		t.Fatal(err)
	}
	p := produce(t, f, "t")
	p.await(t, 20)
	const sessions = "kafka_server_fetchsessioncache_numincrementalfetchsessions"
	before := map[*fleet.Node]int{}
	for _, n := range f.Nodes {
		before[n] = mustReach(t, pages[n], sessions, 1)
	}
	configs := func(args string) string {
		t.Helper()
		line := "--bootstrap-server " + f.Nodes[0].Address + " --entity-type brokers " + args
		r := peer.BrolgaTools().Run(t, "", "kafka-configs", strings.Fields(line)...)
		if r.Code != 0 {
			t.Fatalf("kafka-configs: %s%s", r.Stdout, r.Stderr)
		}
		return r.Stdout
	}
	configs("--entity-default --alter --add-config num.replica.fetchers=2")
	for _, n := range f.Nodes {
		mustReach(t, pages[n], sessions, before[n]+1)
	}
	p.await(t, 20)
	for _, args := range []string{"--entity-default --describe", "--entity-name 1 --describe --all", "--entity-name 2 --describe --all"} {
		const want = "num.replica.fetchers=2 sensitive=false synonyms={DYNAMIC_DEFAULT_BROKER_CONFIG:num.replica.fetchers=2"
		if shown := configs(args); !strings.Contains(shown, want) {
			t.Errorf("%s does not show %q:\n%s", args, want, shown)
		}
	}
	p.end(t)
	mustHold(t, f, "t", p.acked)
}

// mustReach waits until a metric without labels is at least that, and returns it.
func mustReach(t *testing.T, page, name string, least int) (value int) {
	t.Helper()
	peer.Eventually(t, 20*time.Second, func() (err error) {
		if value, err = measure(page, name); err == nil && value < least {
			err = fmt.Errorf("%s of %s is %d, want %d", name, page, value, least)
		}
		return err
	})
	return value
}

// measure reads a metric without labels.
func measure(page, name string) (int, error) {
	client := http.Client{Timeout: 5 * time.Second}
	resp, err := client.Get(page + "/metrics")
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 16<<20))
	if err != nil {
		return 0, err
	}
	_, after, _ := strings.Cut(string(text), "\n"+name+" ")
	value, _, _ := strings.Cut(after, "\n")
	return strconv.Atoi(value)
}
