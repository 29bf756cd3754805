package node

import (
	"strconv"
	"time"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/logdir"
)

// cleanerConfig is what log.cleaner.* says in e. Values were checked when they
// were set; log.cleaner.enable is fixed at start.
func cleanerConfig(static *config.Static, e *config.Effective) logdir.CleanerConfig {
	number := func(name string) float64 {
		text, ok := e.Lookup(name)
		if !ok {
			text = static.String(name)
		}
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			panic("BUG: " + name + " is no number: " + text)
		}
		return v
	}
	return logdir.CleanerConfig{
		Enable:            static.Bool("log.cleaner.enable"),
		Threads:           int(number("log.cleaner.threads")),
		Backoff:           time.Duration(number("log.cleaner.backoff.ms")) * time.Millisecond,
		DedupeBufferBytes: int64(number("log.cleaner.dedupe.buffer.size")),
		LoadFactor:        number("log.cleaner.io.buffer.load.factor"),
		MaxBytesPerSecond: number("log.cleaner.io.max.bytes.per.second"),
	}
}
