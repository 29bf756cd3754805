//go:build race

package node

// detectorFactor is how many times more memory the race detector makes a test take.
const detectorFactor = 3
