package wire

import (
	"bufio"
	"flag"
	"math"
	"os"
	"strings"
	"testing"
)

// Each line is a vector and, behind it, what Kafka's own classes print for it
// (gen/PrintJSON.java). scripts/generate.sh checks many more than are kept.
var jsonFile = flag.String("json-vectors", "testdata/kafka.json", "file of messages and what Kafka prints for them")

func TestKafkaJSON(t *testing.T) {
	f, err := os.Open(*jsonFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	names := map[string]bool{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		vector, want := lines.Text(), ""
		if i := strings.LastIndexByte(vector, '\t'); i >= 0 {
			vector, want = vector[:i], vector[i+1:]
		}
		name, version, body := parseVector(t, vector)
		m := lookupMessage(t, name).new()
		mustDecode(t, m, body, version)
		printer, ok := m.(interface {
			AppendJSON([]byte, int16) []byte
		})
		if !ok {
			t.Fatalf("%s has no AppendJSON", name)
		}
		if got := string(printer.AppendJSON(nil, version)); got != want {
			t.Errorf("%s version %d:\n got %s\nwant %s", name, version, got, want)
		}
		names[name] = true
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	forEachVersion(t, func(t *testing.T, info messageInfo, version int16) {
		if _, isRecord := info.new().(Record); isRecord && !names[info.name] {
			t.Errorf("no line for the record %s", info.name)
		}
	})
}

func TestJSONString(t *testing.T) {
	for in, want := range map[string]string{
		"":              `""`,
		"a/b <c> & 'd'": `"a/b <c> & 'd'"`,
		"\"\\":          `"\"\\"`,
		"\b\f\n\r\t":    `"\b\f\n\r\t"`,
		"\x00\x1f\x7f":  "\"\\u0000\\u001F\x7f\"",
		"ångt 馬":        `"ångt 馬"`,
	} {
		if got := string(jsonString(nil, in)); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

func TestJSONFloat(t *testing.T) {
	for in, want := range map[float64]string{
		0: "0.0", 1: "1.0", -2.5: "-2.5", 0.001: "0.001", 0.0009: "9.0E-4", 9999999: "9999999.0", 1e7: "1.0E7",
		1.5e300: "1.5E300", math.Inf(1): `"Infinity"`, math.Inf(-1): `"-Infinity"`,
	} {
		if got := string(jsonFloat(nil, in)); got != want {
			t.Errorf("%v: %s, want %s", in, got, want)
		}
	}
	if got := string(jsonFloat(nil, math.NaN())); got != `"NaN"` {
		t.Errorf("NaN: %s", got)
	}
}
