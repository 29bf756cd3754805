package cli

import (
	"fmt"
	"strings"
	"testing"
)

func TestParseAssignment(t *testing.T) {
	for text, want := range map[string]string{
		"1":           "[[1]]",
		"1:2,2:3":     "[[1 2] [2 3]]",
		" 1 : 2 ,3:4": "[[1 2] [3 4]]",
		"1:1,2:3":     "Partition replica lists may not contain duplicate entries: 1",
		"1:2,3":       "Partition 1 has different replication factor: [3]",
		"a":           `For input string: "a"`,
		"1:,2":        `For input string: ""`,
	} {
		got, err := parseAssignment(text)
		s := fmt.Sprint(got)
		if err != nil {
			s = err.Error()
		}
		if s != want {
			t.Errorf("%q: %s, want %s", text, s, want)
		}
	}
}

func TestPartitionLine(t *testing.T) {
	for want, p := range map[string]describedPartition{
		"\tTopic: t\tPartition: 0\tLeader: 2\tReplicas: 2,3,1\tIsr: 2,3": {leader: 2, replicas: []int32{2, 3, 1}, isr: []int32{2, 3}},
		"\tTopic: t\tPartition: 1\tLeader: none\tReplicas: 1\tIsr: ":     {partition: 1, leader: -1, replicas: []int32{1}},
		"\tTopic: t\tPartition: 0\tLeader: 1\tReplicas: 1,2\tIsr: 1\tAdding Replicas: 2\tRemoving Replicas: ": {
			leader: 1, replicas: []int32{1, 2}, isr: []int32{1}, adding: []int32{2}, all: []int32{1, 2}},
		"\tTopic: t\tPartition: 0\tLeader: none\tReplicas: 1,2\tIsr: \tElr: 1\tLastKnownElr: 2": {
			leader: -1, replicas: []int32{1, 2}, elr: []int32{1}, lastKnownELR: []int32{2}},
	} {
		if got := p.line("t"); got != want+"\n" {
			t.Errorf("printed %q, want %q", got, want)
		}
	}
}

// While a reassignment adds replicas, the factor is the one it began with.
func TestReplicationFactor(t *testing.T) {
	for _, c := range []struct {
		p    describedPartition
		want int
	}{
		{describedPartition{replicas: []int32{1, 2, 3}}, 3},
		{describedPartition{replicas: []int32{1, 2, 3}, all: []int32{1, 2, 3}, adding: []int32{3}}, 2},
		{describedPartition{replicas: []int32{1, 2}, all: []int32{1, 2, 3}, adding: []int32{3}}, 2},
		{describedPartition{replicas: []int32{1, 2}, all: []int32{1, 2, 3}, adding: []int32{3}, removing: []int32{1}}, 2},
	} {
		if got := c.p.replicationFactor(); got != c.want {
			t.Errorf("%+v: factor %d, want %d", c.p, got, c.want)
		}
	}
}

func TestDescribeReports(t *testing.T) {
	topic := &describedTopic{name: "t", configs: []describedConfig{{"min.insync.replicas", "2", false}}, partitions: []describedPartition{
		{partition: 0, leader: 1, replicas: []int32{1, 2, 3}, isr: []int32{1, 2, 3}},
		{partition: 1, leader: 1, replicas: []int32{1, 2, 3}, isr: []int32{1, 2}},
		{partition: 2, leader: 9, replicas: []int32{9, 1, 2}, isr: []int32{9}},
		{partition: 3, leader: -1, replicas: []int32{9, 1, 2}},
	}}
	for flags, want := range map[string]string{
		"":                              "header 0 1 2 3",
		"--under-replicated-partitions": "1 2 3",
		"--unavailable-partitions":      "2 3",
		"--under-min-isr-partitions":    "2 3",
		"--at-min-isr-partitions":       "1",
		"--topics-with-overrides":       "header",
		"--at-min-isr-partitions --unavailable-partitions": "1 2 3",
	} {
		o := newTopicsOptions()
		var err error
		if o.set, err = o.parser.parse(strings.Fields("--describe " + flags)); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, line := range strings.Split(strings.TrimSuffix(describeReport{o, []int32{1, 2, 3}}.text(topic), "\n"), "\n") {
			if strings.HasPrefix(line, "Topic: ") {
				got = append(got, "header")
			} else {
				got = append(got, strings.Fields(line)[3])
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %v, want %s", flags, got, want)
		}
	}
}
