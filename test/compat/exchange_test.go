package compat

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/test/compat/peer"
)

// Partition directories that Apache Kafka wrote and closed open in ours.
func TestOpensKafkasDirectories(t *testing.T) {
	from, to := peer.StartKafka(t, diskOverrides...), peer.Start(t, diskOverrides...)
	d := fillDisk(t, from)
	for _, b := range []*peer.Broker{from, to} {
		peer.CreateTopic(t, b.Address, "txns", 1)
	}
	fillTransactions(t, from)
	exchange(t, from, to, append(diskTopics(), "txns"))
	goOn(t, to, d)
}

// Partition directories that we closed orderly open in Apache Kafka, which finds
// nothing to mend.
func TestKafkaOpensOurDirectories(t *testing.T) {
	from, to := peer.Start(t, diskOverrides...), peer.StartKafka(t, diskOverrides...)
	d := fillDisk(t, from)
	said := exchange(t, from, to, diskTopics())
	about := regexp.MustCompile(`\b(` + strings.Join(diskTopics(), "|") + `)-0\b`)
	complaint := regexp.MustCompile(`(?i)\] (WARN|ERROR|FATAL) |corrupt|rebuilding index|could not|truncat|recovering`)
	for line := range strings.Lines(said) {
		if about.MatchString(line) && complaint.MatchString(line) {
			t.Errorf("Kafka says %s", line)
		}
	}
	if !strings.Contains(said, "Loading producer state till offset") {
		t.Errorf("Kafka does not tell how it loaded the logs:\n%s", said)
	}
	goOn(t, to, d)
}

// exchange puts the partition directories of from in the place of the empty ones
// of to, both stopped, and compares what clients see before and after. It returns
// what to wrote when it started on them.
func exchange(t *testing.T, from, to *peer.Broker, topics []string) string {
	t.Helper()
	createDiskTopics(t, to)
	compactionLag(t, to, time.Hour)
	for leaderEpoch(t, to, "mixed") < leaderEpoch(t, from, "mixed") { // epochs only grow
		to.Stop(t)
		to.Restart(t)
	}
	before, epochs := map[string][]string{}, map[string]int32{}
	for _, topic := range topics {
		epochs[topic] = leaderEpoch(t, from, topic)
		before[topic] = look(t, from, topic, epochs[topic])
	}
	from.Stop(t)
	to.Stop(t)
	for _, topic := range topics {
		movePartition(t, from, to, topic+"-0")
	}
	moveCheckpoints(t, from, to, topics)
	quiet := len(to.Log())
	to.Restart(t)
	for _, topic := range topics {
		after := look(t, to, topic, epochs[topic])
		if slices.Equal(after, before[topic]) {
			continue
		}
		for i := range min(len(after), len(before[topic])) {
			if after[i] != before[topic][i] {
				t.Errorf("%s: look %d is %.300s, was %.300s", topic, i, after[i], before[topic][i])
				break
			}
		}
		t.Errorf("%s: %d looks, were %d", topic, len(after), len(before[topic]))
	}
	return to.Log()[quiet:]
}

func leaderEpoch(t *testing.T, b *peer.Broker, topic string) int32 {
	t.Helper()
	topics, err := peer.Admin(t, b.Address).ListTopics(t.Context(), topic)
	if err != nil {
		t.Fatal(err)
	}
	return topics[topic].Partitions[0].LeaderEpoch
}

// look is what clients can see of partition 0 of a topic, a line each: records,
// offsets of times and of the epochs up to the last, producers.
func look(t *testing.T, b *peer.Broker, topic string, last int32) []string {
	t.Helper()
	held := peer.Held(t, b.Address, topic)
	times := map[int64]bool{0: true, time.Now().Add(time.Hour).UnixMilli(): true}
	var lines []string
	for i, r := range held {
		lines = append(lines, fmt.Sprint("record ", r.Offset, " ", r))
		if i%9 == 0 {
			times[r.Timestamp-1], times[r.Timestamp], times[r.Timestamp+1] = true, true, true
		}
	}
	admin := peer.Admin(t, b.Address)
	add := func(what string, offset, timestamp int64, err error) {
		if err != nil {
			t.Fatalf("%s of %s: %v", what, topic, err)
		}
		lines = append(lines, fmt.Sprint(what, " at ", offset, " of ", timestamp))
	}
	starts, err := admin.ListStartOffsets(t.Context(), topic)
	add("start", starts[topic][0].Offset, 0, err)
	ends, err := admin.ListEndOffsets(t.Context(), topic)
	add("end", ends[topic][0].Offset, 0, err)
	for _, ms := range slices.Sorted(maps.Keys(times)) {
		found, err := admin.ListOffsetsAfterMilli(t.Context(), ms, topic)
		if ms > time.Now().UnixMilli() {
			ms = 0
		}
		add(fmt.Sprint("time ", ms), found[topic][0].Offset, found[topic][0].Timestamp, errors.Join(err, found[topic][0].Err))
	}
	newest, err := admin.ListMaxTimestampOffsets(t.Context(), topic)
	add("newest", newest[topic][0].Offset, newest[topic][0].Timestamp, err)
	for epoch := range last + 1 {
		found, end := endOfEpoch(t, b, topic, epoch)
		lines = append(lines, fmt.Sprint("epoch ", epoch, " is ", found, " ends at ", end))
	}
	lines = append(lines, strings.Split(producerStates(t, b, topic), "\n")...)
	return append(lines, committed(t, b, topic, ends[topic][0].Offset)...)
}

// committed is what a consumer is given that reads committed records only.
func committed(t *testing.T, b *peer.Broker, topic string, end int64) []string {
	t.Helper()
	client := peer.NewFranz(t, b.Address, kgo.KeepControlRecords(), kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{topic: {0: kgo.NewOffset().AtStart()}}))
	defer client.Close()
	var lines []string
	for {
		fetches := client.PollFetches(t.Context())
		if err := fetches.Err0(); err != nil {
			t.Fatal(err)
		}
		for _, r := range fetches.Records() {
			lines = append(lines, fmt.Sprint("committed ", r.Offset, " ", r.Attrs.IsTransactional(), " ", r.Attrs.IsControl()))
			if r.Offset == end-1 {
				return lines
			}
		}
	}
}
