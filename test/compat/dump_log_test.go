package compat

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/brolga-io/brolga/test/compat/peer"
)

// dumpLog runs Kafka's own kafka-dump-log over files and returns what it printed
// about them. It must find nothing wrong.
func dumpLog(t *testing.T, files []string, args ...string) string {
	t.Helper()
	if len(files) == 0 {
		t.Fatal("nothing to dump")
	}
	r := peer.JavaTools().Run(t, "", "kafka-dump-log", append(args, "--files", strings.Join(files, ","))...)
	said := gapLines.ReplaceAllString(r.Stderr, "")
	if r.Code != 0 || said != "" {
		t.Fatalf("kafka-dump-log ended with %d: %s", r.Code, r.Stderr)
	}
	for _, finding := range []string{"isvalid: false", "ismatch", "out of order", "corrupt", "has incomplete"} {
		if i := strings.Index(r.Stdout, finding); i >= 0 {
			t.Errorf("kafka-dump-log finds …%.300s", r.Stdout[max(0, i-200):])
		}
	}
	return r.Stdout
}

// gapLines are what it says of segments that do not begin with offset 0, and of
// what compaction left.
var gapLines = regexp.MustCompile(`(?m)^Non-consecutive offsets in .*\n|^  -?\d+ is followed by \d+\n`)

func partitionFiles(t *testing.T, b *peer.Broker, partition, suffix string) []string {
	t.Helper()
	return glob(t, filepath.Join(b.Dir, "data", partition, "*"+suffix))
}

// Kafka's kafka-dump-log reads every file of a partition and sees what clients
// were given.
func TestKafkaDumpsOurFiles(t *testing.T) {
	b := peer.Start(t, diskOverrides...)
	d := fillDisk(t, b)
	held := map[string][]peer.Record{}
	producers := map[string]string{}
	for _, topic := range diskTopics() {
		held[topic] = peer.Held(t, b.Address, topic)
		producers[topic] = producerStates(t, b, topic)
	}
	b.Stop(t)
	for _, topic := range diskTopics() {
		t.Run(topic, func(t *testing.T) {
			dumpedRecords(t, b, topic, held[topic])
			dumpedIndexes(t, b, topic)
			dumpedProducers(t, b, topic, producers[topic])
		})
	}
	dumpedEpochs(t, b, held["mixed"], d)
}

// recordLine is a record as kafka-dump-log prints it.
var recordLine = regexp.MustCompile(`(?m)^\| offset: (\d+) CreateTime: (\d+) keySize: (-?\d+) valueSize: (-?\d+) sequence: (-?\d+) headerKeys: \[(.*)\](?: key: (.*?))?(?: payload: (.*))?$`)

func dumpedRecords(t *testing.T, b *peer.Broker, topic string, held []peer.Record) {
	t.Helper()
	files := partitionFiles(t, b, topic+"-0", ".log")
	text := dumpLog(t, files, "--print-data-log")
	if topic == "mixed" && len(files) < 3 {
		t.Errorf("only %d segments", len(files))
	}
	var dumped []string
	for _, m := range recordLine.FindAllStringSubmatch(text, -1) {
		line := strings.Join(slices.Concat(m[1:5], m[6:7]), " ")
		if topic != "odd" { // what cannot be printed
			line += " " + m[7] + "=" + m[8]
		}
		if offset, _ := strconv.ParseInt(m[1], 10, 64); offset >= held[0].Offset {
			dumped = append(dumped, line)
		}
	}
	var want []string
	for _, r := range held {
		var headers []string
		for _, h := range r.Headers {
			headers = append(headers, h.Key)
		}
		line := fmt.Sprintf("%d %d %d %d %s", r.Offset, r.Timestamp, size(r.Key), size(r.Value), strings.Join(headers, ","))
		if topic != "odd" {
			line += " " + string(r.Key) + "=" + string(r.Value)
		}
		want = append(want, line)
	}
	if !slices.Equal(dumped, want) {
		t.Errorf("%s holds %d records for clients, %d for kafka-dump-log: %.200s, %.200s", topic, len(want), len(dumped), want, dumped)
	}
}

