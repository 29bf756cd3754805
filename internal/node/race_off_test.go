//go:build !race

package node

const detectorFactor = 1
