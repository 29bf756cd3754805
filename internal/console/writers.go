package console

import (
	"net/http"
	"time"
)

// writeTimeout is how long a reader may leave a piece of a stream unread before
// the stream ends.
const writeTimeout = 20 * time.Second

// lineWriter answers with one JSON object a line.
type lineWriter struct {
	c       *call
	control *http.ResponseController
	begun   bool
}

func newLineWriter(c *call) *lineWriter {
	return &lineWriter{c: c, control: http.NewResponseController(c.w)}
}

// write sends one line at once.
func (l *lineWriter) write(event any) error {
	b, err := encode(event)
	if err != nil {
		return err
	}
	if !l.begun {
		l.begun = true
		h := l.c.w.Header()
		h.Set("Content-Type", "application/x-ndjson; charset=utf-8")
		h.Set("X-Accel-Buffering", "no")
	}
	if err := l.control.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return err
	}
	if _, err := l.c.w.Write(append(b, '\n')); err != nil {
		return err
	}
	return l.control.Flush()
}

// finish ends the answer: an error before the first line is an ordinary failure,
// a later one is the last line.
func (l *lineWriter) finish(err error) error {
	if err == nil || !l.begun || l.c.Err() != nil {
		return err
	}
	_, p := l.c.problem(err)
	return ignoreGone(l.write(map[string]any{"error": p}))
}

// eventWriter answers with server-sent events.
type eventWriter struct {
	c       *call
	control *http.ResponseController
	begun   bool
}

func newEventWriter(c *call) *eventWriter {
	return &eventWriter{c: c, control: http.NewResponseController(c.w)}
}

// begin sends the header, so that the reader knows it is connected.
func (e *eventWriter) begin() error {
	h := e.c.w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("X-Accel-Buffering", "no")
	e.begun = true
	return e.raw([]byte(": hello\n\n"))
}

// event sends one event; without an id where id is empty.
func (e *eventWriter) event(id string, data []byte) error {
	b := make([]byte, 0, len(data)+len(id)+16)
	if id != "" {
		b = append(append(append(b, "id: "...), id...), '\n')
	}
	b = append(append(append(b, "data: "...), data...), "\n\n"...)
	return e.raw(b)
}

// heartbeat keeps proxies from closing a quiet stream.
func (e *eventWriter) heartbeat() error { return e.raw([]byte(": still here\n\n")) }

func (e *eventWriter) raw(b []byte) error {
	if err := e.control.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return err
	}
	if _, err := e.c.w.Write(b); err != nil {
		return err
	}
	return e.control.Flush()
}
