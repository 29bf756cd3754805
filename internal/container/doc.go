// Package container makes a container of brolga's image behave as those of
// Confluent's and Apache's Kafka images, of Confluent's ZooKeeper image and of Kafka
// UI do: it reads what the container is and how it is configured from the
// environment, prepares its data directories, and starts the broker, the controller
// or the console. It is also the small tools that compose files expect in such
// images: cub, dub, ub and nc.
//
// Invariants. What a container is depends on its environment alone, the first rule
// that matches wins (kind.go). A variable of the console never becomes a property of
// the broker. A data directory that is formatted is never formatted again. A wish
// that cannot be kept, such as TLS, stops the container with one sentence.
//
// Concurrency. The start is one goroutine, which then is the server's. While the
// server runs, one goroutine creates the topics that are wished for, and one per
// connection to the port of ZooKeeper looks at its first bytes.
//
// It deliberately knows no Kafka logic and no other room's process: the server, the
// console and the tools are handed in as functions. It speaks nothing of
// ZooKeeper's protocol but the words ruok and srvr.
package container
