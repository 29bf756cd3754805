package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// errorCode is one constant of Kafka's enum Errors.
type errorCode struct {
	code      int
	name      string // OFFSET_OUT_OF_RANGE
	retriable bool
	message   string
}

// loadErrorCodes reads the table that DumpErrors.java prints.
func loadErrorCodes(name string) ([]errorCode, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var codes []errorCode
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		c, err := parseErrorCode(lines.Text())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		// The table is indexed by code, from -1 on.
		if c.code != len(codes)-1 {
			return nil, fmt.Errorf("%s: code %d in place %d", name, c.code, len(codes))
		}
		codes = append(codes, c)
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if len(codes) == 0 {
		return nil, fmt.Errorf("%s is empty", name)
	}
	return codes, nil
}

func parseErrorCode(line string) (errorCode, error) {
	columns := strings.Split(line, "\t")
	if len(columns) != 4 {
		return errorCode{}, fmt.Errorf("line %q does not have 4 columns", line)
	}
	code, err := strconv.Atoi(columns[0])
	if err != nil {
		return errorCode{}, err
	}
	retriable, err := strconv.ParseBool(columns[2])
	if err != nil {
		return errorCode{}, err
	}
	return errorCode{code, columns[1], retriable, columns[3]}, nil
}

func emitErrorCodes(w *writer, codes []errorCode) {
	w.line("// The error codes of the protocol, under the names Kafka gives them.")
	w.line("const (")
	for _, c := range codes {
		w.line("%s ErrorCode = %d", camel(c.name), c.code)
	}
	w.line(")")
	w.line("")
	w.line("// errorCodes is indexed by code plus one.")
	w.line("var errorCodes = [...]errorCodeInfo{")
	for _, c := range codes {
		w.line("{%q, %t, %q},", c.name, c.retriable, c.message)
	}
	w.line("}")
}
