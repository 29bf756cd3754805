package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/brolga-io/brolga/internal/wire"
)

// describeReport prints topics and partitions as the report options ask.
type describeReport struct {
	*topicsOptions
	live []int32
}

func (r describeReport) text(topic *describedTopic) string {
	var b strings.Builder
	reportsPartitions := r.set.hasAny(r.reports())
	if !reportsPartitions && (!r.set.has(r.overrides) || topic.hasOverrides()) {
		b.WriteString(topic.header())
	}
	if r.set.has(r.overrides) {
		return b.String()
	}
	for _, p := range topic.partitions {
		if !reportsPartitions || r.wanted(topic, p) {
			b.WriteString(p.line(topic.name))
		}
	}
	return b.String()
}

func (r describeReport) wanted(topic *describedTopic, p describedPartition) bool {
	minISR := topic.minISR()
	return r.set.has(r.underReplicated) && p.replicationFactor() > len(p.isr) ||
		r.set.has(r.unavailable) && (p.leader < 0 || !slices.Contains(r.live, p.leader)) ||
		r.set.has(r.underMinISR) && (p.leader < 0 || len(p.isr) < minISR) ||
		r.set.has(r.atMinISR) && len(p.isr) == minISR
}

func (d *describedTopic) hasOverrides() bool {
	return slices.ContainsFunc(d.configs, func(c describedConfig) bool { return !c.isDefault })
}

func (d *describedTopic) minISR() int {
	for _, c := range d.configs {
		if c.name == "min.insync.replicas" {
			n, _ := strconv.Atoi(c.value)
			return n
		}
	}
	return 1
}

func (d *describedTopic) header() string {
	names, texts := []string{}, map[string]string{}
	for _, c := range d.configs {
		names = append(names, c.name)
		if !c.isDefault {
			texts[c.name] = c.name + "=" + c.value
		}
	}
	inHashOrder(names)
	var overrides []string
	for _, name := range names {
		if text, ok := texts[name]; ok {
			overrides = append(overrides, text)
		}
	}
	id := ""
	if d.id != (wire.UUID{}) {
		id = "\tTopicId: " + d.id.String()
	}
	factor := 0
	if len(d.partitions) > 0 {
		factor = d.partitions[0].replicationFactor()
	}
	return fmt.Sprintf("Topic: %s%s\tPartitionCount: %d\tReplicationFactor: %d\tConfigs: %s\n",
		d.name, id, len(d.partitions), factor, strings.Join(overrides, ","))
}

// replicationFactor counts what is left once a reassignment is done. One that
// completed between two requests is ignored.
func (p describedPartition) replicationFactor() int {
	changing := append(slices.Clone(p.adding), p.removing...)
	if slices.ContainsFunc(p.replicas, func(id int32) bool { return slices.Contains(changing, id) }) {
		return len(p.all) - len(p.adding)
	}
	return len(p.replicas)
}

// line has the eligible leader replicas only where there are any, so that it
// stays the line that scripts and people know.
func (p describedPartition) line(topic string) string {
	leader := "none"
	if p.leader >= 0 {
		leader = strconv.Itoa(int(p.leader))
	}
	s := fmt.Sprintf("\tTopic: %s\tPartition: %d\tLeader: %s\tReplicas: %s\tIsr: %s",
		topic, p.partition, leader, joinIDs(p.replicas, ","), joinIDs(p.isr, ","))
	if p.all != nil {
		s += "\tAdding Replicas: " + joinIDs(p.adding, ",") + "\tRemoving Replicas: " + joinIDs(p.removing, ",")
	}
	if len(p.elr) > 0 || len(p.lastKnownELR) > 0 {
		s += "\tElr: " + joinIDs(p.elr, ",") + "\tLastKnownElr: " + joinIDs(p.lastKnownELR, ",")
	}
	return s + "\n"
}
