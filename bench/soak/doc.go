// Command soak holds a mixed load on a cluster of three brolga processes for hours
// and judges whether they stayed as they were (make soak).
//
//	soak [-brolga bin/brolga] [-hours 1] [-dir DIR] [-report FILE]
//
// The load: producers with every codec, acks=all and acks=1, idempotent and not; a
// compacted topic; a topic whose segments are small and expire after a minute;
// groups that come and go; topics that are created, configured, grown and deleted;
// readers of the console's pages and of its live stream. Two of the three nodes are
// restarted now and then, in turn orderly and by kill -9. Node 1 is left alone, so
// that there is one process whose whole life can be looked at.
//
// Every sampleEvery a sample is taken of each node: resident memory, heap,
// goroutines, descriptors, bytes on disk, CPU time; and the latency of produce and
// of a consumer at the end, beside a TCP echo in the same seconds.
//
// The verdict (verdict.go) looks at what came after the warm-up: no series may grow
// by more than its bound, no acknowledged record may be missing, every key of the
// compacted topic must have its last acknowledged value, and no process may have
// ended by itself or written a bug or a panic to its log.
//
// It deliberately measures no throughput: the load is a fifth of a processor, so
// that a soak can run beside other work.
package main
