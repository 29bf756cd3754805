// Package peer runs brokers and clients as processes of their own, for the
// tests in test/compat and test/lab.
//
// Invariants: a broker listens on loopback only, on ports the system had free,
// with its data in a directory of the test. Every process that is started is
// killed when the test ends, and dies with the test's process. A client that is
// not installed skips its test with one line, or with CI=true fails it.
//
// Concurrency: a Broker belongs to one test. Drivers may be used side by side.
//
// It deliberately knows nothing of brolga but its command line: with
// COMPAT_TARGET=kafka the same tests run against Apache Kafka, which proves the
// tests.
package peer
