package metrics

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// Registry has the metrics of one node, a field for each room.
type Registry struct {
	Topics     Topics
	Requests   Requests
	Replica    Replica
	Group      Group
	Controller Controller
	Quorum     Quorum
	Log        Log
	Server     Server

	now  func() time.Time
	once sync.Once
	prom *prometheus.Registry
}

// New returns an empty registry; now is the clock of the histograms' windows.
func New(now func() time.Time) *Registry {
	return &Registry{now: now}
}

// Gatherer returns what a /metrics endpoint serves: this node's metrics and
// those of the Go runtime and the process. It is set up at the first call.
func (r *Registry) Gatherer() prometheus.Gatherer {
	r.once.Do(func() {
		r.prom = prometheus.NewRegistry()
		r.prom.MustRegister(
			roomCollector{r},
			collectors.NewGoCollector(),
			collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		)
	})
	return r.prom
}

// roomCollector turns the registry's numbers into metrics at scrape.
type roomCollector struct{ r *Registry }

// Describe tells nothing: the series depend on topics and requests.
func (roomCollector) Describe(chan<- *prometheus.Desc) {}

// Collect reports everything once.
func (c roomCollector) Collect(ch chan<- prometheus.Metric) {
	out := &emitter{ch}
	now := c.r.now()
	c.r.Topics.collect(out)
	c.r.Requests.collect(out, now)
	c.r.Replica.collect(out)
	c.r.Group.collect(out)
	c.r.Controller.collect(out, now, &c.r.Quorum)
	c.r.Quorum.collect(out, now)
	c.r.Log.collect(out, now)
	c.r.Server.collect(out)
}

// emitter makes metrics of numbers.
type emitter struct{ ch chan<- prometheus.Metric }

func (e *emitter) desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

func (e *emitter) counter(d *prometheus.Desc, n int64, labels ...string) {
	e.ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n), labels...)
}

func (e *emitter) value(d *prometheus.Desc, v float64, labels ...string) {
	e.ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
}

func (e *emitter) plainCounter(name, help string, c *Counter) {
	e.counter(e.desc(name, help), c.Value())
}

func (e *emitter) gauge(name, help string, n int) {
	e.value(e.desc(name, help), float64(n))
}

// histogram reports count, sum and quantiles; label may be empty.
func (e *emitter) histogram(name, help, label, labelValue string, s snapshot) {
	var names, values []string
	if label != "" {
		names, values = []string{label}, []string{labelValue}
	}
	e.ch <- prometheus.MustNewConstSummary(e.desc(name, help, names...), uint64(s.count), s.sumMs, s.quantiles, values...)
}
