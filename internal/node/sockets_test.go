package node

import (
	"testing"

	"github.com/brolga-io/brolga/internal/config"
)

func TestSocketSettings(t *testing.T) {
	load := func(more ...string) *config.Static {
		t.Helper()
		return must(config.Load(config.Standalone(), settings(t.TempDir(), more...)))(t)
	}
	const key = "socket.send.buffer.bytes"
	for want, cfg := range map[int]*config.Static{0: load(), 4096: load(key + "=4096")} {
		if got := bufferBytes(cfg, key); got != want {
			t.Errorf("%s: %d bytes, want %d", key, got, want)
		}
	}
	if got := bufferBytes(load(key+"=-1"), key); got != 0 {
		t.Errorf("-1: %d bytes", got)
	}
	for want, cfg := range map[int]*config.Static{0: load(), 7: load("max.connection.creation.rate=7")} {
		if got := connectionLimits(&config.Effective{Static: cfg}).MaxCreationRate; got != want {
			t.Errorf("creation rate %d, want %d", got, want)
		}
	}
}
