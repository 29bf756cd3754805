// Package vfs is the seam between brolga and the file system: the few file
// operations that the storage rooms need, behind two small interfaces.
//
// Three implementations exist. OS is the real file system. Mem lives in
// memory and can be cloned as it would look after a power loss: only what was
// fsynced is certain to survive, and directory entries that were never synced
// survive only if the test says so. ErrorFS wraps either and fails the
// operations a test picks. Invariant: whatever the storage rooms may rely on
// after a crash is what Mem keeps, never more.
//
// Every FS and every File is safe for concurrent use. Reads and writes take
// explicit offsets, so there is no shared file position.
//
// It deliberately has no mmap (a SIGBUS cannot be caught in Go), no append
// mode and no path cleaning: names are used as given.
package vfs
