package metrics_test

import (
	"fmt"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"

	"github.com/brolga-io/brolga/internal/metrics"
)

// scrape returns all series of the rooms as name{label="value"} value.
func scrape(t *testing.T, r *metrics.Registry) []string {
	t.Helper()
	families, err := r.Gatherer().Gather()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, f := range families {
		if strings.HasPrefix(f.GetName(), "go_") || strings.HasPrefix(f.GetName(), "process_") {
			continue
		}
		for _, m := range f.GetMetric() {
			lines = append(lines, series(f.GetName(), m)...)
		}
	}
	sort.Strings(lines)
	return lines
}

func series(name string, m *dto.Metric) []string {
	var labels []string
	for _, l := range m.GetLabel() {
		labels = append(labels, fmt.Sprintf("%s=%q", l.GetName(), l.GetValue()))
	}
	id := name
	if len(labels) > 0 {
		id += "{" + strings.Join(labels, ",") + "}"
	}
	switch {
	case m.Counter != nil:
		return []string{fmt.Sprintf("%s %v", id, m.Counter.GetValue())}
	case m.Gauge != nil:
		return []string{fmt.Sprintf("%s %v", id, m.Gauge.GetValue())}
	}
	out := []string{fmt.Sprintf("%s count %d sum %v", id, m.Summary.GetSampleCount(), m.Summary.GetSampleSum())}
	for _, q := range m.Summary.GetQuantile() {
		out = append(out, fmt.Sprintf("%s p%v %v", id, q.GetQuantile(), q.GetValue()))
	}
	return out
}

// has fails for each line that the scrape does not hold.
func has(t *testing.T, lines []string, want ...string) {
	t.Helper()
	all := "\n" + strings.Join(lines, "\n") + "\n"
	for _, w := range want {
		if !strings.Contains(all, "\n"+w+"\n") {
			t.Errorf("no series %s in%s", w, all)
		}
	}
}

func fixed() time.Time { return time.Unix(1_700_000_000, 0) }

// The names are those of jmx_exporter's example rules for Kafka.
func TestNames(t *testing.T) {
	r := metrics.New(fixed)
	r.Topics.Get("mailbox").MessagesIn.Add(3)
	r.Topics.Get("mailbox").BytesIn.Add(100)
	r.Requests.API("Produce").Version(9).Requests.Inc()
	r.Requests.API("Produce").Error("NONE").Inc()
	r.Requests.API("Produce").Total.Observe(2 * time.Millisecond)
	r.Replica.IsrShrinks.Inc()
	r.Replica.Counts.Set(func() metrics.ReplicaCounts {
		return metrics.ReplicaCounts{Partitions: 5, Leaders: 4, UnderReplicated: 1, WaitingFetches: 2}
	})
	r.Group.Counts.Set(func() metrics.GroupCounts { return metrics.GroupCounts{Groups: 2, Offsets: 7, Stable: 1, Empty: 1} })
	r.Controller.Counts.Set(func() metrics.ControllerCounts { return metrics.ControllerCounts{Active: true, Topics: 3} })
	r.Quorum.Counts.Set(func() metrics.QuorumCounts {
		return metrics.QuorumCounts{Leader: 1, State: "leader", Vote: 1, Voters: 3, UnknownVoters: 2, IsVoter: true, VoteDirectory: "d"}
	})
	r.Quorum.Commits.Observe(fixed(), 4*time.Millisecond)
	r.Quorum.Appended.Add(fixed(), 7)
	r.Quorum.NewLeaders.Inc()
	r.Controller.Waited.Observe(time.Millisecond)
	r.Log.Counts.Set(func() metrics.LogCounts { return metrics.LogCounts{OfflineDirectories: 1, Bytes: 1 << 40} })
	r.Server.Connections.Set(func() map[string]int { return map[string]int{"PLAINTEXT": 6} })
	has(t, scrape(t, r),
		`kafka_server_brokertopicmetrics_messagesin_total{topic="mailbox"} 3`,
		`kafka_server_brokertopicmetrics_messagesin_total 3`,
		`kafka_server_brokertopicmetrics_bytesin_total{topic="mailbox"} 100`,
		`kafka_server_brokertopicmetrics_bytesout_total 0`,
		`kafka_network_requestmetrics_requests_total{request="Produce",version="9"} 1`,
		`kafka_network_requestmetrics_errors_total{error="NONE",request="Produce"} 1`,
		`kafka_network_requestmetrics_totaltimems{request="Produce"} count 1 sum 2`,
		`kafka_server_replicamanager_partitioncount 5`,
		`kafka_server_replicamanager_leadercount 4`,
		`kafka_server_replicamanager_underreplicatedpartitions 1`,
		`kafka_server_replicamanager_isrshrinks_total 1`,
		`kafka_server_delayedoperationpurgatory_purgatorysize{delayedOperation="Fetch"} 2`,
		`kafka_coordinator_group_groupmetadatamanager_numgroups 2`,
		`kafka_coordinator_group_groupmetadatamanager_numoffsets 7`,
		`kafka_controller_kafkacontroller_activecontrollercount 1`,
		`kafka_controller_kafkacontroller_globaltopiccount 3`,
		`kafka_controller_kafkacontroller_newactivecontrollerscount 1`,
		`kafka_controller_kafkacontroller_ignoredstaticvoters 0`,
		`kafka_controller_kafkacontroller_metadataerrorcount 0`,
		`kafka_controller_controllereventmanager_eventqueuetimems count 1 sum 1`,
		`kafka_server_raftmetrics_current_state{current_state="leader"} 1`,
		`kafka_server_raftmetrics_current_vote 1`,
		`kafka_server_raftmetrics_number_of_voters 3`,
		`kafka_server_raftmetrics_number_unknown_voter_connections 2`,
		`kafka_server_raftmetrics_is_voter 1`,
		`kafka_server_raftmetrics_commit_latency_avg 4`,
		`kafka_server_raftmetrics_commit_latency_max 4`,
		`kafka_server_raftmetrics_election_latency_avg NaN`,
		`kafka_server_raftmetrics_append_records_rate 7`,
		`kafka_server_raftmetrics_fetch_records_rate 0`,
		`kafka_server_raftmetrics_poll_idle_ratio_avg 1`,
		`kafka_log_logmanager_offlinelogdirectorycount 1`,
		`brolga_log_bytes 1.099511627776e+12`,
		`kafka_server_socket_server_metrics_connection_count{listener="PLAINTEXT"} 6`,
	)
}

