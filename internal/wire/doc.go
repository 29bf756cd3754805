// Package wire is the Kafka protocol as Go types: every request, response and
// record that Kafka writes into its internal topics, with the code that turns
// them into bytes and back, the request and response headers, the table of APIs
// and the table of error codes. The gen_*.go files are generated from the
// message definitions inside Kafka's own jars; `make generate` writes them
// again, and the file KAFKA_VERSION at the root of the repository pins the
// release they come from.
//
// Invariants: no bytes can make a decoder panic, hang or allocate more than a
// small multiple of what was received. Every length, array count and tag count
// is checked against the bytes that are left before anything is allocated, and
// Kafka's own limits (MaxArrayLength, MaxTaggedFields, MaxStringLength) hold on
// top. A message that was decoded without error encodes again; fields that a
// version does not carry have their default. Tagged fields are written in
// ascending order and only when they differ from their default.
//
// Concurrency: a message and a Reader belong to one goroutine at a time; there
// is no shared state. Decoded []byte fields alias the input, strings are copies
// unless the Reader was told otherwise, and decoding into a used message keeps
// the capacity of its slices.
//
// What it deliberately does not do: it has no behaviour. Whether a version is
// served, what a field means, and what the answer to a bad value is belongs to
// the rooms above; record batches are opaque bytes here (see package batch).
package wire
