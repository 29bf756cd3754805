// Package server owns the sockets: listeners, framing, the order of answers,
// connection limits, idle close and shutdown. It calls a Handler with whole
// requests and sends what the handler encoded. It does not know what a request
// means; the only distinction it makes is whether an API key is staged (many
// requests of one read are made real by one commit) or served one by one.
//
// Invariants. Answers leave in request order. A request that is not staged
// starts only when every earlier answer of its connection has been written.
// Nothing is allocated for bytes that were announced but did not arrive. A
// parked connection holds no buffer unless part of a frame has arrived, and
// then one in proportion to that part. At most MaxWaitingAnswers answers of a
// connection wait; then nothing more is read from it.
//
// Concurrency. One goroutine per connection (runRequests) reads, calls the
// handler and writes. Answers that wait for something else (replication) lie in
// the connection's answer queue with holes in them; Conn.Complete fills a hole
// from any goroutine and never touches the socket. A second goroutine per
// connection (runAnswers) exists only while that queue is not empty. One
// goroutine per server (runSweep) closes idle and stuck connections, so no
// connection has a timer of its own.
//
// It deliberately does not decode requests, know principals' rights, charge
// quotas or retry anything: a connection that misbehaves is closed and the
// client connects again.
package server
