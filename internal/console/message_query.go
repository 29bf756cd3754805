package console

import (
	"fmt"
	"strings"

	"github.com/brolga-io/brolga/internal/console/filter"
	"github.com/brolga-io/brolga/internal/console/view"
)

// plan is a query that was checked, with the places to read from.
type plan struct {
	k      *cluster
	topic  *topicMeta
	bounds map[int32]bounds
	cursor cursor
	filter *filter.Program
	query  view.MessageQuery
}

// planQuery finds out where a query begins and ends in each partition.
func (c *call) planQuery(q view.MessageQuery) (*plan, error) {
	k, _, t, err := c.topicMeta()
	if err != nil {
		return nil, err
	}
	p := &plan{k: k, topic: t, query: q}
	if p.filter, err = compile(q.Filter, q.Search); err != nil {
		return nil, err
	}
	partitions, err := choosePartitions(t, q.Partitions)
	if err != nil {
		return nil, err
	}
	isolation := int8(0)
	if q.Isolation == view.ReadCommitted {
		isolation = 1
	}
	if p.bounds, err = k.topicBounds(c, t.name, partitions, isolation); err != nil {
		return nil, err
	}
	if q.Cursor != "" {
		p.cursor, err = decodeCursor(q.Cursor)
		return p, err
	}
	return p, c.begin(p)
}

// compile makes one program of a filter and a text to search.
func compile(expression, search string) (*filter.Program, error) {
	var program *filter.Program
	if strings.TrimSpace(expression) != "" {
		var err error
		if program, err = filter.Compile(expression); err != nil {
			e := err.(*filter.Error)
			return nil, &failure{status: 400, code: codeInvalid, field: "filter", message: e.Text,
				hint: fmt.Sprintf("At character %d.", e.Pos+1)}
		}
	}
	if len(search) > filter.MaxBytes {
		return nil, invalid("q", "The text is too long.")
	}
	if search != "" {
		program = filter.And(filter.Anywhere(search), program)
	}
	return program, nil
}

// begin finds the offsets of the position that was asked for.
func (c *call) begin(p *plan) error {
	q := p.query
	p.cursor = cursor{Forward: q.Position != view.PositionNewest && q.Position != "", At: map[int32]int64{}, Stop: map[int32]int64{}}
	switch q.Position {
	case view.PositionOffset:
		if q.Offset == nil || *q.Offset < 0 {
			return invalid("offset", "The position offset needs an offset, from 0 on.")
		}
	case view.PositionTime:
		if q.Timestamp == nil || *q.Timestamp < 0 {
			return invalid("timestamp", "The position time needs a timestamp.")
		}
	}
	times := map[tp]listed{}
	if q.Position == view.PositionTime {
		times = c.firstAt(p, int64(*q.Timestamp))
	}
	ends := map[tp]listed{}
	if q.Until != nil && !p.cursor.Forward {
		ends = c.firstAt(p, int64(*q.Until))
	}
	for number, b := range p.bounds {
		at := tp{p.topic.name, number}
		if l, ok := ends[at]; ok && l.err == nil && l.offset >= 0 {
			b.end = min(b.end, l.offset)
		}
		switch {
		case !p.cursor.Forward:
			p.cursor.At[number], p.cursor.Stop[number] = b.end, b.start
			continue
		case q.Position == view.PositionOffset:
			p.cursor.At[number] = min(max(b.start, int64(*q.Offset)), b.end)
		case q.Position == view.PositionTime:
			l := times[at]
			if l.err != nil {
				return partitionError(p.topic.name, number, l.err)
			}
			p.cursor.At[number] = b.end
			if l.offset >= 0 {
				p.cursor.At[number] = min(l.offset, b.end)
			}
		default:
			p.cursor.At[number] = b.start
		}
		p.cursor.Stop[number] = b.end
	}
	return nil
}

func (c *call) firstAt(p *plan, timestamp int64) map[tp]listed {
	want := map[tp]int64{}
	for number := range p.bounds {
		want[tp{p.topic.name, number}] = timestamp
	}
	return p.k.listOffsets(c, 0, want)
}

// scan makes a scan of a plan.
func (p *plan) scan(budget scanBudget) *scan {
	s := &scan{forward: p.cursor.Forward, filter: p.filter, budget: budget, now: p.k.now,
		fetch: &fetcher{k: p.k, topic: p.topic, committed: p.query.Isolation == view.ReadCommitted, control: p.query.Control, maxBytes: 256 << 10}}
	if p.filter != nil || budget == longBudget {
		s.fetch.maxBytes = 1 << 20
	}
	if p.query.Until != nil {
		s.until = int64(*p.query.Until)
	}
	for _, number := range sortedInts(p.cursor.At) {
		at, stop := p.cursor.At[number], p.cursor.Stop[number]
		if p.bounds != nil {
			b, ok := p.bounds[number]
			if !ok {
				continue // a cursor of other partitions
			}
			at, stop = clamp(at, b), clamp(stop, b)
		}
		r := newPartReader(number, s.forward, at, stop)
		s.readers = append(s.readers, r)
		if n := stop - at; s.forward {
			s.progress.Total += view.Int64(max(0, n))
		} else {
			s.progress.Total += view.Int64(max(0, -n))
		}
	}
	return s
}

// clamp keeps an offset of an old cursor inside of what is still there.
func clamp(offset int64, b bounds) int64 { return min(max(offset, b.start), b.end) }

// ranges are the ends of the partitions that are read.
func (p *plan) ranges() []view.OffsetBounds {
	var all []view.OffsetBounds
	for _, number := range sortedInts(p.bounds) {
		b := p.bounds[number]
		all = append(all, view.OffsetBounds{Partition: number, Start: view.Int64(b.start), End: view.Int64(b.end)})
	}
	return all
}
