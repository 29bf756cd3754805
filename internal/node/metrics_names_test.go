package node

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/internal/wire"
)

// dashboardNames are the series that the common dashboards for Kafka behind
// jmx_exporter (with lowercaseOutputName) ask for, but for those of the JVM and of
// thread pools, which brolga does not have.
var dashboardNames = []string{
	`kafka_server_kafkaserver_brokerstate `,
	`kafka_server_brokertopicmetrics_messagesin_total `, `kafka_server_brokertopicmetrics_bytesin_total `, `kafka_server_brokertopicmetrics_bytesout_total `,
	`kafka_server_brokertopicmetrics_messagesin_total{topic="t"}`, `kafka_server_brokertopicmetrics_bytesin_total{topic="t"}`,
	`kafka_server_brokertopicmetrics_bytesrejected_total `, `kafka_server_brokertopicmetrics_totalproducerequests_total `,
	`kafka_server_brokertopicmetrics_totalfetchrequests_total `, `kafka_server_brokertopicmetrics_failedproducerequests_total `,
	`kafka_server_brokertopicmetrics_failedfetchrequests_total `, `kafka_server_brokertopicmetrics_replicationbytesin_total `,
	`kafka_server_brokertopicmetrics_replicationbytesout_total `,
	`kafka_server_replicamanager_partitioncount `, `kafka_server_replicamanager_leadercount `, `kafka_server_replicamanager_underreplicatedpartitions `,
	`kafka_server_replicamanager_underminisrpartitioncount `, `kafka_server_replicamanager_atminisrpartitioncount `,
	`kafka_server_replicamanager_offlinereplicacount `, `kafka_server_replicamanager_reassigningpartitions `,
	`kafka_server_replicamanager_isrshrinks_total `, `kafka_server_replicamanager_isrexpands_total `, `kafka_server_replicamanager_failedisrupdates_total `,
	`kafka_server_delayedoperationpurgatory_purgatorysize{delayedOperation="Produce"}`, `kafka_server_delayedoperationpurgatory_purgatorysize{delayedOperation="Fetch"}`,
	`kafka_server_fetchsessioncache_numincrementalfetchsessions `,
	`kafka_controller_kafkacontroller_activecontrollercount `, `kafka_controller_kafkacontroller_offlinepartitionscount `,
	`kafka_controller_kafkacontroller_preferredreplicaimbalancecount `, `kafka_controller_kafkacontroller_globaltopiccount `,
	`kafka_controller_kafkacontroller_globalpartitioncount `, `kafka_controller_kafkacontroller_activebrokercount `,
	`kafka_server_raftmetrics_current_state{current_state="leader"} 1`, `kafka_server_raftmetrics_current_leader 1`,
	`kafka_server_raftmetrics_current_epoch `, `kafka_server_raftmetrics_high_watermark `, `kafka_server_raftmetrics_log_end_offset `,
	`kafka_server_raftmetrics_current_vote 1`, `kafka_server_raftmetrics_current_vote_directory_id{`, `kafka_server_raftmetrics_log_end_epoch 1`,
	`kafka_server_raftmetrics_number_unknown_voter_connections 0`, `kafka_server_raftmetrics_pending_add_voter 0`,
	`kafka_server_raftmetrics_uncommitted_voter_change 0`, `kafka_server_raftmetrics_is_voter 1`, `kafka_server_raftmetrics_ignored_static_voters 0`,
	`kafka_server_raftmetrics_commit_latency_avg `, `kafka_server_raftmetrics_commit_latency_max `, `kafka_server_raftmetrics_election_latency_avg `,
	`kafka_server_raftmetrics_election_latency_max `, `kafka_server_raftmetrics_append_records_rate `, `kafka_server_raftmetrics_fetch_records_rate `,
	`kafka_server_raftmetrics_poll_idle_ratio_avg `, `kafka_controller_kafkacontroller_lastappliedrecordtimestamp 1`,
	`kafka_controller_kafkacontroller_lastappliedrecordlagms 0`, `kafka_controller_kafkacontroller_metadataerrorcount 0`,
	`kafka_controller_kafkacontroller_newactivecontrollerscount 1`, `kafka_controller_kafkacontroller_eventqueueoperationsstartedcount `,
	`kafka_controller_kafkacontroller_eventqueueoperationstimedoutcount 0`, `kafka_controller_kafkacontroller_timedoutbrokerheartbeatcount 0`,
	`kafka_controller_kafkacontroller_ignoredstaticvoters 0`, `kafka_controller_controllereventmanager_eventqueuetimems_count `,
	`kafka_controller_controllereventmanager_eventqueueprocessingtimems_count `, `kafka_controller_controllerstats_electionfromeligibleleaderreplicas_total 0`,
	`kafka_server_raftmetrics_number_of_voters 1`, `kafka_server_raftmetrics_number_of_observers 0`,
	`kafka_controller_kafkacontroller_fencedbrokercount `, `kafka_controller_controllerstats_uncleanleaderelections_total `,
	`kafka_network_requestmetrics_requests_total{request="Produce",version="`, `kafka_network_requestmetrics_errors_total{error="NONE",request="Produce"}`,
	`kafka_network_requestmetrics_totaltimems{request="Produce",quantile="0.99"}`, `kafka_network_requestmetrics_totaltimems_count{request="Fetch"}`,
	`kafka_network_requestmetrics_localtimems{request="Produce",quantile="0.99"}`, `kafka_network_requestmetrics_remotetimems{request="Fetch",quantile="0.99"}`,
	`kafka_network_requestmetrics_requestqueuetimems{request="Produce",quantile="0.99"}`,
	`kafka_network_requestmetrics_responsequeuetimems{request="Produce",quantile="0.99"}`,
	`kafka_network_requestmetrics_responsesendtimems{request="Fetch",quantile="0.99"}`,
	`kafka_server_socket_server_metrics_connection_count{listener="PLAINTEXT"}`, `kafka_server_socket_server_metrics_connection_creation_total `,
	`kafka_log_log_size{partition="0",topic="t"}`, `kafka_log_log_numlogsegments{partition="0",topic="t"}`,
	`kafka_log_log_logstartoffset{partition="0",topic="t"}`, `kafka_log_log_logendoffset{partition="0",topic="t"} 2`,
	`kafka_cluster_partition_underreplicated{partition="0",topic="t"} 0`, `kafka_cluster_partition_insyncreplicascount{partition="0",topic="t"} 1`,
	`kafka_cluster_partition_replicascount{partition="0",topic="t"} 1`, `kafka_cluster_partition_underminisr{partition="0",topic="t"} 0`,
	`kafka_log_logmanager_offlinelogdirectorycount `, `kafka_log_logmanager_logdirectoryoffline{logDirectory="`,
	`kafka_log_logflushstats_logflushrateandtimems_count `, `kafka_log_logcleanermanager_uncleanable_partitions_count{logDirectory="`,
	`kafka_log_logcleanermanager_max_dirty_percent `, `kafka_log_logcleaner_cleaner_recopy_percent `,
	`kafka_coordinator_group_groupmetadatamanager_numgroups `, `kafka_coordinator_group_groupmetadatamanager_numoffsets `,
	`process_cpu_seconds_total `, `process_resident_memory_bytes `, `process_open_fds `,
}

