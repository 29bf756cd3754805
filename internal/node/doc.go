// Package node puts one process together from its configuration: it opens the
// data directories, the quorum, the controller and the listeners, starts and
// stops them in order, and hands every committed metadata change on to the rooms
// that act on it, in one written order (publish.go).
//
// Invariants. The image that requests are answered from is published before any
// room acts on what is new in it. Nothing is served before this broker is
// registered, unfenced and knows so. A node formats only directories that are
// empty, and never takes over the data of another cluster or node.
//
// Concurrency. Start and Close are called once each, by one goroutine. Publishing
// runs on one goroutine, the quorum's observer. Everything that requests read is
// behind atomic pointers.
//
// It deliberately holds no Kafka logic: what a request means is api's, what a
// change means is for the room that it is handed to.
package node
