// Package metrics holds the metric names and the registry of one node. Names
// are those that jmx_exporter's usual Kafka rules give to Kafka's MBeans, so
// that existing dashboards keep working; what Kafka does not have begins with
// brolga_.
//
// Invariants: a counter never falls, not even the sum over all topics when a
// topic is deleted. A scrape changes nothing but the window of the histograms.
//
// Concurrency: handles (Counter, Histogram, Topic, Request and the fields of
// Registry) may be used from anywhere; updating one is a few atomic additions
// and takes no lock, but for Recent and Rate, which have a mutex each and are for
// what is rare. Reading happens at scrape only, through functions that the
// rooms hand in; those are called from the scraping goroutine.
//
// It deliberately does not serve HTTP, know what the numbers mean, or keep
// package-level state: several nodes live in one process. Nothing of the
// Prometheus client is set up before the first scrape.
package metrics
