// Package api answers the requests of clients: one file per Kafka API, each of
// which authorises, validates, calls one room and shapes the answer. table.go
// lists what is served; errors.go is the only place where an error of another
// room becomes an error code.
//
// Invariants. What is not in the table is not served and not advertised. A body
// that cannot be decoded, an unknown API and a version outside the table close
// the connection, except ApiVersions, whose answer tells the client what it may
// ask. Every request sees one metadata image, captured when its processing
// starts.
//
// Concurrency. Handlers run on the goroutine of their connection and may block;
// the server runs no two of them for one connection at a time. Produce is
// different: the requests of one read are staged one after the other and
// committed together (produce.go). Everything an API value holds is safe for
// concurrent use.
//
// It deliberately touches no socket and no file, keeps no state of its own but
// what a connection said about itself, and decides nothing about the cluster.
package api
