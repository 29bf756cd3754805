package node

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"
)

func TestLogLineHasKafkasForm(t *testing.T) {
	var out bytes.Buffer
	h := newLogHandler(&out)
	r := slog.NewRecord(time.Date(2022, 9, 1, 10, 0, 0, 123_000_000, time.UTC), slog.LevelInfo, "[KafkaServer id=1] started", 0)
	r.AddAttrs(slog.String(loggerKey, "kafka.server.KafkaServer"))
	if err := h.Handle(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	want := "[2022-09-01 10:00:00,123] INFO [KafkaServer id=1] started (kafka.server.KafkaServer)\n"
	if out.String() != want {
		t.Fatalf("got %q, want %q", out.String(), want)
	}
}

func TestLogLineCannotBeForged(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(newLogHandler(&out)).With("topic", "a\nb")
	log.Info("client says \x1b[31m\r\n[2022-01-01] ERROR fake", "err", strings.Repeat("x", 5000))
	if n := strings.Count(out.String(), "\n"); n != 1 {
		t.Fatalf("%d lines in %q", n, out.String())
	}
	if strings.ContainsRune(out.String(), 0x1b) {
		t.Fatalf("escape sequence in %q", out.String())
	}
	if out.Len() > 2*maxLogText+200 {
		t.Fatalf("line of %d bytes", out.Len())
	}
}

func TestLogLevelFilters(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(newLevelHandler(newLogHandler(&out), newLoggers(slog.LevelWarn)))
	log.Info("quiet")
	log.Warn("loud", "topic", "t")
	if got := out.String(); strings.Contains(got, "quiet") || !strings.Contains(got, "WARN loud topic=t (brolga)") {
		t.Fatalf("got %q", got)
	}
}
