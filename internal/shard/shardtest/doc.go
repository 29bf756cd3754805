// Package shardtest helps to test what runs on a shard: a log in memory whose
// commits, failures and epochs a test controls, and a checker that compares a live
// machine with one rebuilt from the log.
//
// A Log starts in the easy mode: every append succeeds and is committed at once.
//
// All methods may be called from any goroutine.
//
// It is for tests only and keeps no bytes in any format.
package shardtest
