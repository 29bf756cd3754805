package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/bench/floor"
	"github.com/brolga-io/brolga/bench/load"
)

// compactions are the rows about the CPU time of a compaction.
func compactions() scenario {
	return scenario{
		rows: []value{
			{name: "j", what: "compaction, 10,000 keys", unit: "CPU s/Mrec", goal: 1.5, relative: true},
			{name: "jwide", what: "compaction, 1,000,000 keys", unit: "CPU s/Mrec", goal: 1.5, relative: true},
		},
		run: func(k kind, dir string) ([]measure, error) {
			few, err := runCompaction(k, filepath.Join(dir, "few"), 3_000_000, 10_000)
			if err != nil {
				return nil, err
			}
			wide, err := runCompaction(k, filepath.Join(dir, "wide"), 3_000_000, 1_000_000)
			return []measure{few, wide}, err
		},
		repeats: 3,
	}
}

// runCompaction fills a compacted topic, whose cleaner waits, lets the floor compact
// a copy of what is sealed, and then the broker itself.
func runCompaction(k kind, dir string, records, keys int) (m measure, err error) {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return m, err
	}
	b, err := k.with("log.cleaner.backoff.ms=100").startIn(dir)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, b.end(syscall.SIGKILL)) }()
	if err := b.listens(); err != nil {
		return m, err
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(b.addr))
	if err != nil {
		return m, err
	}
	defer client.Close()
	ctx, admin := context.Background(), kadm.NewClient(client)
	_, err = admin.CreateTopic(ctx, 1, 1, map[string]*string{"cleanup.policy": kadm.StringPtr("compact"),
		"min.cleanable.dirty.ratio": kadm.StringPtr("1.0"), "segment.bytes": kadm.StringPtr("67108864")}, load.Topic)
	if err != nil {
		return m, err
	}
	if err := load.Keyed(b.addr, records, keys); err != nil {
		return m, err
	}
	time.Sleep(flushedAfter) // only that is compacted
	files, err := filepath.Glob(filepath.Join(dir, "data", load.Topic+"-0", "*.log"))
	if err != nil {
		return m, err
	}
	sealed := files[:len(files)-1]
	before := ownCPU()
	read, kept := floor.Compact(sealed, filepath.Join(dir, "floor.log"))
	m.floor = (ownCPU() - before) / float64(read) * 1e6
	if kept > keys {
		return m, fmt.Errorf("the floor kept %d records of %d keys", kept, keys)
	}
	cpu, err := b.cpuOf(func() error { return b.letClean(ctx, admin, int64(read)) })
	m.value = cpu / float64(read) * 1e6
	return m, err
}

// letClean makes the topic dirty enough for the cleaner and waits until it is
// compacted up to an offset.
func (b *broker) letClean(ctx context.Context, admin *kadm.Client, end int64) error {
	answers, err := admin.AlterTopicConfigs(ctx, []kadm.AlterConfig{
		{Op: kadm.SetConfig, Name: "min.cleanable.dirty.ratio", Value: kadm.StringPtr("0")}}, load.Topic)
	if err == nil {
		err = answers[0].Err
	}
	for deadline := time.Now().Add(2 * time.Minute); err == nil; time.Sleep(20 * time.Millisecond) {
		text, readErr := os.ReadFile(filepath.Join(b.dir, "data", "cleaner-offset-checkpoint"))
		fields := strings.Fields(string(text))
		if readErr == nil && len(fields) == 5 && fields[4] == strconv.FormatInt(end, 10) {
			return nil
		}
		if time.Now().After(deadline) {
			err = fmt.Errorf("not compacted up to %d: %q", end, text)
		}
	}
	return err
}

// ownCPU is the CPU time of this process in seconds.
func ownCPU() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return math.NaN()
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}
