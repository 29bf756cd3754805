package console

import (
	"maps"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/internal/console/view"
)

// listMessages reads one page.
func (c *call) listMessages(q view.MessageQuery) (view.MessagePage, error) {
	p, err := c.planQuery(q)
	if err != nil {
		return view.MessagePage{}, err
	}
	limit := q.Limit
	if limit <= 0 || limit > pageSize {
		limit = min(50, pageSize)
	}
	s := p.scan(pageBudget)
	page := view.MessagePage{Ranges: p.ranges()}
	err = s.run(c, func(r *kgo.Record) error {
		if len(page.Messages) == limit {
			return errEnough
		}
		page.Messages = append(page.Messages, message(r, previewBytes))
		return nil
	})
	if err != nil {
		return view.MessagePage{}, err
	}
	page.Progress = s.progress
	page.Progress.Matched = view.Int64(len(page.Messages))
	addCursors(&page, p, s)
	return page, nil
}

// addCursors adds the cursors of the neighbours to a page.
func addCursors(page *view.MessagePage, p *plan, s *scan) {
	if next, left := s.cursor(); left {
		next.Back = append(append([]map[int32]int64{}, p.cursor.Back...), maps.Clone(p.cursor.At))
		if len(next.Back) > maxBack {
			next.Back = next.Back[1:]
		}
		page.Next = next.encode()
	}
	if n := len(p.cursor.Back); n > 0 {
		page.Previous = cursor{Forward: p.cursor.Forward, At: p.cursor.Back[n-1], Stop: p.cursor.Stop, Back: p.cursor.Back[:n-1]}.encode()
	}
}

// scanMessages searches and tells how far it has come.
func (c *call) scanMessages(q view.MessageQuery, write func(view.ScanEvent) error) error {
	p, err := c.planQuery(q)
	if err != nil {
		return err
	}
	s := p.scan(longBudget)
	s.report = func(progress view.Progress) error { return write(view.ScanEvent{Progress: &progress}) }
	sent := 0
	err = s.run(c, func(r *kgo.Record) error {
		if q.Limit > 0 && sent == q.Limit {
			return errEnough
		}
		sent++
		m := message(r, previewBytes)
		return write(view.ScanEvent{Message: &m})
	})
	if err != nil {
		return err
	}
	end := view.ScanEnd{Progress: s.progress}
	end.Progress.Matched = view.Int64(sent)
	if next, left := s.cursor(); left {
		end.Next = next.encode()
	}
	return write(view.ScanEvent{End: &end})
}

// one reads the message at a place.
func (c *call) one() (*kgo.Record, error) {
	k, _, t, err := c.topicMeta()
	if err != nil {
		return nil, err
	}
	number, err := strconv.ParseInt(c.vars("partition"), 10, 32)
	if err != nil {
		return nil, notFound("There is no such partition.")
	}
	offset, err := strconv.ParseInt(c.vars("offset"), 10, 64)
	if err != nil || offset < 0 {
		return nil, notFound("There is no such offset.")
	}
	return c.record(k, t, int32(number), offset)
}

// record reads one record, control records too.
func (c *call) record(k *cluster, t *topicMeta, partition int32, offset int64) (*kgo.Record, error) {
	if partition < 0 || int(partition) >= len(t.partitions) {
		return nil, notFound("There is no such partition.")
	}
	f := &fetcher{k: k, topic: t, control: true, maxBytes: 1}
	got := f.fetch(c, []fetchAsk{{partition, offset}})[partition]
	if got.err != nil {
		return nil, partitionError(t.name, partition, got.err)
	}
	for _, r := range got.records {
		if r.Offset == offset {
			return r, nil
		}
	}
	return nil, notFound("There is no message at offset " + strconv.FormatInt(offset, 10) + ": it was deleted or compacted away, or does not exist yet.")
}

// Sizes of a message in full.
const (
	fullBytes    = 1 << 20
	maxFullBytes = 8 << 20
)

func (c *call) fullMessage(q view.FullMessage) (view.Message, error) {
	r, err := c.one()
	if err != nil {
		return view.Message{}, err
	}
	n := q.MaxBytes
	if n <= 0 {
		n = fullBytes
	}
	return message(r, min(n, maxFullBytes)), nil
}

// downloadPayload sends bytes as they are, to be saved and never shown.
func (c *call) downloadPayload(struct{}) error {
	r, err := c.one()
	if err != nil {
		return err
	}
	part := c.vars("part")
	var b []byte
	switch {
	case part == "key":
		b = r.Key
	case part == "value":
		b = r.Value
	default:
		n, err := strconv.Atoi(strings.TrimPrefix(part, "header-"))
		if err != nil || n < 0 || n >= len(r.Headers) {
			return notFound("A message has key, value and header-0, header-1, …")
		}
		b = r.Headers[n].Value
	}
	h := c.w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", attachment(r.Topic+"-"+c.vars("partition")+"-"+c.vars("offset")+"-"+part+".bin"))
	h.Set("Content-Length", strconv.Itoa(len(b)))
	return ignoreGone(writeAll(c.w, b))
}
