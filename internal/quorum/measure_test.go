package quorum

import (
	"strings"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"

	"github.com/brolga-io/brolga/internal/metrics"
	dto "github.com/prometheus/client_model/go"
)

// scraped are the values of the quorum's metrics on one controller, by the ends of
// their names.
func scraped(t *testing.T, r *metrics.Registry) map[string]float64 {
	t.Helper()
	r.Quorum.Counts.Set(func() metrics.QuorumCounts { return metrics.QuorumCounts{} })
	families, err := r.Gatherer().Gather()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]float64{}
	for _, f := range families {
		if name, ok := strings.CutPrefix(f.GetName(), "kafka_server_raftmetrics_"); ok && f.GetType() == dto.MetricType_GAUGE {
			all[name] = f.GetMetric()[0].GetGauge().GetValue()
		}
	}
	return all
}

// TestMeasures: what the metrics say of three controllers that elect, commit, lose their
// leader and elect again.
func TestMeasures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cryptotest.SetGlobalRandom(t, 7)
		c, of := newCluster(t, 3, 7), map[int32]*metrics.Registry{}
		c.tune = func(o *Options) {
			r := metrics.New(time.Now)
			of[o.NodeID], o.Metrics = r, &r.Quorum
		}
		for _, id := range c.ids {
			c.start(id)
		}
		leader, epoch := c.leader()
		c.net.mu.Lock()
		c.net.delay = 20 * time.Millisecond // 2 to 22 for each way
		c.net.mu.Unlock()
		want := scraped(t, of[leader.opts.NodeID])["append_records_rate"]
		for range 10 {
			leader.write(epoch, "a", "b")
			time.Sleep(100 * time.Millisecond)
		}
		c.converge()
		m := scraped(t, of[leader.opts.NodeID])
		if a, most := m["commit_latency_avg"], m["commit_latency_max"]; a < 1 || a > 60 || most < a || most > 100 {
			t.Errorf("commits took %v ms, at most %v", a, most)
		}
		if r := m["append_records_rate"]; r <= want || r > 100 {
			t.Errorf("%v records were appended per second, %v before", r, want)
		}
		if r := m["poll_idle_ratio_avg"]; r <= 0 || r > 1 {
			t.Errorf("idle for %v of the time", r)
		}
		follower := c.followers(leader)[0]
		m = scraped(t, of[follower.opts.NodeID])
		if r := m["fetch_records_rate"]; r <= 0 || m["append_records_rate"] != 0 {
			t.Errorf("a follower fetched %v, appended %v", r, m["append_records_rate"])
		}
		if n := of[follower.opts.NodeID].Quorum.NewLeaders.Value(); n != 1 {
			t.Errorf("%d leaders were seen", n)
		}
		c.stop(leader.id())
		next, _ := c.leader()
		c.converge()
		m = scraped(t, of[next.opts.NodeID])
		if a, most := m["election_latency_avg"], m["election_latency_max"]; !(a > 0 && most >= a && most < 5000) {
			t.Errorf("elections took %v ms, at most %v", a, most)
		}
		if n := of[next.opts.NodeID].Quorum.NewLeaders.Value(); n < 2 {
			t.Errorf("%d leaders were seen", n)
		}
		if st := next.q.Status(); st.State != "leader" || st.Vote != next.opts.NodeID || st.LogEndEpoch != st.LeaderEpoch || st.Changing {
			t.Errorf("the leader's status is %+v", st)
		}
	})
}
