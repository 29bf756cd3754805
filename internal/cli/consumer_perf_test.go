package cli

import (
	"strings"
	"testing"
	"time"
)

func TestConsumerPerfReport(t *testing.T) {
	var out strings.Builder
	now := time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)
	env := &Env{Stdout: &out, Now: func() time.Time { return now }}
	dates, err := parseDateFormat("HH:mm:ss")
	if err != nil {
		t.Fatal(err)
	}
	joining := newJoinClock(env)
	now = now.Add(time.Second)
	joining.assigned(map[string][]int32{"t": {0, 1}})
	report := newConsumerPerfReport(env, &consumerPerfPlan{numRecords: 4, timeoutMs: 10, intervalMs: 1000, details: true, dates: dates}, joining)
	report.lastReport = joining.start
	for range 4 {
		now = now.Add(time.Second)
		report.record(1<<20, now)
	}
	report.printTotal(now)
	report.warnOfTimeout()
	want := `01:00:02, 0, 1.0000, 0.5000, 1, 0.5000, 1000, 1000, 1.0000, 1.0000
01:00:03, 0, 2.0000, 1.0000, 2, 1.0000, 0, 1000, 1.0000, 1.0000
01:00:04, 0, 3.0000, 1.0000, 3, 1.0000, 0, 1000, 1.0000, 1.0000
01:00:05, 0, 4.0000, 1.0000, 4, 1.0000, 0, 1000, 1.0000, 1.0000
01:00:00, 01:00:05, 4.0000, 0.8000, 4, 0.8000, 1000, 4000, 1.0000, 1.0000
WARNING: Exiting before consuming the expected number of records: timeout (10 ms) exceeded. You can use the --timeout option to increase the timeout.
`
	if got := out.String(); got != want {
		t.Errorf("got:\n%swant:\n%s", got, want)
	}
}

// Only the time without any partition counts as rebalancing.
func TestJoinClock(t *testing.T) {
	now := time.UnixMilli(0)
	j := newJoinClock(&Env{Now: func() time.Time { return now }})
	at := func(ms int64) { now = time.UnixMilli(ms) }
	at(100)
	j.assigned(map[string][]int32{"t": {0}})
	at(200)
	j.assigned(map[string][]int32{"t": {1}})
	at(300)
	j.revoked(map[string][]int32{"t": {1}})
	at(400)
	j.assigned(map[string][]int32{"t": {1}})
	if j.total() != 100 || j.takeRound() != 100 || j.takeRound() != 0 {
		t.Errorf("total %d ms, want 100", j.total())
	}
	j.revoked(map[string][]int32{"t": {0, 1}})
	at(450)
	j.assigned(map[string][]int32{"u": {0}})
	if j.total() != 150 || j.takeRound() != 50 {
		t.Errorf("total %d ms, want 150", j.total())
	}
}

func TestConsumerPerfProps(t *testing.T) {
	env, _, stderr := testEnv("")
	o := newConsumerPerfOptions(env)
	var err error
	o.set, err = o.parser.parse(strings.Fields("--broker-list a:1 --topic t --messages 5 --threads 3 --num-fetch-threads 2 --timeout -1 " +
		"--command-property max.partition.fetch.bytes=1 --command-property fetch.min.bytes=7 --from-latest"))
	if err != nil {
		t.Fatal(err)
	}
	if err := o.check(env, []string{"x"}); err != nil {
		t.Fatal(err, stderr)
	}
	props, err := o.props()
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{
		"bootstrap.servers": "a:1", "group.id": "perf-consumer-4711", "max.partition.fetch.bytes": "1048576", "fetch.min.bytes": "7",
		"auto.offset.reset": "latest", "client.id": "perf-consumer-client", "receive.buffer.bytes": "",
	} {
		if props[key] != want {
			t.Errorf("%s is %q, want %q", key, props[key], want)
		}
	}
	plan, err := o.plan()
	if err != nil || plan.numRecords != 5 || plan.timeoutMs != -1 {
		t.Errorf("plan %+v, %v", plan, err)
	}
}

// The name of what is measured stays in the table of metrics.
func TestConsumerPerfMetrics(t *testing.T) {
	addr := startStandIn(t)
	env, stdout, stderr := testEnv("")
	env.Now = time.Now
	env.Interrupts = systemInterrupts
	setup := []string{"--bootstrap-server", addr, "--topic", "m", "--num-records", "10", "--throughput", "-1", "--record-size", "10"}
	if code := runProducerPerf(env, setup); code != 0 {
		t.Fatal(stderr)
	}
	stdout.Reset()
	code := runConsumerPerf(env, []string{"--bootstrap-server", addr, "--topic", "m", "--num-records", "10", "--print-metrics", "--socket-buffer-size", "65536"})
	for _, want := range []string{", 0.0001, ", ", 10, ", "\nMetric Name ",
		"consumer-fetch-manager-metrics:records-consumed-total:{client-id=perf-consumer-client} : 10.000\n"} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("exit %d: %q is missing in:\n%s%s", code, want, stdout, stderr)
		}
	}
}
