// Package lab walks through the lab that people learn Kafka with, part C (the
// command line) and part D (consumer groups as bookmarks), on real input: once
// with brolga's tools and once with Apache Kafka's own, against the same kind
// of broker, and compares what they print.
//
// With COMPAT_TARGET=kafka the broker is Apache Kafka. testdata/opticks.txt is
// the beginning of Newton's Opticks (1730), which is in the public domain.
package lab
