package cli

import (
	"errors"
	"io/fs"
	"os"
	"strconv"
	"strings"
)

// recordsFile is the content of --offset-json-file: for each partition the
// offset before which its records go, -1 for all of them.
type recordsFile struct {
	partitions []topicPartition
	before     map[topicPartition]int64
}

func readRecordsFile(path string) (*recordsFile, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = &exception{class: "java.io.IOException", text: "Unable to read file " + path, cause: err}
		}
		return nil, err
	}
	root, ok := parseJSON(string(raw))
	if !ok {
		return nil, adminOperation("The input string is not a valid JSON")
	}
	top, err := root.object()
	if err != nil {
		return nil, err
	}
	if raw, given := top["version"]; given {
		version, err := jsonValue{raw}.int32()
		if err != nil {
			return nil, err
		}
		if version != 1 {
			return nil, adminOperation("Not supported version field value " + strconv.Itoa(int(version)))
		}
	}
	partitions, given := top["partitions"]
	if !given {
		return nil, adminOperation("Missing partitions field")
	}
	return parseRecords(jsonValue{partitions})
}

func parseRecords(list jsonValue) (*recordsFile, error) {
	items, err := list.array()
	if err != nil {
		return nil, err
	}
	file := &recordsFile{before: map[topicPartition]int64{}}
	var twice []string
	for _, item := range items {
		tp, offset, err := parseRecordsEntry(item)
		if err != nil {
			return nil, err
		}
		if _, seen := file.before[tp]; seen {
			twice = append(twice, tp.String())
			continue
		}
		file.partitions = append(file.partitions, tp)
		file.before[tp] = offset
	}
	if len(twice) > 0 {
		return nil, &exception{class: "org.apache.kafka.tools.AdminCommandFailedException",
			text: "Offset json file contains duplicate topic partitions: " + strings.Join(twice, ",")}
	}
	return file, nil
}

func parseRecordsEntry(item jsonValue) (tp topicPartition, offset int64, err error) {
	entry, err := item.object()
	if err != nil {
		return tp, 0, err
	}
	v, err := entry.field("topic")
	if err == nil {
		tp.topic, err = v.text()
	}
	if err == nil {
		v, err = entry.field("partition")
	}
	if err == nil {
		tp.partition, err = v.int32()
	}
	if err == nil {
		v, err = entry.field("offset")
	}
	if err == nil {
		offset, err = v.int64()
	}
	return tp, offset, err
}

func adminOperation(text string) error {
	return &exception{class: "org.apache.kafka.tools.AdminOperationException", text: text}
}
