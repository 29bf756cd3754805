package main

import (
	"fmt"
	"os"
	"strings"
)

// noise is what else the machine did while the rows were measured.
type noise struct {
	calibrations []calibration
	loads        []string
	ticks, steal uint64 // of all processors, at the first look
}

// look takes a calibration and the load average.
func (n *noise) look() error {
	c, err := calibrate()
	if err != nil {
		return err
	}
	if len(n.calibrations) == 0 {
		n.ticks, n.steal = processorTicks()
	}
	n.calibrations = append(n.calibrations, c)
	n.loads = append(n.loads, loadAverage())
	return nil
}

// String says it in a sentence.
func (n *noise) String() string {
	low, high := n.calibrations[0], n.calibrations[0]
	for _, c := range n.calibrations {
		low.EchoMicros, high.EchoMicros = min(low.EchoMicros, c.EchoMicros), max(high.EchoMicros, c.EchoMicros)
		low.CRCGBs, high.CRCGBs = min(low.CRCGBs, c.CRCGBs), max(high.CRCGBs, c.CRCGBs)
	}
	ticks, steal := processorTicks()
	return fmt.Sprintf("calibration: TCP echo %.1f to %.1f µs, CRC-32C %.1f to %.1f GB/s; load average %s; steal %.1f %%",
		low.EchoMicros, high.EchoMicros, low.CRCGBs, high.CRCGBs, strings.Join(n.loads, " "),
		100*float64(steal-n.steal)/float64(max(1, ticks-n.ticks)))
}

// processorTicks are the ticks of all processors, and those that the hypervisor
// gave to others.
func processorTicks() (all, steal uint64) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, 0
	}
	line, _, _ := strings.Cut(string(text), "\n")
	const stolen = 8 // after it come ticks that are counted before
	for i, field := range strings.Fields(line)[:stolen+1] {
		var n uint64
		if _, err := fmt.Sscan(field, &n); err != nil {
			continue // "cpu"
		}
		all += n
		if i == stolen {
			steal = n
		}
	}
	return all, steal
}
