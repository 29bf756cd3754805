package node

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"
)

// loggerKey is the attribute that names the Java-style logger printed in
// brackets at the end of a line.
const loggerKey = "logger"

// defaultLogger is printed when a record names no logger of its own.
const defaultLogger = "brolga"

// logHandler prints records as Kafka's log4j pattern `[%d] %p %m (%c)` does, so
// that scripts which wait for a Kafka log line find it. Attributes follow the
// message as key=value.
type logHandler struct {
	out    *lockedWriter
	logger string
	attrs  string // already formatted
}

// lockedWriter is shared by all handlers derived from one, so that lines never
// interleave.
type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func newLogHandler(w io.Writer) *logHandler {
	return &logHandler{out: &lockedWriter{w: w}, logger: defaultLogger}
}

// Enabled implements slog.Handler: levels are levelHandler's.
func (h *logHandler) Enabled(context.Context, slog.Level) bool { return true }

// WithGroup implements slog.Handler. Groups are flattened: the fixed keys of
// this project never collide.
func (h *logHandler) WithGroup(string) slog.Handler { return h }

// WithAttrs implements slog.Handler.
func (h *logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	c := *h
	var b bytes.Buffer
	b.WriteString(h.attrs)
	for _, a := range attrs {
		if a.Key == loggerKey {
			c.logger = a.Value.String()
			continue
		}
		appendAttr(&b, a)
	}
	c.attrs = b.String()
	return &c
}

// Handle implements slog.Handler.
func (h *logHandler) Handle(_ context.Context, r slog.Record) error {
	var b bytes.Buffer
	b.WriteByte('[')
	b.WriteString(strings.Replace(r.Time.Format("2006-01-02 15:04:05.000"), ".", ",", 1))
	b.WriteString("] ")
	b.WriteString(r.Level.String())
	b.WriteByte(' ')
	b.WriteString(printable(r.Message))
	b.WriteString(h.attrs)
	logger := h.logger
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == loggerKey {
			logger = a.Value.String()
		} else {
			appendAttr(&b, a)
		}
		return true
	})
	b.WriteString(" (" + logger + ")\n")
	h.out.mu.Lock()
	defer h.out.mu.Unlock()
	_, err := h.out.w.Write(b.Bytes())
	return err
}

func appendAttr(b *bytes.Buffer, a slog.Attr) {
	b.WriteByte(' ')
	b.WriteString(a.Key)
	b.WriteByte('=')
	v := a.Value.Resolve()
	if v.Kind() == slog.KindTime {
		b.WriteString(v.Time().Format(time.RFC3339Nano))
		return
	}
	s := printable(v.String())
	if strings.ContainsAny(s, " ()=") {
		s = strconv.Quote(s)
	}
	b.WriteString(s)
}

// maxLogText bounds one message or value: bytes from the wire may end up here.
const maxLogText = 1024

// printable escapes control characters and cuts long text, so that nothing a
// client sends can forge a line or a terminal sequence.
func printable(s string) string {
	if len(s) > maxLogText {
		s = s[:maxLogText] + "…"
	}
	clean := true
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] == 0x7f {
			clean = false
			break
		}
	}
	if clean {
		return strings.ToValidUTF8(s, "�")
	}
	q := strconv.Quote(s)
	return q[1 : len(q)-1]
}
