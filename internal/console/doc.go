// Package console is the web console: pages embedded in the binary (ui), the HTTP
// API behind them, and the push channel that keeps them live. It reaches every
// cluster, the one of its own process too, through the Kafka protocol only, so
// that it shows any Kafka as well as brolga.
//
// Invariants. Every route stands in one table (routes.go), from which the
// description of the API and the types of the page are generated. Every request
// passes one gate (gate.go) that knows who asks and whether they may change
// anything, whatever the transport. What a cluster's users wrote is data: it
// travels as JSON, never as markup. Bodies, pages, scans, streams and everything
// that is remembered have a limit.
//
// Concurrency. One sampler per cluster (sampler.go) asks its brokers at a pace
// that their answers' cost decides, and publishes immutable samples; requests
// read the newest. Each stream has one goroutine, which ends with its request.
// Nothing waits for a slow reader: what does not fit is dropped and counted.
//
// It deliberately keeps nothing but the list of added clusters, knows nothing of
// the broker's insides, and does not decide who may do what inside a cluster:
// that is the cluster's own business.
package console
