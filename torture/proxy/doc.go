// Package proxy stands in front of brokers and knows where Kafka's frames begin and end.
// It can let them wait, cut them into single bytes, hold those of one API, let
// connections overtake each other, swallow what passes without closing anything, close
// late, and cut a connection in the middle of a frame.
//
// Invariants. Bytes are never changed, repeated or exchanged within a connection: what
// arrives is a prefix of what was sent, as with any TCP. A connection that lost bytes is
// cut when its front heals, and carries nothing again. What a fault did is counted when
// it happens, so that a run can say whether it bit.
//
// Concurrency. A Proxy is safe for everybody. Each connection has four goroutines, two a
// direction; Close ends and awaits them.
//
// It deliberately speaks to plain listeners only (of an encrypted stream it passes bytes
// on as they come), and decides nothing: which fault, where and how long is the
// schedule's business.
package proxy
