package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/brolga-io/brolga/bench/floor"
	"github.com/brolga-io/brolga/bench/load"
)

const recoveryBytes = 2e9

// recoveries are the rows about a start after kill -9 with much log.
func recoveries() scenario {
	return scenario{
		rows: []value{
			{name: "i", what: "2 GB, kill -9, to the first ack", unit: "s", goal: 0.5},
			{name: "iscan", what: "the same without checkpoints: all is read", unit: "GB/s", goal: 2, atLeast: true},
		},
		run: func(k kind, dir string) ([]measure, error) {
			b, err := k.startIn(dir)
			if err != nil {
				return nil, err
			}
			if err := b.ready(k); err != nil {
				return nil, b.endWith(err)
			}
			fill := load.Produce{Conns: partitions, InFlight: 5, Records: 16, Size: 1000, Bytes: recoveryBytes}
			_, _, err = fill.Run(b.addr, partitions)
			if err = b.endWith(err); err != nil { // with what was not flushed yet
				return nil, err
			}
			b, withPoints, err := k.restart(dir)
			if err != nil {
				return nil, err
			}
			if err := b.end(syscall.SIGKILL); err != nil {
				return nil, err
			}
			files, err := segments(dir)
			if err != nil {
				return nil, err
			}
			begin := time.Now()
			bytes := floor.Scan(files)
			plain := time.Since(begin).Seconds()
			if err := os.Remove(filepath.Join(dir, "data", "recovery-point-offset-checkpoint")); err != nil {
				return nil, err
			}
			b, all, err := k.restart(dir)
			if err != nil {
				return nil, err
			}
			gb := float64(bytes) / 1e9
			return []measure{{withPoints, math.NaN()}, {gb / all, gb / plain}}, b.end(syscall.SIGKILL)
		},
	}
}

// segments are the files of the load's topic, in the order of their offsets.
func segments(dir string) ([]string, error) {
	var all []string
	for p := range partitions {
		files, err := filepath.Glob(filepath.Join(dir, "data", fmt.Sprintf("%s-%d", load.Topic, p), "*.log"))
		if err != nil {
			return nil, err
		}
		all = append(all, files...)
	}
	return all, nil
}
