package testcluster

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"
)

// journal is the log of all nodes of a cluster, in the bubble's time.
type journal struct {
	begin time.Time

	mu    sync.Mutex
	lines []string
	bug   []string
}

const (
	keptLines  = 4000
	shownLines = 120
)

func newJournal(begin time.Time) *journal { return &journal{begin: begin} }

func (j *journal) add(id int32, level slog.Level, text string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	line := fmt.Sprintf("%9.3f node %d %s %s", time.Since(j.begin).Seconds(), id, level, text)
	if strings.Contains(text, "BUG") || strings.Contains(text, "panic") {
		j.bug = append(j.bug, line)
	}
	if len(j.lines) >= keptLines {
		j.lines = append(j.lines[:0], j.lines[keptLines/2:]...)
	}
	j.lines = append(j.lines, line)
}

// bugs are the lines in which a node says that it has a fault.
func (j *journal) bugs() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]string{}, j.bug...)
}

// errorsOf are the lines that a node told as errors.
func (j *journal) errorsOf(id int32) (lines []string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, line := range j.lines {
		if strings.Contains(line, fmt.Sprintf(" node %d %s ", id, slog.LevelError)) {
			lines = append(lines, line)
		}
	}
	return lines
}

func (j *journal) tail() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Join(j.lines[max(0, len(j.lines)-shownLines):], "\n")
}

// note adds what the test itself does.
func (j *journal) note(text string) { j.add(0, slog.LevelInfo, text) }

// of is the handler of one node.
func (j *journal) of(id int32) slog.Handler { return &journalHandler{j: j, id: id} }

// journalHandler gives a node's lines to the journal.
type journalHandler struct {
	j     *journal
	id    int32
	attrs []slog.Attr
}

// Enabled implements slog.Handler.
func (h *journalHandler) Enabled(_ context.Context, level slog.Level) bool {
	return level >= slog.LevelInfo
}

// Handle implements slog.Handler.
func (h *journalHandler) Handle(_ context.Context, r slog.Record) error {
	var b bytes.Buffer
	b.WriteString(r.Message)
	each := func(a slog.Attr) bool {
		fmt.Fprintf(&b, " %s=%v", a.Key, a.Value)
		return true
	}
	for _, a := range h.attrs {
		each(a)
	}
	r.Attrs(each)
	h.j.add(h.id, r.Level, b.String())
	return nil
}

// WithAttrs implements slog.Handler.
func (h *journalHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &journalHandler{j: h.j, id: h.id, attrs: append(append([]slog.Attr{}, h.attrs...), attrs...)}
}

// WithGroup implements slog.Handler; nobody uses groups.
func (h *journalHandler) WithGroup(string) slog.Handler { return h }
