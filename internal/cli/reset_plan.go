package cli

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// readResetPlan reads a file that --export wrote: "topic,partition,offset" for
// the one group asked for, else "group,topic,partition,offset".
func readResetPlan(path string, groups []string) (map[string]map[topicPartition]int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, &exception{class: "java.lang.RuntimeException", text: "java.io.IOException: Unable to read file " + path, cause: err}
	}
	defer f.Close()
	in := csv.NewReader(f)
	in.FieldsPerRecord = -1
	plan := map[string]map[topicPartition]int64{}
	for {
		fields, err := in.Read()
		if errors.Is(err, io.EOF) {
			return plan, nil
		}
		line, _ := in.FieldPos(0)
		if err == nil && len(fields) == 3 && len(groups) == 1 {
			fields = append([]string{groups[0]}, fields...)
		}
		if err == nil {
			err = addToPlan(plan, fields)
		}
		if err != nil {
			return nil, &exception{class: "java.lang.RuntimeException", text: fmt.Sprintf("%s, line %d: %v", path, line, err), cause: err}
		}
	}
}

func addToPlan(plan map[string]map[topicPartition]int64, fields []string) error {
	if len(fields) != 4 {
		return fmt.Errorf("expected group,topic,partition,offset but found %d fields", len(fields))
	}
	partition, err := strconv.ParseInt(fields[2], 10, 32)
	if err != nil {
		return fmt.Errorf("%q is not a partition", fields[2])
	}
	offset, err := strconv.ParseInt(fields[3], 10, 64)
	if err != nil {
		return fmt.Errorf("%q is not an offset", fields[3])
	}
	if plan[fields[0]] == nil {
		plan[fields[0]] = map[topicPartition]int64{}
	}
	plan[fields[0]][topicPartition{fields[1], int32(partition)}] = offset
	return nil
}

func csvLine(fields []string) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write(fields)
	w.Flush()
	return strings.TrimSuffix(b.String(), "\n")
}
