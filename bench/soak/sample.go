package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/brolga-io/brolga/bench/load"
)

// sampleEvery is the time between two samples; the latencies of a sample are
// looked at for probeFor of it, at probeRate records a second.
const (
	sampleEvery = 10 * time.Second
	probeFor    = 8 * time.Second
	probeRate   = 50
)

// sample is what was seen at one moment.
type sample struct {
	at    time.Duration // since the load began
	nodes [nodeCount]nodeSample
	latency
	load1 float64 // the machine's load average
}

// nodeSample is what one process used. All but life are NaN while it is down.
type nodeSample struct {
	life                                               int
	rssMB, heapMB, goroutines, fds, diskMB, cpuSeconds float64
}

// latency is in microseconds, of a record with acks=1 on node 1: until its answer,
// until a waiting consumer has it, and of a TCP echo of the same bytes.
type latency struct {
	produce50, produce99, endToEnd50, endToEnd99, echo50, echo99 float64
}

// runSamples takes samples until the context ends.
func (r *run) runSamples(ctx context.Context) error {
	return every(ctx, sampleEvery, func() error {
		s := sample{at: time.Since(r.begun)}
		var err error
		if s.latency, err = r.probe(); err != nil {
			return fmt.Errorf("the probe of node 1: %w", err)
		}
		for i, n := range r.fleet.nodes {
			if s.nodes[i], err = n.look(ctx); err != nil {
				return err
			}
		}
		s.load1 = loadAverage()
		r.samples = append(r.samples, s)
		return r.csv.write(s)
	})
}

// probe measures the latencies.
func (r *run) probe() (latency, error) {
	l, err := load.Paced(r.fleet.nodes[0].addr, load.Leader, probeRate, 100, 1, probeFor)
	return latency{
		quantile(l.Produce, 0.5), quantile(l.Produce, 0.99),
		quantile(l.EndToEnd, 0.5), quantile(l.EndToEnd, 0.99),
		quantile(l.Echo, 0.5), quantile(l.Echo, 0.99),
	}, err
}

// quantile is in microseconds.
func quantile(times []time.Duration, q float64) float64 {
	if len(times) == 0 {
		return math.NaN()
	}
	times = slices.Sorted(slices.Values(times))
	return float64(times[min(len(times)-1, int(q*float64(len(times))))].Nanoseconds()) / 1000
}

// look asks the node's /metrics, and the disk.
func (n *node) look(ctx context.Context) (nodeSample, error) {
	nan := math.NaN()
	pid, life, err := n.running()
	s := nodeSample{life, nan, nan, nan, nan, nan, nan}
	if err != nil || pid == 0 {
		return s, err
	}
	m, err := scrape(ctx, "http://"+n.metrics+"/metrics")
	if err != nil {
		if n.id == 1 {
			return s, fmt.Errorf("the metrics of node 1: %w", err)
		}
		return s, nil // it is starting, or was just told to end
	}
	const mb = 1e6
	s.rssMB, s.heapMB = m["process_resident_memory_bytes"]/mb, m["go_memstats_heap_inuse_bytes"]/mb
	s.goroutines, s.fds = m["go_goroutines"], m["process_open_fds"]
	s.cpuSeconds = m["process_cpu_seconds_total"]
	s.diskMB = diskUse(filepath.Join(n.dir, "data")) / mb
	return s, nil
}

// scrape reads the metrics that have no labels.
func scrape(ctx context.Context, url string) (map[string]float64, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	values := map[string]float64{}
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		name, text, ok := strings.Cut(lines.Text(), " ")
		if v, err := strconv.ParseFloat(text, 64); ok && err == nil {
			values[name] = v
		}
	}
	if _, ok := values["go_goroutines"]; !ok {
		return nil, errors.New("no metrics")
	}
	return values, nil
}

// diskUse sums the files.
func diskUse(dir string) (bytes float64) {
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil { // deleted under our eyes
			return nil
		}
		if info, err := d.Info(); err == nil && d.Type().IsRegular() {
			bytes += float64(info.Size())
		}
		return nil
	})
	return bytes
}
