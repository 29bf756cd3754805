package main

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/brolga-io/brolga/bench/floor"
	"github.com/brolga-io/brolga/bench/load"
)

const (
	recoveryBytes = 2e9
	// flushedAfter is a little more than the interval of the flushes.
	flushedAfter = 7 * time.Second
)

// recoveries are the rows about a start after kill -9 with much log.
func recoveries() scenario {
	return scenario{
		rows: []value{
			{name: "i", what: "2 GB, kill -9, to the first ack", unit: "s", goal: 0.5},
			{name: "iscan", what: "the same without checkpoints: all is read", unit: "GB/s", goal: 2, atLeast: true},
			{name: "imany", what: "2 GB in 1,000 partitions, flushed, kill -9", unit: "s", goal: 0.5},
			{name: "imanyx", what: "the same without checkpoints", unit: "GB/s", goal: 2, atLeast: true},
		},
		run: func(k kind, dir string) ([]measure, error) {
			few, err := runRecovery(k, filepath.Join(dir, "few"), partitions, fillFew)
			if err != nil {
				return nil, err
			}
			many, err := runRecovery(k, filepath.Join(dir, "many"), perTopic, fillMany)
			return append(few, many...), err
		},
		repeats: 3,
	}
}

// fillFew writes without a pause until the end.
func fillFew(addr, _ string) error {
	fill := load.Produce{Conns: partitions, InFlight: 5, Records: 16, Size: 1000, Bytes: recoveryBytes, Acks: load.Leader}
	_, _, err := fill.Run(addr, partitions)
	return err
}

// fillMany leaves no log so much that it is flushed before its time, and waits until
// that has come.
func fillMany(addr, dir string) error {
	if err := load.Spread(addr, perTopic, recoveryBytes); err != nil {
		return err
	}
	return awaitFlush(dir, perTopic)
}

// recovered kills a broker right after fill, with what was not flushed yet, and
// returns the next one with the seconds from its start to the first acknowledged
// record.
func recovered(k kind, dir string, count int, fill func(addr, dir string) error) (*broker, float64, error) {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, 0, err
	}
	b, err := k.with(fmt.Sprint("num.partitions=", count)).startIn(dir)
	if err != nil {
		return nil, 0, err
	}
	if err = b.listens(); err == nil {
		if err = load.Create(b.addr, count, 1); err == nil {
			err = fill(b.addr, dir)
		}
	}
	if err = b.endWith(err); err != nil {
		return nil, 0, err
	}
	return k.restart(dir)
}

// recoverOnly is the part of runRecovery that any broker can do.
func recoverOnly(k kind, dir string) ([]float64, error) {
	var values []float64
	for _, of := range []struct {
		name  string
		count int
		fill  func(addr, dir string) error
	}{{"few", partitions, fillFew}, {"many", perTopic, fillMany}} {
		b, seconds, err := recovered(k, filepath.Join(dir, of.name), of.count, of.fill)
		if err != nil {
			return nil, err
		}
		if err := b.end(syscall.SIGKILL); err != nil {
			return nil, err
		}
		values = append(values, seconds)
	}
	return values, nil
}

// runRecovery returns the seconds that recovered takes, and what a start reads in a
// second that knows of no flush, beside a plain scan.
func runRecovery(k kind, dir string, count int, fill func(addr, dir string) error) ([]measure, error) {
	b, withPoints, err := recovered(k, dir, count, fill)
	if err != nil {
		return nil, err
	}
	if err := b.end(syscall.SIGKILL); err != nil {
		return nil, err
	}
	files, err := segments(dir, count)
	if err != nil {
		return nil, err
	}
	begin := time.Now()
	gb := float64(floor.Scan(files)) / 1e9
	plain := time.Since(begin).Seconds()
	if err := os.Remove(filepath.Join(dir, "data", "recovery-point-offset-checkpoint")); err != nil {
		return nil, err
	}
	b, all, err := k.restart(dir)
	if err != nil {
		return nil, err
	}
	return []measure{{withPoints, math.NaN()}, {gb / all, gb / plain}}, b.end(syscall.SIGKILL)
}

// awaitFlush waits until so many partitions have a recovery point, and a little
// longer, for what came last.
func awaitFlush(dir string, count int) error {
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(100 * time.Millisecond) {
		text, err := os.ReadFile(filepath.Join(dir, "data", "recovery-point-offset-checkpoint"))
		if err == nil && bytes.Count(text, []byte("\n")) >= 2+count {
			time.Sleep(flushedAfter)
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%d partitions were not flushed", count)
		}
	}
}

// segments are the files of the load's topic, in the order of their offsets.
func segments(dir string, count int) ([]string, error) {
	var all []string
	for p := range count {
		files, err := filepath.Glob(filepath.Join(dir, "data", fmt.Sprintf("%s-%d", load.Topic, p), "*.log"))
		if err != nil {
			return nil, err
		}
		all = append(all, files...)
	}
	return all, nil
}
