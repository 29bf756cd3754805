// Package cli is Kafka's command line in one binary: the kafka-* tools with
// their options, texts, exit codes and split between the two output streams.
// One file (or a few, cut by noun) per tool, one table of them all (table.go).
//
// Invariants. A tool prints what Apache Kafka's tool of the recorded version
// prints; testdata/golden holds the recordings and TestGolden replays them. A
// tool ends with an exit code, never with a Go panic or a stack trace: where
// the Java tool prints a trace, ours prints its first line. Option spellings of
// every Kafka from 2.8 on are accepted; help shows those of the recorded one.
//
// Concurrency. A tool runs in the goroutine that calls Run and starts others
// only for signals, prompts and the client library; they end before Run
// returns. Nothing is shared between two runs and no package-level state is
// ever written.
//
// It deliberately knows nothing of the broker's insides: tools reach a cluster
// through the Kafka protocol only, so they work against any Kafka. The two
// tools that touch files (kafka-storage, kafka-dump-log) use the storage rooms.
package cli
