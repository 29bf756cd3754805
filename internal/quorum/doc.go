// Package quorum drives etcd's raft among the controllers and keeps its log as a
// Kafka log: __cluster_metadata-0, in which one raft entry is one record batch. It
// gives the active controller a shard.Log, the node a feed of what is committed,
// and stores and serves snapshots. An observer, which is any node without a vote,
// keeps a copy of what is committed instead, fetched from the controllers. Payload
// is bytes here.
//
// Invariants. Every voter stores an entry as the same bytes: base offset = log end,
// leader epoch = the entry's term. Nothing is answered to another voter, and no
// entry counts as stored, before it is on disk; term and vote are on disk before
// they are told. A conflicting tail is cut at an entry's boundary and never below
// what is committed. A term, a vote or a counted entry that this disk has lost ends
// its voting. Snapshots are verified before they are named, and the log is deleted
// only below the older of two.
//
// Concurrency. One mutex guards raft's core and what describes the log in memory;
// everybody who has something for raft takes it, and takes out what raft wants
// done. Messages, callbacks and the file system come after the mutex was given
// back, except for reads of old entries, which raft's core makes itself. One
// goroutine writes and syncs the log, one per observer reads it, one fetches a
// snapshot when that is needed. A lone leader has no ticking timer.
//
// It does not know what a topic is, opens no connection (Transport does), decides
// nothing about metadata, and takes no snapshot by itself: the node hands in the
// records of its image.
package quorum
