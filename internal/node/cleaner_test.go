package node

import (
	"testing"
	"time"

	"github.com/brolga-io/brolga/internal/config"
	"github.com/brolga-io/brolga/internal/logdir"
)

func TestCleanerSettings(t *testing.T) {
	static, err := config.Load(config.Standalone(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := cleanerConfig(static, &config.Effective{Static: static}), logdir.DefaultCleanerConfig(); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	e := &config.Effective{Static: static, Cluster: map[string]string{"log.cleaner.threads": "3", "log.cleaner.backoff.ms": "100",
		"log.cleaner.io.max.bytes.per.second": "1000000.5"}}
	got := cleanerConfig(static, e)
	if got.Threads != 3 || got.Backoff != 100*time.Millisecond || got.MaxBytesPerSecond != 1000000.5 {
		t.Errorf("%+v", got)
	}
}
