// Package planted holds bugs that are put into brolga on purpose, to find out whether
// the tests would notice them. A program built with the tag planted has the one that
// BROLGA_PLANTED names; make planted plants each of them and tells which test caught it
// (docs/torture-planted.md).
//
// Invariants: without the tag On is a constant false, so that the compiler leaves
// nothing of a bug in the program, which a test proves. A bug is planted in one place,
// by one condition that names it, and there is a sentence about each in bugs.go.
//
// Concurrency: On may be called by everybody, also on the hottest path.
//
// It deliberately plants nothing by itself, in no test and at no random moment, and it
// knows nothing of the faults from outside, which come from the tests' networks and
// disks.
package planted
