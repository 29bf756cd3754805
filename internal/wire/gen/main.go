// Command gen writes the generated files of package wire from the message
// definitions inside Kafka's jars. It is run by scripts/generate.sh, which
// fetches the jars of the release that KAFKA_VERSION names.
//
// usage: gen -jars <dir> -errors <file> -kafka <version> -out <dir>
//
// A definition is JSON: a tree of fields, each with a type and the ranges of
// versions in which it is present, nullable and tagged. loadSources reads the
// definitions (source.go, definition.go), resolve turns one of them into Go
// structs (model.go, names.go), and the emit files write the code. Everything
// that depends only on the range of valid versions is decided here, so that the
// generated code tests a version only where it makes a difference.
package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
)

func main() {
	jars := flag.String("jars", "", "directory that holds Kafka's jars")
	errorsFile := flag.String("errors", "", "table of error codes: code, name, retriable, message, separated by tabs")
	kafka := flag.String("kafka", "", "version of Kafka the jars belong to")
	out := flag.String("out", "", "directory of package wire")
	flag.Parse()
	if err := run(*jars, *errorsFile, *kafka, *out); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(jars, errorsFile, kafka, out string) error {
	definitions, err := loadSources(jars)
	if err != nil {
		return err
	}
	codes, err := loadErrorCodes(errorsFile)
	if err != nil {
		return err
	}
	var messages []*message
	for _, d := range definitions {
		m, err := resolve(d)
		if err != nil {
			return fmt.Errorf("%s: %w", d.Name, err)
		}
		if m != nil {
			messages = append(messages, m)
		}
	}
	slices.SortFunc(messages, func(a, b *message) int { return strings.Compare(a.Name, b.Name) })
	if err := checkNames(messages); err != nil {
		return err
	}
	return writeAll(out, kafka, messages, codes)
}
