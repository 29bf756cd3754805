package cli

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// partitionFilter tells whether a partition was asked for.
type partitionFilter func(topic string, partition int32) bool

// partitionRule is one pattern of --topic-partitions: a topic, then a number or
// a range of partitions.
const partitionRule = `([^:,]*)(?::(?:([0-9]*)|(?:([0-9]*)-([0-9]*))))?`

var partitionRulePattern = regexp.MustCompile("^" + partitionRule + "$")

// newPartitionFilter takes a topic pattern and a list of partition ids, each
// meaning everything where it is empty.
func newPartitionFilter(topic, ids string) (partitionFilter, error) {
	if topic == "" {
		topic = ".*"
	}
	names, err := newTopicFilter(topic)
	if err != nil {
		return nil, err
	}
	var wanted []int32
	if ids != "" {
		for _, word := range strings.Split(ids, ",") {
			id, err := strconv.ParseInt(word, 10, 32)
			if err != nil {
				return nil, fmt.Errorf("--partitions expects a comma separated list of numeric partition ids, but received: %s", ids)
			}
			wanted = append(wanted, int32(id))
		}
	}
	return func(topic string, partition int32) bool {
		return names.matches(topic) && (len(wanted) == 0 || slices.Contains(wanted, partition))
	}, nil
}

// parsePartitionRules reads the value of --topic-partitions.
func parsePartitionRules(text string) (partitionFilter, error) {
	var rules []partitionFilter
	for _, rule := range strings.Split(text, ",") {
		filter, err := parsePartitionRule(rule)
		if err != nil {
			return nil, err
		}
		rules = append(rules, filter)
	}
	return func(topic string, partition int32) bool {
		return slices.ContainsFunc(rules, func(f partitionFilter) bool { return f(topic, partition) })
	}, nil
}

func parsePartitionRule(rule string) (partitionFilter, error) {
	m := partitionRulePattern.FindStringSubmatch(rule)
	if m == nil {
		// The original throws this one as the cause of another exception.
		return nil, fmt.Errorf("org.apache.kafka.tools.TerseException: Invalid rule specification: %s", rule)
	}
	topic := m[1]
	if topic == "" {
		topic = ".*"
	}
	names, err := newTopicFilter(topic)
	if err != nil {
		return nil, err
	}
	if m[2] != "" {
		only, err := ruleNumber(m[2], 0)
		return func(topic string, p int32) bool { return names.matches(topic) && p == only }, err
	}
	from, err1 := ruleNumber(m[3], 0)
	until, err2 := ruleNumber(m[4], math.MaxInt32)
	return func(topic string, p int32) bool { return names.matches(topic) && p >= from && p < until }, firstError(err1, err2)
}

func ruleNumber(text string, empty int32) (int32, error) {
	if text == "" {
		return empty, nil
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return 0, &exception{class: "java.lang.NumberFormatException", text: "For input string: \"" + text + "\""}
	}
	return int32(n), nil
}