// size is what kafka-dump-log prints of a null, too.
func size(b []byte) int {
	if b == nil {
		return -1
	}
	return len(b)
}

// dumpedIndexes lets Kafka compare the indexes with the segments, entry by entry.
func dumpedIndexes(t *testing.T, b *peer.Broker, topic string) {
	t.Helper()
	files := append(partitionFiles(t, b, topic+"-0", ".index"), partitionFiles(t, b, topic+"-0", ".timeindex")...)
	text := dumpLog(t, files)
	if n := strings.Count(text, "position: "); topic == "mixed" && n < 10 {
		t.Errorf("the offset indexes have %d entries", n)
	}
	if n := strings.Count(text, "timestamp: "); topic == "mixed" && n < 3 {
		t.Errorf("the time indexes have %d entries", n)
	}
	checked := dumpLog(t, files, "--index-sanity-check")
	if n := strings.Count(checked, "passed sanity check") + strings.Count(checked, "is empty"); n != len(files) {
		t.Errorf("%d of %d indexes pass Kafka's sanity check:\n%s", n, len(files), checked)
	}
}

// producerStates is what DescribeProducers knows of partition 0, one producer a
// line.
func producerStates(t *testing.T, b *peer.Broker, topic string) string {
	t.Helper()
	admin := peer.Admin(t, b.Address)
	described, err := admin.DescribeProducers(t.Context(), kadm.TopicsSet{topic: {0: {}}})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, p := range described[topic].Partitions.SortedProducers() {
		lines = append(lines, fmt.Sprintf("producer %d epoch %d sequence %d timestamp %d", p.ProducerID, p.ProducerEpoch, p.LastSequence, p.LastTimestamp))
	}
	return strings.Join(lines, "\n")
}

var producerLine = regexp.MustCompile(`(?s)producerId: (\d+) producerEpoch: (\d+) .*?lastSequence: (\d+) .*?timestamp: (\d+)`)

// dumpedProducers compares the last snapshot of the producers' state.
func dumpedProducers(t *testing.T, b *peer.Broker, topic, want string) {
	t.Helper()
	files := partitionFiles(t, b, topic+"-0", ".snapshot")
	text := dumpLog(t, files[len(files)-1:])
	var lines []string
	for line := range strings.Lines(text) {
		if m := producerLine.FindStringSubmatch(line); m != nil {
			lines = append(lines, fmt.Sprintf("producer %s epoch %s sequence %s timestamp %s", m[1], m[2], m[3], m[4]))
		}
	}
	slices.Sort(lines)
	wanted := strings.Split(want, "\n")
	slices.Sort(wanted)
	if !slices.Equal(lines, wanted) {
		t.Errorf("%s: the snapshot holds\n%s\nwant\n%s\nin\n%s", topic, strings.Join(lines, "\n"), want, text)
	}
}

// dumpedEpochs compares the checkpoint of leader epochs with the epochs that
// kafka-dump-log finds in the batches.
func dumpedEpochs(t *testing.T, b *peer.Broker, held []peer.Record, d disk) {
	t.Helper()
	text := dumpLog(t, partitionFiles(t, b, "mixed-0", ".log"))
	var lines []string
	last := ""
	for _, m := range regexp.MustCompile(`baseOffset: (\d+) lastOffset: (\d+) .*partitionLeaderEpoch: (\d+) `).FindAllStringSubmatch(text, -1) {
		offset, _ := strconv.ParseInt(m[1], 10, 64)
		end, _ := strconv.ParseInt(m[2], 10, 64)
		if end < d.start || m[3] == last {
			continue
		}
		last = m[3]
		lines = append(lines, fmt.Sprint(m[3], " ", max(offset, d.start)))
	}
	if len(lines) < 2 {
		t.Errorf("the leader epochs in the log are %v", lines)
	}
	got, err := os.ReadFile(filepath.Join(b.Dir, "data", "mixed-0", "leader-epoch-checkpoint"))
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("0\n%d\n%s\n", len(lines), strings.Join(lines, "\n"))
	if string(got) != want {
		t.Errorf("leader-epoch-checkpoint is\n%swant\n%s", got, want)
	}
}
