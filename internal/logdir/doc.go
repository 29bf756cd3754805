// Package logdir keeps all logs of a broker in its data directories: it locks
// the directories and checks whose they are, opens or recovers every
// partition, creates and deletes them, and runs what logs need in the
// background: flushing, checkpoints, retention, compaction, and the delayed
// removal of files.
//
// Invariants: the clean-shutdown mark is gone and that is durable before any
// log is opened; a checkpoint never claims more than was fsynced; a partition
// is deleted only under the topic id it was created with, by a rename first
// and removal later; a directory with one failed write or fsync is offline as
// a whole and nothing in it is written again; a partition that moves counts in
// one directory at any time, also after a crash.
//
// Dirs is safe for concurrent use. Four goroutines (flusher, housekeeper, the
// maker of new partitions' directories, and the mover of partitions between
// directories), the scrubber if the owner wants one, and the cleaners, started by run…
// methods and awaited by Close, do the background work; none of them touches a
// log at rest. Recovery uses a few workers per directory while Open runs.
//
// It deliberately knows nothing of leaders, replicas and the metadata log:
// which partitions belong here, and what is done about damaged ones, is
// decided above.
package logdir
