// Package txn has what producers need beyond a partition's log. Today that is
// producer ids for idempotent producers; the transaction coordinator has its
// place here.
//
// Invariants. A producer id is handed out once, by one broker, for ever: ids come
// from blocks that the controller allocates in the metadata log, and what is left
// of a block when the broker stops is lost.
//
// Concurrency. ProducerIDs is safe for concurrent use; one caller at a time asks
// the controller, the others wait for it.
//
// It deliberately does not know how the controller is reached.
package txn
