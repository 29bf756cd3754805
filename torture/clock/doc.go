// Package clock sets the wall clock of a broker wrong while it runs. The broker must be
// built with the tag faults, and be started with BROLGA_FAULTS=SOCKET in its environment.
//
// Invariants. An offset holds for the whole process, in-process restarts included, and
// ends with it; Set returns when it holds. Timers and durations stay right, as they do on
// a machine whose date somebody sets.
//
// Concurrency. A Control may be used by anybody; every order has a connection of its own.
//
// It deliberately sets no machine's clock: that would hit everybody on it.
package clock
