package metrics

import (
	"strconv"
	"sync"
	"time"
)

// Request counts the requests of one API in one version (RequestMetrics).
type Request struct {
	Requests Counter
}

// API measures the requests of one API over all versions, in the parts that Kafka
// has: local is work on the request, remote is waiting for something else (data,
// replicas, members of a group), and the answer is sent at the end.
type API struct {
	Total  Histogram // from a request's bytes being read to its answer being sent
	Local  Histogram
	Remote Histogram
	Send   Histogram

	name     string
	mu       sync.RWMutex
	versions map[int16]*Request
	errors   map[string]*Counter
}

// Version returns the counters of one version of the API; keep the pointer.
func (a *API) Version(version int16) *Request {
	a.mu.RLock()
	r := a.versions[version]
	a.mu.RUnlock()
	if r != nil {
		return r
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if r = a.versions[version]; r == nil {
		if a.versions == nil {
			a.versions = map[int16]*Request{}
		}
		r = &Request{}
		a.versions[version] = r
	}
	return r
}

// Error returns the counter of one error name, Kafka's, such as NONE.
func (a *API) Error(name string) *Counter {
	a.mu.RLock()
	c := a.errors[name]
	a.mu.RUnlock()
	if c != nil {
		return c
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if c = a.errors[name]; c == nil {
		if a.errors == nil {
			a.errors = map[string]*Counter{}
		}
		c = &Counter{}
		a.errors[name] = c
	}
	return c
}

// Requests holds the metrics of all APIs.
type Requests struct {
	mu     sync.RWMutex
	byName map[string]*API
}

// API returns the metrics of an API by its name, such as Produce; keep the
// pointer.
func (r *Requests) API(name string) *API {
	r.mu.RLock()
	a := r.byName[name]
	r.mu.RUnlock()
	if a != nil {
		return a
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if a = r.byName[name]; a == nil {
		if r.byName == nil {
			r.byName = map[string]*API{}
		}
		a = &API{name: name}
		r.byName[name] = a
	}
	return a
}

// collect reports requests, errors and times of every API that was used.
func (r *Requests) collect(out *emitter, now time.Time) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	const prefix = "kafka_network_requestmetrics_"
	requests := out.desc(prefix+"requests_total", "Requests received.", "request", "version")
	errs := out.desc(prefix+"errors_total", "Answers by error; an answer without one counts as NONE.", "request", "error")
	for _, a := range r.byName {
		a.mu.RLock()
		for version, v := range a.versions {
			out.counter(requests, v.Requests.Value(), a.name, strconv.Itoa(int(version)))
		}
		for name, c := range a.errors {
			out.counter(errs, c.Value(), a.name, name)
		}
		a.mu.RUnlock()
		out.histogram(prefix+"totaltimems", "Milliseconds from a request to its answer.", "request", a.name, a.Total.read(now))
		out.histogram(prefix+"localtimems", "Milliseconds of work on a request.", "request", a.name, a.Local.read(now))
		out.histogram(prefix+"remotetimems", "Milliseconds that a request waited for something else.", "request", a.name, a.Remote.read(now))
		out.histogram(prefix+"responsesendtimems", "Milliseconds of sending an answer.", "request", a.name, a.Send.read(now))
		// A request is worked on by the goroutine that read it, and its answer is
		// written by it: there is no queue before or after.
		for _, queue := range []string{"requestqueuetimems", "responsequeuetimems"} {
			out.histogram(prefix+queue, "Always 0: there is no such queue.", "request", a.name, snapshot{count: a.Total.count.Load(), quantiles: noQuantiles()})
		}
	}
}

// noQuantiles are the quantiles of what takes no time.
func noQuantiles() map[float64]float64 {
	none := make(map[float64]float64, len(quantiles))
	for _, q := range quantiles {
		none[q] = 0
	}
	return none
}