func TestSumSurvivesADeletedTopic(t *testing.T) {
	r := metrics.New(fixed)
	r.Topics.Get("a").BytesIn.Add(10)
	r.Topics.Get("b").BytesIn.Add(5)
	r.Topics.Remove("a")
	r.Topics.Remove("never was")
	lines := scrape(t, r)
	has(t, lines, `kafka_server_brokertopicmetrics_bytesin_total 15`, `kafka_server_brokertopicmetrics_bytesin_total{topic="b"} 5`)
	for _, l := range lines {
		if strings.Contains(l, `topic="a"`) {
			t.Errorf("series of a deleted topic: %s", l)
		}
	}
	r.Topics.Get("a").BytesIn.Add(1)
	has(t, scrape(t, r), `kafka_server_brokertopicmetrics_bytesin_total 16`, `kafka_server_brokertopicmetrics_bytesin_total{topic="a"} 1`)
}

// Two nodes in one process share nothing.
func TestRegistriesAreApart(t *testing.T) {
	one, two := metrics.New(fixed), metrics.New(fixed)
	one.Replica.IsrExpands.Inc()
	has(t, scrape(t, one), `kafka_server_replicamanager_isrexpands_total 1`)
	has(t, scrape(t, two), `kafka_server_replicamanager_isrexpands_total 0`)
}

func TestScrapeWhileCounting(t *testing.T) {
	r := metrics.New(fixed)
	const workers, rounds = 4, 2000
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := range rounds {
				r.Topics.Get(fmt.Sprint("topic-", i%7)).MessagesIn.Inc()
				api := r.Requests.API([]string{"Fetch", "Produce"}[w%2])
				api.Version(int16(i % 3)).Requests.Inc()
				api.Error("NONE").Inc()
				api.Total.Observe(time.Duration(i) * time.Microsecond)
				if i%500 == 0 {
					r.Topics.Remove("topic-6")
				}
			}
		})
	}
	for range 20 {
		scrape(t, r)
	}
	wg.Wait()
	has(t, scrape(t, r), fmt.Sprintf(`kafka_network_requestmetrics_errors_total{error="NONE",request="Fetch"} %d`, workers/2*rounds))
}
