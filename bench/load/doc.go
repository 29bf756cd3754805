// Package load makes raw load for any broker that serves Produce version 9 and
// Fetch version 11 on a topic named bench. Requests are encoded once and sent
// again and again, so that the client hardly costs anything and the broker's CPU
// time says something about the broker.
//
// Invariants. Every answer is looked at: an error code ends the run, and what is
// fetched is walked batch by batch.
//
// Concurrency. Each function runs its own goroutines and returns when all are
// done.
//
// It deliberately is no client: no metadata, no retries, no sessions.
package load
