// Package cluster runs three to five real processes of brolga and does to them what
// machines and networks do: kills, pauses, partitions, slow links.
//
// Invariants: what a Cluster started is gone when it is closed, and what it made in
// the kernel belongs to namespaces of its own (see Enter), which end with the last
// process in them, whatever way the run ends. A node keeps its data, addresses and
// properties over all its processes. Everything a fault did can be asked for: a
// fault that cannot show that it bit counts as none.
//
// Concurrency: a Cluster and its Nodes are safe for concurrent use.
//
// It deliberately knows only the command line, files and the Kafka protocol, and
// never asks a node how it is when a client can find out.
package cluster
