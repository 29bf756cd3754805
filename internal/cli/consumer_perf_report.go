package cli

import (
	"sync"
	"time"
)

// consumerPerfReport counts for kafka-consumer-perf-test: the whole run, and
// the window since the last row of --show-detailed-stats.
type consumerPerfReport struct {
	*consumerPerfPlan
	env     *Env
	joining *joinClock
	start   time.Time

	records, bytes         int64
	lastRecords, lastBytes int64
	lastReport             time.Time
	interval               time.Duration
}

func newConsumerPerfReport(env *Env, plan *consumerPerfPlan, joining *joinClock) *consumerPerfReport {
	return &consumerPerfReport{consumerPerfPlan: plan, env: env, joining: joining, start: joining.start, lastReport: env.Now(),
		interval: time.Duration(min(plan.intervalMs, int64(1<<62)/int64(time.Millisecond))) * time.Millisecond}
}

// record counts one record of a poll that returned at now.
func (r *consumerPerfReport) record(bytes int, now time.Time) {
	r.records++
	r.bytes += int64(bytes)
	if now.Sub(r.lastReport) < r.interval {
		return
	}
	joinMs := r.joining.takeRound()
	if r.details {
		r.printWindow(now, joinMs)
	}
	r.lastReport, r.lastRecords, r.lastBytes = now, r.records, r.bytes
}

const bytesPerMB = 1 << 20

func (r *consumerPerfReport) printWindow(now time.Time, joinMs int64) {
	elapsedMs := now.UnixMilli() - r.lastReport.UnixMilli()
	mb := float64(r.bytes-r.lastBytes) / bytesPerMB
	records := float64(r.records - r.lastRecords)
	fetchMs := elapsedMs - joinMs
	fetchMBPerSecond, fetchPerSecond := 0.0, 0.0
	if fetchMs > 0 {
		fetchMBPerSecond, fetchPerSecond = 1000*mb/float64(fetchMs), 1000*records/float64(fetchMs)
	}
	r.env.outf("%s, 0, %s, %s, %d, %s, %d, %d, %s, %s\n", r.dates.format(now),
		javaFixed(float64(r.bytes)/bytesPerMB, 4), javaFixed(1000*mb/float64(elapsedMs), 4), r.records, javaFixed(1000*records/float64(elapsedMs), 4),
		joinMs, fetchMs, javaFixed(fetchMBPerSecond, 4), javaFixed(fetchPerSecond, 4))
	_ = r.env.flush()
}

func (r *consumerPerfReport) printTotal(end time.Time) {
	elapsedMs, joinMs := end.UnixMilli()-r.start.UnixMilli(), r.joining.total()
	fetchMs := elapsedMs - joinMs
	mb, records := float64(r.bytes)/bytesPerMB, float64(r.records)
	seconds, fetchSeconds := float64(elapsedMs)/1000, float64(fetchMs)/1000
	r.env.outf("%s, %s, %s, %s, %d, %s, %d, %d, %s, %s\n", r.dates.format(r.start), r.dates.format(end),
		javaFixed(mb, 4), javaFixed(mb/seconds, 4), r.records, javaFixed(records/seconds, 4),
		joinMs, fetchMs, javaFixed(mb/fetchSeconds, 4), javaFixed(records/fetchSeconds, 4))
}

func (r *consumerPerfReport) warnOfTimeout() {
	r.env.outf("WARNING: Exiting before consuming the expected number of records: timeout (%d ms) exceeded. "+
		"You can use the --timeout option to increase the timeout.\n", r.timeoutMs)
}

// joinClock measures how long a member had no partitions at all. The client
// library calls it from a goroutine of its own.
type joinClock struct {
	env   *Env
	start time.Time

	mu      sync.Mutex
	since   time.Time
	held    map[topicPartition]bool
	totalMs int64
	roundMs int64
}

func newJoinClock(env *Env) *joinClock {
	now := env.Now()
	return &joinClock{env: env, start: now, since: now, held: map[topicPartition]bool{}}
}

func (j *joinClock) assigned(partitions map[string][]int32) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.held) == 0 {
		ms := j.env.Now().UnixMilli() - j.since.UnixMilli()
		j.totalMs += ms
		j.roundMs += ms
	}
	for topic, ids := range partitions {
		for _, id := range ids {
			j.held[topicPartition{topic, id}] = true
		}
	}
}

func (j *joinClock) revoked(partitions map[string][]int32) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for topic, ids := range partitions {
		for _, id := range ids {
			delete(j.held, topicPartition{topic, id})
		}
	}
	if len(j.held) == 0 {
		j.since = j.env.Now()
	}
}

func (j *joinClock) total() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.totalMs
}

// takeRound returns the time since it was asked last.
func (j *joinClock) takeRound() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	ms := j.roundMs
	j.roundMs = 0
	return ms
}
