package controller

import (
	"fmt"
	"slices"
	"strings"

	"github.com/brolga-io/brolga/internal/wire"
)

// describe writes a response as text, without what is different each time: ids,
// throttle times, and the order of items where Kafka has none.
func describe(resp wire.Message) string {
	var lines []string
	add := func(code wire.ErrorCode, text *string, format string, args ...any) {
		line := fmt.Sprintf(format, args...) + ": " + code.Name()
		if text != nil {
			line += " " + fmt.Sprintf("%q", *text)
		}
		lines = append(lines, line)
	}
	switch resp := resp.(type) {
	case *wire.CreateTopicsResponse:
		for _, t := range resp.Topics {
			add(t.ErrorCode, t.ErrorMessage, "%q %d partitions, %d replicas, id %v", t.Name, t.NumPartitions, t.ReplicationFactor, !t.TopicId.IsZero())
			for _, c := range t.Configs {
				lines = append(lines, fmt.Sprintf("%q   %s = %s source %d read-only %v sensitive %v",
					t.Name, c.Name, optional(c.Value), c.ConfigSource, c.ReadOnly, c.IsSensitive))
			}
		}
	case *wire.CreatePartitionsResponse:
		for _, t := range resp.Results {
			add(t.ErrorCode, t.ErrorMessage, "%q", t.Name)
		}
	case *wire.DeleteTopicsResponse:
		for _, t := range resp.Responses {
			add(t.ErrorCode, t.ErrorMessage, "%s id %v", optional(t.Name), !t.TopicId.IsZero())
		}
	case *wire.IncrementalAlterConfigsResponse:
		for _, r := range resp.Responses {
			add(r.ErrorCode, r.ErrorMessage, "%d %q", r.ResourceType, r.ResourceName)
		}
	case *wire.AlterConfigsResponse:
		for _, r := range resp.Responses {
			add(r.ErrorCode, r.ErrorMessage, "%d %q", r.ResourceType, r.ResourceName)
		}
	case *wire.ListPartitionReassignmentsResponse:
		add(resp.ErrorCode, resp.ErrorMessage, "%d topics", len(resp.Topics))
	default:
		panic(fmt.Sprintf("describe(%T)", resp))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func optional(s *string) string {
	if s == nil {
		return "null"
	}
	return fmt.Sprintf("%q", *s)
}