// TestDashboardNames scrapes the built binary after some traffic.
func TestDashboardNames(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "brolga")
	build := exec.Command("go", "build", "-o", binary, "github.com/brolga-io/brolga/cmd/brolga")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	args := []string{"server"}
	for _, s := range settings(filepath.Join(t.TempDir(), "data"), "metrics.listener=http://127.0.0.1:0") {
		args = append(args, "--override", s)
	}
	cmd := exec.Command(binary, args...)
	stdout := must(cmd.StdoutPipe())(t)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
		_, _ = io.Copy(io.Discard, stdout)
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v\n%s", err, &stderr)
		}
	}()
	broker, scrape := addresses(t, stdout)
	ctx := limit(t)
	c := must(kgo.NewClient(kgo.SeedBrokers(broker), kgo.DefaultProduceTopic("t"), kgo.ConsumeTopics("t"), kgo.ConsumerGroup("g"), kgo.AllowAutoTopicCreation()))(t)
	defer c.Close()
	if err := c.ProduceSync(ctx, &kgo.Record{Value: []byte("a")}, &kgo.Record{Value: []byte("b")}).FirstErr(); err != nil {
		t.Fatal(err)
	}
	for got := 0; got < 2 && ctx.Err() == nil; {
		got += c.PollFetches(ctx).NumRecords()
	}
	// A request is counted once its answer has left, which its client does not see.
	for {
		resp := must(http.Get(scrape))(t)
		text := "\n" + string(must(io.ReadAll(resp.Body))(t))
		resp.Body.Close()
		missing := slices.DeleteFunc(slices.Clone(dashboardNames), func(name string) bool { return strings.Contains(text, "\n"+name) })
		if len(missing) == 0 {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("no series %s in\n%s", strings.Join(missing, ", "), text)
		}
	}
}

// addresses reads from the log where clients and scrapes connect.
func addresses(t *testing.T, log io.Reader) (broker, scrape string) {
	t.Helper()
	lines := bufio.NewScanner(log)
	for deadline := time.Now().Add(30 * time.Second); (broker == "" || scrape == "") && time.Now().Before(deadline) && lines.Scan(); {
		if m := regexp.MustCompile(`told to connect to (\S+)`).FindStringSubmatch(lines.Text()); m != nil {
			broker = m[1]
		}
		if m := regexp.MustCompile(`Metrics are on (\S+)`).FindStringSubmatch(lines.Text()); m != nil {
			scrape = m[1]
		}
	}
	if broker == "" || scrape == "" {
		t.Fatalf("broker %q, metrics %q", broker, scrape)
	}
	return broker, scrape
}

// TestWaitingFetchesAreSeen: a fetch without data is in the purgatory of Fetch.
func TestWaitingFetchesAreSeen(t *testing.T) {
	n := startForBadInput(t)
	defer n.stop()
	req := &wire.FetchRequest{}
	req.SetDefaults()
	req.MaxWaitMs, req.MinBytes, req.MaxBytes = 60_000, 1, 1<<20
	p := wire.FetchRequestFetchPartition{}
	p.SetDefaults()
	p.PartitionMaxBytes = 1 << 20
	req.Topics = []wire.FetchRequestFetchTopic{{Topic: worksTopic, Partitions: []wire.FetchRequestFetchPartition{p}}}
	c := n.raw()
	c.send(req, 12)
	eventually(t, "the fetch is counted", func() bool { return n.replicaCounts().WaitingFetches == 1 })
	n.mustWork("a record comes")
	eventually(t, "it is counted no more", func() bool { return n.replicaCounts().WaitingFetches == 0 })
}
