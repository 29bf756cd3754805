package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// FuzzTexts: any text where a tool expects an assignment, configs, rules, features,
// credentials, voters or JSON.
func FuzzTexts(f *testing.F) {
	for _, s := range []string{"1:2,2:3", "k=v,l=[a,b]", "t:0-5,u:3-", "g:0,1", "SCRAM-SHA-256=[name=a,password=b,iterations=4096]", "metadata.version=29",
		"1@a:1:AAAAAAAAAAAAAAAAAAAAAQ", `{"version":1,"partitions":[{"topic":"t","partition":0,"offset":5}]}`, `[]`, `{"a":{}}`, "", "=", "[", ":"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if a, err := parseAssignment(text); err == nil && len(a) == 0 {
			t.Fatal("no partition and no error")
		}
		_, _ = parseAddConfig(text)
		if filter, err := parsePartitionRules(text); err == nil {
			filter("t", 0)
		}
		_, _ = parseTopicPartitions(text)
		_, _ = parseScram(text)
		_, _ = parseInitialControllers(text)
		_, _, _ = parseFeature(text)
		_, _ = parseRelease(text, true)
		_, _ = parseOffsetTime(text)
		_, _ = parseQuota("producer_byte_rate", text)
		_ = parseKeyValues([]string{text})
		if v, ok := parseJSON(text); ok {
			_ = v.String()
			_, _ = v.text()
			_, _ = v.int32()
			_, _ = v.array()
			_, _ = v.object()
			_, _ = parseRecords(v)
		}
	})
}

// FuzzFiles: any bytes in a file that a tool reads.
func FuzzFiles(f *testing.F) {
	f.Add([]byte("a\nb\n"), "\\n")
	f.Add(make([]byte, 24), "")
	f.Add([]byte(`{"partitions":[]}`), "x*")
	f.Fuzz(func(t *testing.T, b []byte, delimiter string) {
		if pattern, err := regexp.Compile(delimiter); err == nil {
			total := 0
			for _, p := range cutPayloads(b, pattern) {
				total += len(p)
			}
			if total > len(b) {
				t.Fatalf("%d bytes of payload in %d", total, len(b))
			}
		}
		path := filepath.Join(t.TempDir(), "00000000000000000000.index")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		_, _ = readRecordsFile(path)
		x, err := readOffsetIndex(path)
		if err != nil {
			t.Fatal(err)
		}
		for i := range x.entries() {
			offset, _ := x.entry(i)
			x.lookup(offset)
		}
		_ = x.sanityCheck()
		_, _ = decodeProducerSnapshot(b)
		if len(b) >= legacyHeaderSize(0) { // shorter ones are cut before
			_, _ = parseLegacy(b)
		}
	})
}
