package cli

import (
	"strconv"
	"strings"
)

// metadataVersion is a level of metadata.version and the release it came with.
type metadataVersion struct {
	level   int16
	release string
}

// metadataVersions are the levels of Kafka up to 4.4 and the one in the making.
func metadataVersions() []metadataVersion {
	names := strings.Fields("3.3-IV3 3.4-IV0 3.5-IV0 3.5-IV1 3.5-IV2 3.6-IV0 3.6-IV1 3.6-IV2 3.7-IV0 3.7-IV1 3.7-IV2 3.7-IV3 3.7-IV4 " +
		"3.8-IV0 3.9-IV0 4.0-IV0 4.0-IV1 4.0-IV2 4.0-IV3 4.1-IV0 4.1-IV1 4.2-IV0 4.2-IV1 4.3-IV0 4.4-IV0 4.4-IV1 4.4-IV2 4.5-IV0")
	versions := make([]metadataVersion, len(names))
	for i, name := range names {
		versions[i] = metadataVersion{int16(7 + i), name}
	}
	return versions
}

const (
	latestMetadataLevel   = 33 // production ready
	unstableMetadataLevel = 34
)

// feature is a versioned feature beside metadata.version.
type feature struct {
	name string
	max  int16
	// from[i] is the metadata level from which level i+1 is the default.
	from []int16
	// needs is the metadata level that a level other than 0 requires.
	needs int16
}

// features are in the order in which kafka-storage prints them. Level 1 of
// transaction.version was never a default.
func features() []feature {
	return []feature{
		{name: "kraft.version", max: 1, from: []int16{21}},
		{name: "transaction.version", max: 2, from: []int16{24, 24}},
		{name: "group.version", max: 1, from: []int16{22}},
		{name: "eligible.leader.replicas.version", max: 1, from: []int16{26}, needs: 23},
		{name: "share.version", max: 2, from: []int16{28, 31}},
		{name: "streams.version", max: 1, from: []int16{29}},
	}
}

func (f feature) defaultAt(metadata int16) int16 {
	level := int16(0)
	for _, from := range f.from {
		if metadata >= from {
			level++
		}
	}
	return level
}

func releaseOf(level int16) string {
	for _, v := range metadataVersions() {
		if v.level == level {
			return v.release
		}
	}
	return ""
}

// parseRelease reads 4.0, 4.0.1 or 4.0-IV2: the newest level of that release.
// Levels beyond the last production-ready one exist only where unstable is set,
// and only by their full name.
func parseRelease(text string, unstable bool) (int16, error) {
	short := text
	if parts := strings.SplitN(text, ".", 3); len(parts) == 3 {
		// 3.9.1-IV0 means 3.9.
		short = parts[0] + "." + parts[1]
	}
	found := int16(0)
	var names []string
	for _, v := range metadataVersions() {
		if v.level > latestMetadataLevel && !unstable {
			continue
		}
		names = append(names, v.release)
		release, _, _ := strings.Cut(v.release, "-")
		if v.release == text || release == short && v.level <= latestMetadataLevel {
			found = v.level
		}
	}
	if found == 0 {
		return 0, formatError("Unknown metadata.version '" + text + "'. Supported metadata.version are: " + strings.Join(names, ", "))
	}
	return found, nil
}

func formatError(text string) error {
	return &exception{class: "org.apache.kafka.metadata.storage.FormatterException", text: text}
}

// parseFeature reads "name=level" as feature-dependencies does.
func parseFeature(text string) (name string, level int16, err error) {
	name, number, ok := strings.Cut(text, "=")
	if !ok {
		return "", 0, formatError("Invalid feature format: " + text + ". Expected format: 'feature=version' (e.g. 'group.version=1')")
	}
	n, err := strconv.ParseInt(number, 10, 16)
	if err != nil {
		return "", 0, formatError("Invalid version format: " + number + " for feature " + name)
	}
	return name, int16(n), nil
}
