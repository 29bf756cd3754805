package wire

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
)

// scripts/generate.sh writes random messages with -write-vectors, lets Kafka's
// own classes decode and encode them (gen/CheckVectors.java), and fails if a
// byte has changed. The vectors that kmsg has no opinion about are kept.
var (
	writeVectors  = flag.String("write-vectors", "", "file to write vectors to")
	vectorsToKeep = flag.Bool("vectors-to-keep", false, "write only what kmsg does not know")
)

const vectorsFile = "testdata/kafka.vectors"

func TestWriteVectors(t *testing.T) {
	if *writeVectors == "" {
		t.Skip("only for scripts/generate.sh")
	}
	var out bytes.Buffer
	fill := newFiller(30)
	fill.onlyUTF8 = true
	perVersion := rounds
	if *vectorsToKeep {
		perVersion = 1
	}
	forEachVersion(t, func(t *testing.T, info messageInfo, version int16) {
		if *vectorsToKeep && knownToKmsg(info, version) {
			return
		}
		m := info.new()
		m.SetDefaults()
		writeVector(&out, info, m, version)
		for range perVersion {
			fill.fill(reflect.ValueOf(m).Elem())
			writeVector(&out, info, m, version)
		}
	})
	if err := os.WriteFile(*writeVectors, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func writeVector(out *bytes.Buffer, info messageInfo, m Message, version int16) {
	fmt.Fprintf(out, "%s\t%d\t%x\n", info.name, version, m.Append(nil, version))
}

func knownToKmsg(info messageInfo, version int16) bool {
	return newKmsg(info) != nil && !beyondKmsg[info.name].has(version)
}

// TestKafkaVectors decodes and encodes what Kafka's classes wrote. Every message
// and version must be known to kmsg or be among the vectors.
func TestKafkaVectors(t *testing.T) {
	f, err := os.Open(vectorsFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	seen := map[string]bool{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		name, version, body := parseVector(t, lines.Text())
		m := lookupMessage(t, name).new()
		mustDecode(t, m, body, version)
		if again := m.Append(nil, version); !bytes.Equal(again, body) {
			t.Errorf("%s version %d: % x became % x", name, version, body, again)
		}
		seen[fmt.Sprint(name, version)] = true
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	forEachVersion(t, func(t *testing.T, info messageInfo, version int16) {
		if !knownToKmsg(info, version) && !seen[fmt.Sprint(info.name, version)] {
			t.Errorf("version %d has neither kmsg nor a vector", version)
		}
	})
}

func parseVector(t *testing.T, line string) (name string, version int16, body []byte) {
	columns := strings.Split(line, "\t")
	if len(columns) != 3 {
		t.Fatalf("line %q", line)
	}
	if _, err := fmt.Sscan(columns[1], &version); err != nil {
		t.Fatalf("line %q: %v", line, err)
	}
	body, err := hex.DecodeString(columns[2])
	if err != nil {
		t.Fatalf("line %q: %v", line, err)
	}
	return columns[0], version, body
}
