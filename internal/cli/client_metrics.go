package cli

import (
	"fmt"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// clientMetrics counts what a client does, under the names that Java's clients
// give it. The client library calls it from many goroutines.
type clientMetrics struct {
	kind, clientID string // "producer" or "consumer"
	start          time.Time

	mu                                sync.Mutex
	connections, closed               int64
	requests, bytesOut, bytesIn       int64
	latency, maxLatency               time.Duration
	batches, records, bytes, unpacked int64
	failedConnections                 int64
}

func newClientMetrics(kind, clientID string) *clientMetrics {
	return &clientMetrics{kind: kind, clientID: clientID, start: time.Now()}
}

// OnBrokerConnect implements kgo.HookBrokerConnect.
func (m *clientMetrics) OnBrokerConnect(_ kgo.BrokerMetadata, _ time.Duration, _ net.Conn, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err != nil {
		m.failedConnections++
		return
	}
	m.connections++
}

// OnBrokerDisconnect implements kgo.HookBrokerDisconnect.
func (m *clientMetrics) OnBrokerDisconnect(kgo.BrokerMetadata, net.Conn) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed++
}

// OnBrokerE2E implements kgo.HookBrokerE2E.
func (m *clientMetrics) OnBrokerE2E(_ kgo.BrokerMetadata, _ int16, e2e kgo.BrokerE2E) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.requests++
	m.bytesOut += int64(e2e.BytesWritten)
	m.bytesIn += int64(e2e.BytesRead)
	latency := e2e.DurationE2E()
	m.latency += latency
	m.maxLatency = max(m.maxLatency, latency)
}

// OnProduceBatchWritten implements kgo.HookProduceBatchWritten.
func (m *clientMetrics) OnProduceBatchWritten(_ kgo.BrokerMetadata, _ string, _ int32, b kgo.ProduceBatchMetrics) {
	m.batch(b.NumRecords, b.CompressedBytes, b.UncompressedBytes)
}

// OnFetchBatchRead implements kgo.HookFetchBatchRead.
func (m *clientMetrics) OnFetchBatchRead(_ kgo.BrokerMetadata, _ string, _ int32, b kgo.FetchBatchMetrics) {
	m.batch(b.NumRecords, b.CompressedBytes, b.UncompressedBytes)
}

func (m *clientMetrics) batch(records, bytes, unpacked int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.batches++
	m.records += int64(records)
	m.bytes += int64(bytes)
	m.unpacked += int64(unpacked)
}

// print writes the table of ToolsUtils.printMetrics, sorted by name.
func (m *clientMetrics) print(env *Env) {
	values := m.values()
	names := make([]string, 0, len(values))
	width := 0
	for name := range values {
		full := fmt.Sprintf("%s:{client-id=%s}", name, m.clientID)
		names = append(names, name)
		width = max(width, len(full))
	}
	slices.Sort(names)
	env.outf("\n%-*s   %s\n", width, "Metric Name", "Value")
	for _, name := range names {
		env.outf("%-*s : %.3f\n", width, fmt.Sprintf("%s:{client-id=%s}", name, m.clientID), values[name])
	}
}

func (m *clientMetrics) values() map[string]float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	seconds := max(time.Since(m.start).Seconds(), 1e-3)
	ratio := func(a, b int64) float64 {
		if b == 0 {
			return 0
		}
		return float64(a) / float64(b)
	}
	group := m.kind + "-metrics:"
	values := map[string]float64{
		group + "connection-count":          float64(m.connections - m.closed),
		group + "connection-creation-total": float64(m.connections),
		group + "connection-close-total":    float64(m.closed),
		group + "connection-failed-total":   float64(m.failedConnections),
		group + "request-total":             float64(m.requests),
		group + "request-rate":              float64(m.requests) / seconds,
		group + "request-latency-avg":       ratio(m.latency.Milliseconds(), m.requests),
		group + "request-latency-max":       float64(m.maxLatency.Milliseconds()),
		group + "request-size-avg":          ratio(m.bytesOut, m.requests),
		group + "outgoing-byte-total":       float64(m.bytesOut),
		group + "outgoing-byte-rate":        float64(m.bytesOut) / seconds,
		group + "incoming-byte-total":       float64(m.bytesIn),
		group + "incoming-byte-rate":        float64(m.bytesIn) / seconds,
	}
	if m.kind == "producer" {
		values[group+"record-send-total"] = float64(m.records)
		values[group+"record-send-rate"] = float64(m.records) / seconds
		values[group+"records-per-request-avg"] = ratio(m.records, m.batches)
		values[group+"batch-size-avg"] = ratio(m.bytes, m.batches)
		values[group+"compression-rate-avg"] = ratio(m.bytes, m.unpacked)
		return values
	}
	fetch := "consumer-fetch-manager-metrics:"
	values[fetch+"records-consumed-total"] = float64(m.records)
	values[fetch+"records-consumed-rate"] = float64(m.records) / seconds
	values[fetch+"bytes-consumed-total"] = float64(m.bytes)
	values[fetch+"bytes-consumed-rate"] = float64(m.bytes) / seconds
	return values
}
