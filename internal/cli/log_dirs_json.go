package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/brolga-io/brolga/internal/wire"
)

// logDirsJSON is the one line of kafka-log-dirs. The order of fields is that of
// the Java tool; where it lists things in hash order they are sorted here.
func logDirsJSON(brokers []int32, dirs map[int32][]kmsg.DescribeLogDirsResponseDir, topics []string) string {
	var b strings.Builder
	b.WriteString(`{"brokers":[`)
	for i, id := range brokers {
		comma(&b, i)
		fmt.Fprintf(&b, `{"broker":%d,"logDirs":[`, id)
		for j, dir := range dirs[id] {
			comma(&b, j)
			writeLogDir(&b, dir, topics)
		}
		b.WriteString("]}")
	}
	b.WriteString(`],"version":1}`)
	return b.String()
}

func writeLogDir(b *strings.Builder, dir kmsg.DescribeLogDirsResponseDir, topics []string) {
	type entry struct {
		tp topicPartition
		p  kmsg.DescribeLogDirsResponseDirTopicPartition
	}
	var entries []entry
	for _, t := range dir.Topics {
		if len(topics) > 0 && !slices.Contains(topics, t.Topic) {
			continue
		}
		for _, p := range t.Partitions {
			entries = append(entries, entry{topicPartition{t.Topic, p.Partition}, p})
		}
	}
	slices.SortFunc(entries, func(a, b entry) int { return comparePartitions(a.tp, b.tp) })
	b.WriteString(`{"partitions":[`)
	for i, e := range entries {
		comma(b, i)
		fmt.Fprintf(b, `{"partition":%s,"size":%d,"offsetLag":%d,"isFuture":%t}`, quoteJSON(e.tp.String()), e.p.Size, e.p.OffsetLag, e.p.IsFuture)
	}
	fmt.Fprintf(b, `],"error":%s,"logDir":%s}`, errorClassJSON(dir.ErrorCode), quoteJSON(dir.Dir))
}

// errorClassJSON is the class of the Java exception of an error code, or null.
func errorClassJSON(code int16) string {
	if code == 0 {
		return "null"
	}
	return quoteJSON(errorsPackage + exceptionOfCode(wire.ErrorCode(code)))
}

func comma(b *strings.Builder, i int) {
	if i > 0 {
		b.WriteByte(',')
	}
}

// quoteJSON writes a string as Jackson does, which leaves <, > and & alone.
func quoteJSON(s string) string { return marshalJSON(s) }
