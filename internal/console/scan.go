package console

import (
	"context"
	"errors"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/internal/console/filter"
	"github.com/brolga-io/brolga/internal/console/view"
)

// scan reads the partitions of a topic at once and merges them by time.
type scan struct {
	fetch   *fetcher
	readers []*partReader
	forward bool
	until   int64 // timestamp, exclusive; 0: none
	filter  *filter.Program
	budget  scanBudget
	now     func() time.Time

	begun    time.Time
	progress view.Progress
	seen     filter.Record
	stopped  string
	report   func(view.Progress) error // nil: nobody wants to know
	reported time.Time
}

// scanBudget is what a scan may cost before it stops and says where to go on.
type scanBudget struct {
	time  time.Duration
	bytes int64
}

// Budgets of a page and of a scan that shows its progress.
var (
	pageBudget = scanBudget{5 * time.Second, 256 << 20}
	longBudget = scanBudget{10 * time.Minute, 64 << 30}
)

// reportEvery is how often progress is told.
const reportEvery = 250 * time.Millisecond

// errEnough ends a scan from within.
var errEnough = errors.New("enough")

// run hands records to each, in order, until each returns errEnough, everything
// was read or the budget is spent.
func (s *scan) run(ctx context.Context, each func(*kgo.Record) error) error {
	s.begun = s.now()
	for {
		if err := s.fill(ctx); err != nil {
			return err
		}
		r := s.best()
		if r == nil {
			s.progress.Complete = s.stopped == ""
			break
		}
		if s.stopped != "" {
			break
		}
		rec := r.buf[0]
		if s.until > 0 && s.forward && rec.Timestamp.UnixMilli() >= s.until {
			r.buf, r.next = nil, r.stop
			continue
		}
		err := each(rec)
		if errors.Is(err, errEnough) {
			s.stopped = "limit"
			break
		}
		if err != nil {
			return err
		}
		r.buf = r.buf[1:]
	}
	s.progress.Stopped = s.stopped
	s.progress.Millis = view.Millis(s.now().Sub(s.begun).Milliseconds())
	return nil
}

// best is the reader whose next record comes first, nil where none has any.
func (s *scan) best() *partReader {
	var best *partReader
	for _, r := range s.readers {
		if len(r.buf) == 0 {
			continue
		}
		if best == nil || s.before(r.buf[0], best.buf[0]) {
			best = r
		}
	}
	return best
}

func (s *scan) before(a, b *kgo.Record) bool {
	switch {
	case a.Timestamp.Equal(b.Timestamp):
		return (a.Partition < b.Partition) == s.forward
	case s.forward:
		return a.Timestamp.Before(b.Timestamp)
	}
	return a.Timestamp.After(b.Timestamp)
}

// fill reads until every partition that is not at its end has a record at hand,
// for without one it cannot be told which comes first.
func (s *scan) fill(ctx context.Context) error {
	for {
		var asks []fetchAsk
		for _, r := range s.readers {
			if len(r.buf) == 0 && !r.done() {
				asks = append(asks, r.ask())
			}
		}
		if len(asks) == 0 {
			return nil
		}
		if err := s.spend(); err != nil || s.stopped != "" {
			return err
		}
		got := s.fetch.fetch(ctx, asks)
		if err := ctx.Err(); err != nil {
			return err
		}
		for _, r := range s.readers {
			f, ok := got[r.number]
			if !ok {
				continue
			}
			r.take(f, s.keep)
			if r.err != nil && !s.forgive(r) {
				return partitionError(s.fetch.topic.name, r.number, r.err)
			}
		}
	}
}

// forgive goes on where records were deleted while they were read.
func (s *scan) forgive(r *partReader) bool {
	if !errors.Is(r.err, kerr.OffsetOutOfRange) {
		return false
	}
	r.err, r.next = nil, r.stop
	return true
}

// spend checks the budget and reports.
func (s *scan) spend() error {
	now := s.now()
	s.progress.Millis = view.Millis(now.Sub(s.begun).Milliseconds())
	switch {
	case now.Sub(s.begun) > s.budget.time:
		s.stopped = "time"
	case int64(s.progress.Bytes) > s.budget.bytes:
		s.stopped = "bytes"
	}
	if s.report == nil || now.Sub(s.reported) < reportEvery {
		return nil
	}
	s.reported = now
	return s.report(s.progress)
}

// keep runs the filter on a record.
func (s *scan) keep(r *kgo.Record) bool {
	s.progress.Scanned++
	s.progress.Bytes += view.Int64(recordBytes(r))
	if s.filter == nil {
		s.progress.Matched++
		return true
	}
	filterRecord(r, &s.seen)
	hit, err := s.filter.Match(&s.seen)
	if err != nil {
		if s.progress.Errors++; s.progress.Problem == "" {
			s.progress.Problem = clip(err.Error(), 200)
		}
		return false
	}
	if hit {
		s.progress.Matched++
	}
	return hit
}

// cursor is where a later scan goes on, false where there is nothing left.
func (s *scan) cursor() (cursor, bool) {
	c := cursor{Forward: s.forward, At: map[int32]int64{}, Stop: map[int32]int64{}}
	left := false
	for _, r := range s.readers {
		at := r.position()
		c.At[r.number], c.Stop[r.number] = at, r.stop
		left = left || len(r.buf) > 0 || !r.done()
	}
	return c, left
}
