// Package batch is Kafka's record batch of format version 2 (magic 2, KIP-98):
// parse and check its header, validate the records of a produced batch,
// iterate records, and build new batches with every codec.
//
// Invariants: no input makes a function panic or allocate more than a small
// multiple of the bytes it was given or of the cap it was told; a batch that
// is valid is never re-encoded unless compaction or another codec asks for it,
// only its base offset, leader epoch and (for
// LogAppendTime) timestamp are patched in place. Uncompressed batches are
// validated without allocating.
//
// Functions hold no state but pools of compressors and may be called from any
// goroutine. Builder and Reader values belong to one goroutine at a time.
//
// It deliberately does no I/O and knows neither error codes of the protocol
// nor topics: callers map ErrorKind to codes. Message formats 0 and 1 are
// recognised only to be refused.
package batch
