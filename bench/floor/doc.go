// Package floor is the least that a broker can do in Go: read frames of Produce
// version 9 and Fetch version 11, check the CRC, patch the offset, append to a
// file, answer. It is the yardstick of brolga's speed and nothing else. As three
// brokers one leads and two follow: they fetch each partition over a connection of
// its own, and acks=all is answered when both have what it is about.
//
// Invariants. One topic, bench; its partitions are single files. Requests come
// from package load, which does not lie; anything else may end the process.
//
// Concurrency. One goroutine per connection; each partition has a mutex over its
// end, which is held during the write.
//
// It deliberately has no metadata, no elections, no record checks, no sessions, no limits, no
// errors to tell and no way back after one.
package floor
