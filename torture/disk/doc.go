// Package disk gives a process a disk of its own that can fail as real ones do: an
// ext4 file system in a sparse file, mounted through a loop device. It can lose power
// (everything that was not synced is gone), answer every access with EIO, become full,
// and become read-only.
//
// Invariants. A power loss keeps what was fsynced and what the kernel had written by
// itself, nothing else: the journal commits only when it is asked to (commit=600), and
// the ioctl FS_IOC_SHUTDOWN drops what it holds. What a fault took is measured and told
// (Lost, FreeBytes), so that a run can say whether it did anything.
//
// Concurrency. A Disk belongs to one goroutine; several of them do not know of each
// other. Whoever uses the files stands still (SIGSTOP) during PowerOff and ReadOnly: of an
// fsync that is under way ext4 may say that it went well when nothing was written (52 of
// 300 times when a file system became read-only, 33 of 300 when it was shut down, Linux
// 6.18). It must be killed before it goes on if it is not to see EIO, and be dead before
// Remount.
//
// It deliberately simulates nothing: torn and reordered writes are the business of
// vfs.Mem. It needs root and Linux; Available says what is missing.
package disk
