package peer

import (
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// driver is a client in another language: a program in test/compat that knows
// four commands.
//
//	produce ADDRESS [-P key=value]… TOPIC:CODEC…
//	  sends the records on standard input (Record.input) to each topic and
//	  prints topic, partition and offset of each, or error, name and text
//	consume ADDRESS [-P key=value]… COUNT GROUP|- TOPIC…
//	  prints the first COUNT records (parseRecord)
//	join ADDRESS [-P key=value]… GROUP TOPIC…
//	  is a member until standard input ends; prints assigned, revoked and
//	  record lines
//
//	admin ADDRESS [-P key=value]… TOPIC NEW-TOPIC GROUP
//	  does what AdminLines tells
//
// Fields are separated by tabs.
type driver struct {
	name string
	cmd  func(t testing.TB, args ...string) *exec.Cmd
}

// Java is the pinned release's Java clients.
func Java() Client { return javaDriver("java", "broker") }

// OldJava is the Java clients of the 3.1 time.
func OldJava() Client { return javaDriver("java-3.1", "old") }

func javaDriver(name, profile string) driver {
	return driver{name, func(t testing.TB, args ...string) *exec.Cmd {
		file(t, "java/target/driver-"+profile, "the Java driver")
		return java(t, profile, "Driver", args...)
	}}
}

// Librdkafka is librdkafka through its Python binding.
func Librdkafka() Client {
	return driver{"librdkafka", func(t testing.TB, args ...string) *exec.Cmd {
		python := file(t, "python/venv/bin/python", "librdkafka's Python binding")
		script := file(t, "python/driver.py", "the Python driver")
		return exec.CommandContext(context.WithoutCancel(t.Context()), python, append([]string{script}, args...)...)
	}}
}

// KafkaJS is kafkajs on Node.js.
func KafkaJS() Client {
	return driver{"kafkajs", func(t testing.TB, args ...string) *exec.Cmd {
		file(t, "kafkajs/node_modules/kafkajs", "kafkajs")
		script := file(t, "kafkajs/driver.js", "the kafkajs driver")
		return exec.CommandContext(context.WithoutCancel(t.Context()), command(t, "node"), append([]string{script}, args...)...)
	}}
}

func (d driver) Name() string { return d.name }

func (d driver) Produce(t testing.TB, address string, to []Target, records []Record, props ...string) []Ack {
	t.Helper()
	var in strings.Builder
	for _, r := range records {
		in.WriteString(r.input() + "\n")
	}
	var targets []string
	for _, target := range to {
		targets = append(targets, target.Topic+":"+target.Codec)
	}
	var acks []Ack
	for _, f := range d.run(t, in.String(), "produce", address, props, targets...) {
		if f[0] == "error" {
			acks = append(acks, Ack{Err: strings.Join(f[1:], ": ")})
			continue
		}
		partition, err := strconv.ParseInt(f[1], 10, 32)
		offset, err2 := strconv.ParseInt(f[2], 10, 64)
		if err != nil || err2 != nil {
			t.Fatalf("%s: not an acknowledgement: %q", d.name, f)
		}
		acks = append(acks, Ack{Topic: f[0], Partition: int32(partition), Offset: offset})
	}
	return acks
}

func (d driver) Consume(t testing.TB, address, group string, topics []string, count int, props ...string) []Record {
	t.Helper()
	if group == "" {
		group = "-"
	}
	args := append([]string{strconv.Itoa(count), group}, topics...)
	var records []Record
	for _, f := range d.run(t, "", "consume", address, props, args...) {
		r, err := parseRecord(strings.Join(f, "\t"))
		if err != nil {
			t.Fatalf("%s: %v", d.name, err)
		}
		records = append(records, r)
	}
	return records
}

// run runs one command to its end and returns the fields of what it printed.
func (d driver) run(t testing.TB, stdin, command, address string, props []string, args ...string) [][]string {
	t.Helper()
	p := d.start(t, command, address, props, args...)
	go func() {
		fmt.Fprint(p.Stdin, stdin)
		p.Stdin.Close()
	}()
	if code := p.Wait(t, clientLimit); code != 0 {
		t.Fatalf("%s %s ended with %d:\n%s\n%s", d.name, command, code, tail(p.Stdout.String(), 2000), tail(p.Stderr.String(), 4000))
	}
	var lines [][]string
	for line := range strings.Lines(p.Stdout.String()) {
		lines = append(lines, strings.Split(strings.TrimSuffix(line, "\n"), "\t"))
	}
	return lines
}

func (d driver) start(t testing.TB, command, address string, props []string, args ...string) *Process {
	t.Helper()
	all := []string{command, address}
	for _, p := range props {
		all = append(all, "-P", p)
	}
	return start(t, d.cmd(t, append(all, args...)...))
}
