// Package peer is how a node speaks to other nodes: lean connections that send a
// request in a version both ends are known to have, and decode the answer in
// place. Conn sends one request at a time and dials again by itself; Pipe is one
// connection on which requests leave without waiting for the answers before.
//
// Invariants. An answer belongs to the request whose correlation id it carries, or
// the connection is given up. Nothing is read that is longer than the limit, and
// no memory is taken before the length was checked. After an error nothing of the
// old connection is used again: what became of the request is unknown.
//
// Concurrency. A Conn may be shared; a request waits for the one before it. Close
// may be called at any time and ends a request that is under way. A Pipe is
// written to by one goroutine; a goroutine of its own reads the answers. A Conn
// has no goroutine, so an idle one learns of a loss with its next request.
//
// It deliberately knows no API, picks no version, keeps no list of nodes and
// retries nothing: who asks decides what an error means.
package peer
