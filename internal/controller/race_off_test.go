//go:build !race

package controller

// raceEnabled tells that the race detector takes most of the CPU time.
const raceEnabled = false
