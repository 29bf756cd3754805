// Package load is the clients of a run: producers whose values are all unique,
// readers, groups that commit, somebody who asks for the ends of the logs; and at the
// end a read of everything by clients that are new.
//
// Invariants. Everything goes into the history when it is invoked and again when its
// outcome is known. Whatever has no answer stays unknown. A client that a library
// declares dead is replaced by one with another name, never forgotten.
//
// Concurrency: a Load runs goroutines of its own until Stop; its history may be
// recorded to by anybody meanwhile.
//
// It deliberately does not know which faults happen, and asks no node that clients
// would not ask.
package load
