package main

import (
	"context"
	_ "embed"
	"fmt"
	"math"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/brolga-io/brolga/bench/load"
)

// Rows of real clients say what somebody gets who uses one. The client takes more
// CPU time than the broker, and on two processors shares them with it: these rows
// say less about the brokers than the others.
const (
	clientRecords = 500_000
	clientSize    = 100
)

//go:embed rdkafka.py
var rdkafkaScript string

func franzContest() contest {
	return contest{nodes: 1, repeats: 3,
		rows: []against{
			{name: "rfranz", what: "franz-go writes records of 100 B", unit: "s/Mrec"},
			{name: "rfranzin", what: "… and reads them", unit: "s/Mrec"},
		},
		on: func(b *broker) ([]float64, error) {
			out, err := franzWrite(b.addr)
			if err != nil {
				return nil, err
			}
			in, err := franzRead(b.addr)
			return []float64{out, in}, err
		}}
}

// franzWrite returns the seconds for a million records, acks=all as it is by default.
func franzWrite(addr string) (float64, error) {
	client, err := kgo.NewClient(kgo.SeedBrokers(addr), kgo.DefaultProduceTopic(load.Topic), kgo.ProducerBatchCompression(kgo.NoCompression()))
	if err != nil {
		return 0, err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	value := make([]byte, clientSize)
	failed := make(chan error, 1)
	begin := time.Now()
	for range clientRecords {
		client.Produce(ctx, &kgo.Record{Value: value}, func(_ *kgo.Record, err error) {
			if err != nil {
				select {
				case failed <- err:
				default:
				}
			}
		})
	}
	if err := client.Flush(ctx); err != nil {
		return 0, err
	}
	seconds := time.Since(begin).Seconds()
	select {
	case err = <-failed:
	default:
	}
	return seconds / clientRecords * 1e6, err
}

func franzRead(addr string) (float64, error) {
	client, err := kgo.NewClient(kgo.SeedBrokers(addr), kgo.ConsumeTopics(load.Topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if err != nil {
		return 0, err
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	begin := time.Now()
	for n := 0; n < clientRecords; {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err0(); err != nil {
			return 0, err
		}
		n += fetches.NumRecords()
	}
	return time.Since(begin).Seconds() / clientRecords * 1e6, nil
}

// javaTools are the jars of Kafka's tools; Maven has none of the newest release, so
// they may be one older than the broker.
type javaTools struct{ jars, logging string }

// clients are where the clients of others are.
type clients struct {
	java   javaTools
	python string // that has librdkafka
}

func javaContest(tools javaTools) contest {
	return contest{nodes: 1, repeats: 3,
		rows: []against{
			{name: "rjava", what: "kafka-producer-perf-test, 100 B, acks=1", unit: "s/Mrec"},
			{name: "rjavap99", what: "… p99 of its latency", unit: "ms"},
			{name: "rjavain", what: "kafka-consumer-perf-test", unit: "s/Mrec"},
		},
		on: func(b *broker) ([]float64, error) {
			// The JVM of the client warms up within the run: more records than above.
			const records = 2 * clientRecords
			text, err := tools.run("org.apache.kafka.tools.ProducerPerformance", "--topic", load.Topic, "--num-records", strconv.Itoa(records),
				"--record-size", strconv.Itoa(clientSize), "--throughput", "-1", "--producer-props", "bootstrap.servers="+b.addr, "acks=1")
			if err != nil {
				return nil, err
			}
			perSecond, p99, err := producerPerf(text)
			if err != nil {
				return nil, err
			}
			text, err = tools.run("org.apache.kafka.tools.ConsumerPerformance", "--bootstrap-server", b.addr, "--topic", load.Topic, "--num-records", strconv.Itoa(records), "--hide-header")
			if err != nil {
				return nil, err
			}
			readPerSecond, err := consumerPerf(text)
			return []float64{1e6 / perSecond, p99, 1e6 / readPerSecond}, err
		}}
}

func (j javaTools) run(class string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	all := append([]string{"-Xmx512M", "-Dlog4j2.configurationFile=" + j.logging, "-cp", filepath.Join(j.jars, "*"), class}, args...)
	out, err := exec.CommandContext(ctx, "java", all...).CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%s: %w: %s", class, err, out)
	}
	return string(out), err
}

// producerPerf reads the last line of kafka-producer-perf-test: records, rate,
// latencies, separated by commas.
func producerPerf(text string) (perSecond, p99 float64, err error) {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	last := lines[len(lines)-1]
	perSecond, p99 = math.NaN(), math.NaN()
	for _, field := range strings.Split(last, ", ") {
		words := strings.Fields(field)
		switch {
		case len(words) > 1 && words[1] == "records/sec":
			perSecond, err = strconv.ParseFloat(words[0], 64)
		case len(words) == 3 && words[2] == "99th":
			p99, err = strconv.ParseFloat(words[0], 64)
		}
		if err != nil {
			return 0, 0, err
		}
	}
	if math.IsNaN(perSecond + p99) {
		err = fmt.Errorf("not the last line of kafka-producer-perf-test: %q", last)
	}
	return perSecond, p99, err
}

// consumerPerf reads the line of kafka-consumer-perf-test, whose tenth field is the
// rate of fetching alone, without joining the group.
func consumerPerf(text string) (perSecond float64, err error) {
	const rate = 9
	lines := strings.Split(strings.TrimSpace(text), "\n")
	fields := strings.Split(lines[len(lines)-1], ", ")
	if len(fields) != rate+1 {
		return 0, fmt.Errorf("not the line of kafka-consumer-perf-test: %q", text)
	}
	return strconv.ParseFloat(fields[rate], 64)
}

// rdkafkaContest runs bench/rdkafka.py with the Python that has librdkafka.
func rdkafkaContest(python string) contest {
	return contest{nodes: 1, repeats: 3,
		rows: []against{
			{name: "rrdkafka", what: "librdkafka (Python) writes, 100 B, acks=1", unit: "s/Mrec"},
			{name: "rrdkafkain", what: "… and reads them", unit: "s/Mrec"},
		},
		on: func(b *broker) ([]float64, error) {
			ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
			defer cancel()
			cmd := exec.CommandContext(ctx, python, "-", b.addr, load.Topic, strconv.Itoa(clientRecords), strconv.Itoa(clientSize))
			cmd.Stdin = strings.NewReader(rdkafkaScript)
			out, err := cmd.CombinedOutput()
			if err != nil {
				return nil, fmt.Errorf("librdkafka: %w: %s", err, out)
			}
			values := make([]float64, 2)
			if _, err := fmt.Sscan(string(out), &values[0], &values[1]); err != nil {
				return nil, fmt.Errorf("librdkafka said %q: %w", out, err)
			}
			return values, nil
		}}
}
