package console

import (
	"cmp"
	"encoding/csv"
	"slices"
	"strings"

	"github.com/brolga-io/brolga/internal/console/view"
)

// listTopics answers from memory: no broker is asked but for a page's cleanup
// policies.
func (c *call) listTopics(q view.TopicQuery) (view.TopicPage, error) {
	k, err := c.cluster()
	if err != nil {
		return view.TopicPage{}, err
	}
	m, err := k.metadata(c)
	if err != nil {
		return view.TopicPage{}, err
	}
	rows, total := k.topicRows(m, q)
	page := view.TopicPage{Total: total, Matched: len(rows), AsOf: view.Millis(m.at.UnixMilli())}
	page.Topics = slice(rows, q.Offset, q.Limit)
	k.addPolicies(c, page.Topics)
	return page, nil
}

// slice cuts a page out of a list.
func slice[T any](list []T, offset, limit int) []T {
	if limit <= 0 || limit > pageSize {
		limit = min(100, pageSize)
	}
	offset = min(max(0, offset), len(list))
	return list[offset:min(len(list), offset+limit)]
}

// topicRows finds and sorts the topics that match, and counts all.
func (k *cluster) topicRows(m *metaPart, q view.TopicQuery) (rows []view.TopicRow, total int) {
	e, d, g := k.ends.newest.Load(), k.dirs.newest.Load(), k.groups.newest.Load()
	read := readersByTopic(g, e)
	words := strings.Fields(strings.ToLower(q.Search))
	for _, name := range m.names {
		t := m.topics[name]
		if t.ofKafka() && !q.Internal {
			continue
		}
		total++
		if !hasAll(name, words) || q.Health == "problem" && t.under == 0 && t.offline == 0 {
			continue
		}
		rows = append(rows, topicRow(t, e, d, read))
	}
	sortTopics(rows, q.Sort, q.Desc)
	return rows, total
}

func hasAll(text string, words []string) bool {
	if len(words) == 0 {
		return true
	}
	text = strings.ToLower(text)
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}

// readers are the groups with a bookmark in a topic.
type readers struct {
	names []string
	lag   int64 // the largest
}

func readersByTopic(g *groupsPart, e *endsPart) map[string]*readers {
	all := map[string]*readers{}
	if g == nil {
		return all
	}
	for _, name := range g.names {
		s := g.groups[name]
		lags := map[string]int64{}
		for _, topic := range s.topics() {
			lags[topic] = 0
		}
		for p, c := range s.commits {
			if l, ok := lagOf(e.of(p.topic, p.partition), c.offset); ok {
				lags[p.topic] += l
			}
		}
		for topic, lag := range lags {
			r := all[topic]
			if r == nil {
				r = &readers{}
				all[topic] = r
			}
			r.names = append(r.names, name)
			r.lag = max(r.lag, lag)
		}
	}
	return all
}

func topicRow(t *topicMeta, e *endsPart, d *dirsPart, read map[string]*readers) view.TopicRow {
	row := view.TopicRow{
		Name: t.name, Internal: t.ofKafka(), Partitions: len(t.partitions), ReplicationFactor: t.replicas,
		UnderReplicated: t.under, Offline: t.offline, Bytes: view.Int64(d.topicBytes(t.name, len(t.partitions))), Lag: -1,
	}
	records, in, ok := e.records(t.name, len(t.partitions))
	row.Records, row.In = view.Int64(records), in
	if !ok {
		row.Records = -1
	}
	if r := read[t.name]; r != nil {
		row.Groups, row.Lag = len(r.names), view.Int64(r.lag)
	}
	return row
}

// sortTopics sorts by a column, and by name where that is equal.
func sortTopics(rows []view.TopicRow, by view.TopicSort, desc bool) {
	var column func(a, b view.TopicRow) int
	switch by {
	case "partitions":
		column = func(a, b view.TopicRow) int { return cmp.Compare(a.Partitions, b.Partitions) }
	case "replicationFactor":
		column = func(a, b view.TopicRow) int { return cmp.Compare(a.ReplicationFactor, b.ReplicationFactor) }
	case "records":
		column = func(a, b view.TopicRow) int { return cmp.Compare(a.Records, b.Records) }
	case "bytes":
		column = func(a, b view.TopicRow) int { return cmp.Compare(a.Bytes, b.Bytes) }
	case "in":
		column = func(a, b view.TopicRow) int { return cmp.Compare(a.In, b.In) }
	case "groups":
		column = func(a, b view.TopicRow) int { return cmp.Compare(a.Groups, b.Groups) }
	case "lag":
		column = func(a, b view.TopicRow) int { return cmp.Compare(a.Lag, b.Lag) }
	case "health":
		column = func(a, b view.TopicRow) int {
			return cmp.Or(cmp.Compare(a.Offline, b.Offline), cmp.Compare(a.UnderReplicated, b.UnderReplicated))
		}
	default:
		if desc {
			slices.Reverse(rows)
		}
		return // they come by name
	}
	slices.SortStableFunc(rows, func(a, b view.TopicRow) int {
		if desc {
			return column(b, a)
		}
		return column(a, b)
	})
}

func (c *call) exportTopics(q view.TopicQuery) error {
	k, err := c.cluster()
	if err != nil {
		return err
	}
	m, err := k.metadata(c)
	if err != nil {
		return err
	}
	rows, _ := k.topicRows(m, q)
	w := c.csv("topics")
	_ = w.Write([]string{"topic", "partitions", "replication factor", "under-replicated", "offline", "records", "bytes", "records per second", "groups", "lag"})
	for _, r := range rows {
		_ = w.Write([]string{safeCell(r.Name), text(r.Partitions), text(r.ReplicationFactor), text(r.UnderReplicated), text(r.Offline),
			text(r.Records), text(r.Bytes), text(r.In), text(r.Groups), text(r.Lag)})
	}
	w.Flush()
	return ignoreGone(w.Error())
}

// csv begins the answer of a table as a file.
func (c *call) csv(name string) *csv.Writer {
	h := c.w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", attachment(name+".csv"))
	return csv.NewWriter(c.w)
}
