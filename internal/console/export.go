package console

import (
	"encoding/base64"
	"encoding/csv"
	"net/http"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/internal/console/view"
)

// exported is one line of an NDJSON export; importing it again is produce's form.
type exported struct {
	Partition int32            `json:"partition"`
	Offset    view.Int64       `json:"offset"`
	Timestamp view.Int64       `json:"timestamp"`
	Key       *string          `json:"key"`
	Value     *string          `json:"value"`
	Encoding  view.Encoding    `json:"encoding,omitempty"`
	Headers   []view.NewHeader `json:"headers"`
}

// exportMessages writes the messages of a query, whole, as they are read.
func (c *call) exportMessages(q view.ExportQuery) error {
	p, err := c.planQuery(q.MessageQuery)
	if err != nil {
		return err
	}
	name, kind := p.topic.name+".ndjson", "application/x-ndjson; charset=utf-8"
	if q.Format == "csv" {
		name, kind = p.topic.name+".csv", "text/csv; charset=utf-8"
	}
	c.w.Header().Set("Content-Type", kind)
	c.w.Header().Set("Content-Disposition", attachment(name))
	out := &exporter{control: http.NewResponseController(c.w), w: c.w, table: csv.NewWriter(c.w), csv: q.Format == "csv"}
	if out.csv {
		_ = out.table.Write([]string{"partition", "offset", "timestamp", "key", "value", "headers", "encoding"})
	}
	s := p.scan(longBudget)
	err = s.run(c, func(r *kgo.Record) error {
		if q.Limit > 0 && out.written == q.Limit {
			return errEnough
		}
		return out.write(r)
	})
	out.table.Flush()
	if err != nil {
		// Half a file must not look like a whole one: without its last chunk the
		// answer is broken, and the browser says so.
		c.s.log.Warn("An export ended early", "topic", p.topic.name, "err", err)
		return ignoreGone(out.control.SetWriteDeadline(time.Unix(1, 0)))
	}
	return nil
}

// exporter writes records in one of two forms.
type exporter struct {
	control *http.ResponseController
	w       http.ResponseWriter
	table   *csv.Writer
	csv     bool
	written int
	line    exported
}

func (e *exporter) write(r *kgo.Record) error {
	if e.written%256 == 0 {
		if err := e.control.SetWriteDeadline(time.Now().Add(answerTimeout)); err != nil {
			return err
		}
	}
	e.written++
	e.line = exportLine(r)
	if !e.csv {
		b, err := encode(e.line)
		if err != nil {
			return err
		}
		_, err = e.w.Write(append(b, '\n'))
		return err
	}
	headers := ""
	if len(r.Headers) > 0 {
		b, err := encode(e.line.Headers)
		if err != nil {
			return err
		}
		headers = string(b)
	}
	return e.table.Write([]string{strconv.Itoa(int(r.Partition)), strconv.FormatInt(r.Offset, 10),
		r.Timestamp.UTC().Format("2006-01-02T15:04:05.000Z"), cell(e.line.Key), cell(e.line.Value), safeCell(headers), string(e.line.Encoding)})
}

func cell(s *string) string {
	if s == nil {
		return ""
	}
	return safeCell(*s)
}

// exportLine writes all parts as text where all are, else all as base64.
func exportLine(r *kgo.Record) exported {
	l := exported{Partition: r.Partition, Offset: view.Int64(r.Offset), Timestamp: view.Int64(r.Timestamp.UnixMilli())}
	write := func(b []byte) string { return string(b) }
	if !isText(r) {
		l.Encoding = view.EncodingBase64
		write = base64.StdEncoding.EncodeToString
	}
	part := func(b []byte) *string {
		if b == nil {
			return nil
		}
		s := write(b)
		return &s
	}
	l.Key, l.Value = part(r.Key), part(r.Value)
	l.Headers = []view.NewHeader{}
	for _, h := range r.Headers {
		l.Headers = append(l.Headers, view.NewHeader{Name: text8(h.Key), Value: part(h.Value)})
	}
	return l
}
