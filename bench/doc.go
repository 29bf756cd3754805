// Command bench measures brolga against the least that a broker can do in Go
// (package floor), side by side on the same machine in the same minute.
//
//	bench [-brolga bin/brolga] [-pairs 5] [row …]   the table (make bench)
//	bench kafka [-pairs 5] [-warm 1m] [row …]       beside Apache Kafka (make bench-kafka)
//	bench guard                                     what CI runs (make bench-guard)
//	bench floor -addr HOST:PORT -dir DIR            the floor itself (-leader: a follower)
//
// Each row runs the two brokers in turn, A B A B, each in a fresh process over an
// empty directory, and compares the CPU time that the broker's process took. What
// counts is the ratio of a pair; the table shows medians. Before, between and
// after the two, a calibration (TCP echo and CRC) measures what else the machine
// is doing; a pair during which it changed by more than calibrationTolerance is
// dropped and repeated.
//
// Rows of three brokers run three processes of each kind and sum what they take;
// the first one leads every partition that is written to, the others copy it.
//
// The rows of a scenario go through the life of one broker instead: ten thousand
// partitions, a thousand members, gigabytes after kill -9, a compaction, a leader
// that dies. They have bounds of their own, and where there is one a floor that does the same work.
//
// kafka measures every row on brolga, Apache Kafka and, where it can, the floor, in
// turn. Both brokers stay up for the rows of one broker, then both clusters for
// those of three; each measure begins with a new topic, and the JVMs are warmed
// before the first. Rows about starts and failures begin with empty directories.
//
// guard compares a few rows with the ratios in baseline.json and fails when a row
// is clearly worse in two of three rounds.
package main
