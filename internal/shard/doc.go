// Package shard is the runtime under the controller and the coordinators: one
// shard is one log, one state machine and one event loop. A decision looks at
// the head state and returns records; the shard appends them as one batch,
// replays them at once and lets the answer go when everything the decision saw
// is committed.
//
// Invariants. Only Machine.Replay changes replicated state: live, on load and
// after a restart. A refused append changes nothing. An answer, read or write,
// never leaves before the log committed every record that its decision could
// see, under the epoch in which it was decided. Lost leadership drops the head
// and everything that waits; the next leadership starts from the log.
//
// Concurrency. Everything that belongs to one shard (decisions, Replay, Done,
// timers) runs on its loop, one at a time. There is no goroutine and no timer
// per shard: whoever submits runs the loop if nobody does, for a bounded number
// of steps, then a goroutine of the Runtime goes on. Loading always runs on
// such a goroutine. Submit, Call, Lead and Resign may be called from anywhere;
// Schedule and Cancel only on the loop.
//
// It does not know what a topic, a group or a transaction is, keeps no records
// beside the log, does not retry, and does not elect: somebody tells it to Lead
// and to Resign.
package shard
