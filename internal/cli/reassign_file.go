package cli

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// partitionReplica is the copy of a partition on one broker.
type partitionReplica struct {
	topicPartition
	broker int32
}

func (r partitionReplica) String() string { return fmt.Sprintf("%s-%d", r.topicPartition, r.broker) }

// moves is what a reassignment file asks for: the replicas of partitions, in
// the file's order, and the log directories of those for which it names one.
type moves struct {
	partitions []topicPartition
	replicas   map[topicPartition][]int32
	dirs       map[partitionReplica]string
	duplicates []string
}

const anyLogDir = "any"

func readText(path string) (string, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return "", &exception{class: "java.io.IOException", text: "Unable to read file " + path, cause: err}
	}
	return string(raw), nil
}

// versionedJSON reads an object whose version, if it has one, is 1.
func versionedJSON(text string) (jsonFields, error) {
	js, ok := parseJSON(text)
	if !ok {
		return nil, adminOperationFailed("The input string is not a valid JSON")
	}
	fields, err := js.object()
	if err != nil {
		return nil, err
	}
	if raw, set := fields["version"]; set {
		version, err := jsonValue{raw}.int32()
		if err != nil {
			return nil, err
		}
		if version != 1 {
			return nil, adminOperationFailed(fmt.Sprintf("Not supported version field value %d", version))
		}
	}
	return fields, nil
}

func parseMoves(text string) (*moves, error) {
	fields, err := versionedJSON(text)
	if err != nil {
		return nil, err
	}
	m := &moves{replicas: map[topicPartition][]int32{}, dirs: map[partitionReplica]string{}}
	list, set := fields["partitions"]
	if !set {
		return m, nil
	}
	items, err := jsonValue{list}.array()
	if err != nil {
		return nil, err
	}
	for _, item := range items {
		if err := m.add(item); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (m *moves) add(item jsonValue) error {
	tp, err := item.topicPartition()
	if err != nil {
		return err
	}
	fields, err := item.object()
	if err != nil {
		return err
	}
	listed, err := fields.field("replicas")
	if err != nil {
		return err
	}
	replicas, err := listed.int32s()
	if err != nil {
		return err
	}
	if raw, set := fields["log_dirs"]; set {
		dirs, err := jsonValue{raw}.texts()
		if err != nil {
			return err
		}
		if len(dirs) != len(replicas) {
			return adminCommandFailed(fmt.Sprintf("Size of replicas list [%s] is different from size of log dirs list [%s] for partition %s",
				joinIDs(replicas, ", "), strings.Join(dirs, ", "), tp))
		}
		for i, dir := range dirs {
			if dir != anyLogDir {
				m.dirs[partitionReplica{tp, replicas[i]}] = dir
			}
		}
	}
	if _, twice := m.replicas[tp]; twice {
		m.duplicates = append(m.duplicates, tp.String())
	} else {
		m.partitions = append(m.partitions, tp)
	}
	m.replicas[tp] = replicas
	return nil
}

// checkExecutable is what --execute insists on beyond the format.
func (m *moves) checkExecutable() error {
	if len(m.partitions) == 0 {
		return adminCommandFailed("Partition reassignment list cannot be empty")
	}
	var twice []string
	for _, tp := range m.partitions {
		if len(m.replicas[tp]) == 0 {
			return adminCommandFailed("Partition replica list cannot be empty")
		}
		if ids := repeated(m.replicas[tp]); len(ids) > 0 {
			twice = append(twice, fmt.Sprintf("%s contains multiple entries for %s", tp, joinIDs(ids, ",")))
		}
	}
	if len(m.duplicates) > 0 {
		return adminCommandFailed("Partition reassignment contains duplicate topic partitions: " + strings.Join(slices.Compact(m.duplicates), ","))
	}
	if len(twice) > 0 {
		return adminCommandFailed("Partition replica lists may not contain duplicate entries: " + strings.Join(twice, ". "))
	}
	return nil
}

// repeated returns the values that a list has more than once.
func repeated[T comparable](list []T) []T {
	var twice []T
	for i, v := range list {
		if slices.Contains(list[:i], v) && !slices.Contains(twice, v) {
			twice = append(twice, v)
		}
	}
	return twice
}

// assignmentJSON writes partitions in the format of a reassignment file.
func assignmentJSON(replicas map[topicPartition][]int32, dirs map[partitionReplica]string) string {
	type entry struct {
		Topic     string   `json:"topic"`
		Partition int32    `json:"partition"`
		Replicas  []int32  `json:"replicas"`
		LogDirs   []string `json:"log_dirs"`
	}
	all := struct {
		Version    int     `json:"version"`
		Partitions []entry `json:"partitions"`
	}{1, []entry{}}
	for _, tp := range sortedPartitions(replicas) {
		e := entry{tp.topic, tp.partition, replicas[tp], []string{}}
		for _, id := range replicas[tp] {
			dir, known := dirs[partitionReplica{tp, id}]
			if !known {
				dir = anyLogDir
			}
			e.LogDirs = append(e.LogDirs, dir)
		}
		all.Partitions = append(all.Partitions, e)
	}
	return marshalJSON(all)
}

func (v jsonValue) int32s() ([]int32, error) {
	items, err := v.array()
	if err != nil {
		return nil, err
	}
	list := make([]int32, len(items))
	for i, item := range items {
		if list[i], err = item.int32(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (v jsonValue) texts() ([]string, error) {
	items, err := v.array()
	if err != nil {
		return nil, err
	}
	list := make([]string, len(items))
	for i, item := range items {
		if list[i], err = item.text(); err != nil {
			return nil, err
		}
	}
	return list, nil
}
