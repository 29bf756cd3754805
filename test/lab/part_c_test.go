package lab

import (
	"fmt"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/brolga-io/brolga/test/compat/peer"
)

// commandLine is part C.
func commandLine(d *desk) {
	topics(d)
	producer(d)
	consumer(d)
}

// topics is C1 to C3.
func topics(d *desk) {
	help := d.tools.Run(d, "", "kafka-topics") // its text is a golden file of internal/cli
	d.expect("help", help.Stderr, `^--replication-factor <Integer: `)

	d.run("", "kafka-topics", "--describe")
	if r := d.run("", "kafka-topics", "--create", "--topic", "mailbox"); r.Stdout != "Created topic mailbox.\n" || r.Code != 0 {
		d.Errorf("create printed %q, exit %d", r.Stdout, r.Code)
	}
	d.run("", "kafka-topics.sh", "--create", "--topic", "mailbox")
	d.run("", "kafka-topics", "--list")
	one := d.run("", "kafka-topics", "--describe", "--topic", "mailbox").Stdout
	d.expect("describe", one, `^Topic: mailbox\tTopicId: [A-Za-z0-9_-]{22}\tPartitionCount: 1\tReplicationFactor: 1\tConfigs: .*$`)
	d.expect("describe", one, `^\tTopic: mailbox\tPartition: 0\tLeader: 1\tReplicas: 1\tIsr: 1`)
	d.run("", "kafka-topics", "--describe", "--topic", "nowhere")
	r := d.run("", "kafka-topics", "--create", "--replication-factor", "3", "--partitions", "2", "--topic", "testreplicated")
	d.expect("replication", r.Stdout, `only 1 broker\(s\) are registered`)
}

// producer is C4.
func producer(d *desk) {
	text := strings.Join(lines(0), "\n") + "\n"
	if r := d.run(text, "kafka-console-producer", "--topic", "mailbox"); r.Code != 0 || r.Stdout != "" {
		d.Errorf("the producer printed %q, exit %d", r.Stdout, r.Code)
	}
	// On a terminal there is a prompt before each line.
	p := d.tools.StartOnTerminal(d, "kafka-console-producer", "--topic", "mailbox", "--bootstrap-server", d.broker.Address)
	p.Stdout.Until(d, limit, "prompt", func(s string) bool { return strings.HasSuffix(s, ">") })
	fmt.Fprint(p.Stdin, "typed by hand\n")
	p.Stdout.Until(d, limit, "second prompt", func(s string) bool { return strings.Count(s, ">") == 2 })
	fmt.Fprint(p.Stdin, "\x04") // Ctrl-D
	if code := p.Wait(d, limit); code != 0 {
		d.Errorf("the producer ended with %d after Ctrl-D", code)
	}
	r := d.run("", "kafka-console-producer", "--topic", "mailbox", "--group", "Pizza")
	d.expect("a producer has no group", r.Stdout+r.Stderr, `^group is not a recognized option$`)
	if d.tools.Name == "brolga" { // Kafka 4 dropped the spelling
		if r := d.tools.Run(d, "old spelling\n", "kafka-console-producer", "--topic", "other", "--broker-list", d.broker.Address); r.Code != 0 {
			d.Errorf("--broker-list: %s", r.Stderr)
		}
	}
}

// consumer is C5 and C6.
func consumer(d *desk) {
	want := append(lines(0), "typed by hand")
	all := d.start("kafka-console-consumer", "--topic", "mailbox", "--from-beginning")
	all.Stdout.Until(d, limit, "whole text", func(s string) bool { return strings.Count(s, "\n") >= len(want) })
	interrupt(d, all, len(want))
	if got := strings.Split(strings.TrimSuffix(all.Stdout.String(), "\n"), "\n"); !slices.Equal(got, want) {
		d.Errorf("--from-beginning printed %d lines, not the %d that were written, in their order", len(got), len(want))
	}

	peer.Send(d, peer.Franz{}, d.broker.Address, peer.To("news"), peer.Lines("old news"))
	fresh := d.start("kafka-console-consumer", "--topic", "news")
	probe(d, fresh, "news")
	if strings.Contains(fresh.Stdout.String(), "old news") {
		d.Error("without --from-beginning old records were shown")
	}
	interrupt(d, fresh, -1)

	some := d.run("", "kafka-console-consumer", "--topic", "mailbox", "--from-beginning", "--max-messages", "100", "--group", "Pizza")
	if got := strings.Split(strings.TrimSuffix(some.Stdout, "\n"), "\n"); !slices.Equal(got, lines(100)) {
		d.Errorf("--max-messages 100 printed %d lines", len(got))
	}
	next := d.run("", "kafka-console-consumer", "--topic", "mailbox", "--from-beginning", "--max-messages", "50", "--group", "Pizza")
	if got := strings.Split(strings.TrimSuffix(next.Stdout, "\n"), "\n"); !slices.Equal(got, lines(150)[100:]) {
		d.Errorf("the group went on with %q", got[0])
	}
}

// interrupt presses Ctrl-C and wants the summary; n < 0 takes any number.
func interrupt(d *desk, p *peer.Process, n int) {
	d.Helper()
	p.Signal(syscall.SIGINT)
	p.Wait(d, limit)
	number := `\d+`
	if n >= 0 {
		number = fmt.Sprint(n)
	}
	d.expect("Ctrl-C", p.Stdout.String()+p.Stderr.String(), `^Processed a total of `+number+` messages$`)
}

// probe writes lines until a consumer that shows only new ones shows one.
func probe(d *desk, p *peer.Process, topic string) {
	d.Helper()
	again := time.NewTicker(500 * time.Millisecond)
	defer again.Stop()
	end := time.After(limit)
	for i := 0; !strings.Contains(p.Stdout.String(), "probe"); i++ {
		peer.Send(d, peer.Franz{}, d.broker.Address, peer.To(topic), peer.Lines(fmt.Sprint("probe ", i)))
		select {
		case <-again.C:
		case <-end:
			d.Fatalf("the consumer shows nothing new: %s%s", p.Stdout, p.Stderr)
		}
	}
}
