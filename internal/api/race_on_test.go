//go:build race

package api

// raceEnabled: the race detector makes pools forget things on purpose, so
// allocations cannot be counted.
const raceEnabled = true
