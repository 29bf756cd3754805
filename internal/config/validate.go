package config

import (
	"slices"
	"strconv"
	"strings"
)

// ValidateTopic checks all overrides that a topic would have, as CreateTopics
// and AlterConfigs must before anything is stored. The error is an
// *InvalidError; the code for it is INVALID_CONFIG.
func ValidateTopic(overrides map[string]string) error {
	if err := checkAll(overrides, Topic, "Unknown topic config name: "); err != nil {
		return err
	}
	r := resolver{overrides, func(string) (string, bool) { return "", false }}
	if lo, hi := r.long("min.compaction.lag.ms"), r.long("max.compaction.lag.ms"); lo > hi {
		return invalid("conflict topic config setting min.compaction.lag.ms (", strconv.FormatInt(lo, 10),
			") > max.compaction.lag.ms (", strconv.FormatInt(hi, 10), ")")
	}
	if r.bool("remote.storage.enable") {
		return invalid("Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage.")
	}
	return nil
}

// checkAll checks names and values in the order of the names.
func checkAll(configs map[string]string, lookup func(string) (Def, bool), unknown string) error {
	for _, name := range sortedKeys(configs) {
		if _, ok := lookup(name); !ok {
			return invalid(unknown, name)
		}
	}
	for _, name := range sortedKeys(configs) {
		d, _ := lookup(name)
		if _, err := d.Parse(configs[name]); err != nil {
			return err
		}
	}
	return nil
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// toLong reads a value that was checked before.
func toLong(s string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if err != nil {
		return 0
	}
	return n
}
