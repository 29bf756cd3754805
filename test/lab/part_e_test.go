package lab

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/brolga-io/brolga/test/cluster/fleet"
	"github.com/brolga-io/brolga/test/compat/peer"
)

const replicated = "testreplicated"

// lossWatch is the lab's part E on the host: three brokers, the producer loop, a
// consumer.
type lossWatch struct {
	*testing.T
	fleet *fleet.Fleet
	tools peer.Tools
	loop  *producerLoop
}

// Part E, on the host: replication, and a broker that goes away and comes back in
// every way that there is.
func TestReplicationAndHighAvailability(t *testing.T) {
	if peer.Kafka() {
		t.Skip("three processes of brolga")
	}
	w := &lossWatch{T: t, tools: peer.BrolgaTools(), fleet: fleet.Start(t, 3,
		"offsets.topic.replication.factor=3", "group.initial.rebalance.delay.ms=0")}
	created := w.run("kafka-topics", "--create", "--replication-factor", "3", "--partitions", "2", "--topic", replicated)
	if created.Stdout != "Created topic testreplicated.\n" || created.Code != 0 {
		t.Fatalf("create printed %q %q", created.Stdout, created.Stderr)
	}
	before := w.describe()
	w.expectHealthy(before)
	w.controllerIsTold()

	w.loop = startLoop(t, w.tools, w.fleet.Node(1).Address)
	reader := w.tools.Start(t, "kafka-console-consumer", "--topic", replicated, "--group", "Pizza", "--from-beginning",
		"--bootstrap-server", w.fleet.Node(1).Address)
	w.loop.await(t, 3)
	for _, fault := range []struct {
		name          string
		begin, mended func(*fleet.Node)
	}{
		{"SIGTERM", func(n *fleet.Node) { n.Stop(t) }, func(n *fleet.Node) { n.Start(t) }},
		{"kill -9", func(n *fleet.Node) { n.Kill() }, func(n *fleet.Node) { n.Start(t) }},
		{"SIGSTOP", func(n *fleet.Node) { n.Freeze(t) }, func(n *fleet.Node) { n.Signal(syscall.SIGCONT) }},
	} {
		w.lose(fault.name, fault.begin, fault.mended)
	}
	acked := w.loop.end()
	w.storedOnceInOrder(acked)
	w.seen(reader, acked)
}

// run runs a tool against the first broker.
func (w *lossWatch) run(tool string, args ...string) peer.Result {
	w.Helper()
	return w.tools.Run(w, "", tool, append(args, "--bootstrap-server", w.fleet.Node(1).Address)...)
}

// lose takes a leader away, which is not the broker that the tools ask, sees the
// others go on, and brings it back.
func (w *lossWatch) lose(name string, begin, mend func(*fleet.Node)) {
	w.Helper()
	victim := 0
	for _, p := range w.describe() {
		if p.leader != 1 {
			victim = p.leader
		}
	}
	begun := time.Now()
	begin(w.fleet.Node(int32(victim)))
	peer.Eventually(w, limit, func() error {
		for _, p := range w.describe() {
			if p.leader == victim || slices.Contains(p.isr, victim) || len(p.isr) != 2 {
				return fmt.Errorf("%s of broker %d: %+v", name, victim, p)
			}
		}
		return nil
	})
	w.loop.await(w.T, 2)
	w.Logf("%s of broker %d: described as gone and two more lines written after %s", name, victim, time.Since(begun).Round(time.Millisecond))
	if under := w.run("kafka-topics", "--describe", "--under-replicated-partitions").Stdout; strings.Count(under, "Topic: "+replicated+"\t") != 2 {
		w.Errorf("%s: under-replicated: %s", name, under)
	}
	mend(w.fleet.Node(int32(victim)))
	peer.Eventually(w, limit, func() error {
		for _, p := range w.describe() {
			if len(p.isr) != 3 || p.leader != p.replicas[0] {
				return fmt.Errorf("broker %d is back: %+v", victim, p)
			}
		}
		return nil
	})
	w.loop.await(w.T, 1)
}

// partition is a line of --describe.
type partition struct {
	leader        int
	replicas, isr []int
}

var described = regexp.MustCompile(`(?m)^\tTopic: testreplicated\tPartition: \d+\tLeader: (\d+|none)\tReplicas: ([\d,]+)\tIsr: ([\d,]*)`)

func (w *lossWatch) describe() []partition {
	w.Helper()
	r := w.run("kafka-topics", "--describe", "--topic", replicated)
	var all []partition
	for _, m := range described.FindAllStringSubmatch(r.Stdout, -1) {
		leader, _ := strconv.Atoi(m[1]) // none is 0
		all = append(all, partition{leader, ids(m[2]), ids(m[3])})
	}
	if len(all) != 2 {
		w.Fatalf("--describe printed %q %q", r.Stdout, r.Stderr)
	}
	return all
}

func ids(list string) []int {
	var all []int
	for f := range strings.SplitSeq(list, ",") {
		if id, err := strconv.Atoi(f); err == nil {
			all = append(all, id)
		}
	}
	return all
}

// expectHealthy is E2: three replicas each, leaders spread, all in the ISR.
func (w *lossWatch) expectHealthy(all []partition) {
	w.Helper()
	for _, p := range all {
		if len(p.replicas) != 3 || len(p.isr) != 3 || p.leader != p.replicas[0] {
			w.Errorf("a new partition: %+v", p)
		}
	}
	if all[0].leader == all[1].leader {
		w.Errorf("one broker leads both partitions: %+v", all)
	}
}

// controllerIsTold: people ask which broker is the controller.
func (w *lossWatch) controllerIsTold() {
	w.Helper()
	r := w.tools.Run(w, "", "kafka-metadata-quorum", "--bootstrap-server", w.fleet.Node(1).Address, "describe", "--status")
	if !regexp.MustCompile(`(?m)^LeaderId: +[123]$`).MatchString(r.Stdout) {
		w.Errorf("kafka-metadata-quorum printed %q %q", r.Stdout, r.Stderr)
	}
}

var printed = regexp.MustCompile(`^Partition:(\d+)\tYour string message (\d+)$`)

// storedOnceInOrder reads everything back: each acknowledged line is there once,
// and in each partition in the order in which it was sent.
func (w *lossWatch) storedOnceInOrder(acked []int) {
	w.Helper()
	r := w.run("kafka-console-consumer", "--topic", replicated, "--from-beginning", "--timeout-ms", "5000", "--formatter-property", "print.partition=true")
	last, stored := map[string]int{}, map[int]int{}
	for line := range strings.Lines(r.Stdout) {
		m := printed.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		if m == nil {
			w.Fatalf("the consumer printed %q", line)
		}
		n, _ := strconv.Atoi(m[2])
		stored[n]++
		if n <= last[m[1]] {
			w.Errorf("partition %s: line %d after line %d", m[1], n, last[m[1]])
		}
		last[m[1]] = n
	}
	for _, n := range acked {
		if stored[n] != 1 {
			w.Errorf("acknowledged line %d is stored %d times", n, stored[n])
		}
	}
	w.Logf("%d acknowledged lines, %d stored", len(acked), len(stored))
}

// seen: the consumer that ran all the time has printed every acknowledged line.
func (w *lossWatch) seen(reader *peer.Process, acked []int) {
	w.Helper()
	peer.Eventually(w, limit, func() error {
		out := reader.Stdout.String()
		for _, n := range acked {
			if !strings.Contains(out, fmt.Sprintf("Your string message %d\n", n)) {
				return fmt.Errorf("the consumer has not seen line %d", n)
			}
		}
		return nil
	})
	reader.Signal(syscall.SIGINT)
	if code := reader.Wait(w, limit); code != 130 || !strings.Contains(reader.Stderr.String(), "Processed a total of") {
		w.Errorf("the consumer ended with %d and %q", code, reader.Stderr)
	}
}

// producerLoop is `while true; do echo … | kafka-console-producer …; sleep; done`.
type producerLoop struct {
	tools peer.Tools
	stop  chan struct{}
	ended chan struct{}

	mu    sync.Mutex
	acked []int
}

func startLoop(t *testing.T, tools peer.Tools, address string) *producerLoop {
	l := &producerLoop{tools: tools, stop: make(chan struct{}), ended: make(chan struct{})}
	go l.run(t, address)
	t.Cleanup(func() { l.end() })
	return l
}

func (l *producerLoop) run(t *testing.T, address string) {
	defer close(l.ended)
	const pause = 100 * time.Millisecond
	for n := 1; ; n++ {
		r := l.tools.Run(t, fmt.Sprintf("Your string message %d\n", n), "kafka-console-producer", "--topic", replicated, "--bootstrap-server", address)
		if r.Code == 0 && r.Stderr == "" { // what was not acknowledged is told on standard error
			l.mu.Lock()
			l.acked = append(l.acked, n)
			l.mu.Unlock()
		}
		select {
		case <-l.stop:
			return
		case <-time.After(pause):
		}
	}
}

// await waits until n more lines are acknowledged.
func (l *producerLoop) await(t *testing.T, n int) {
	t.Helper()
	want := l.count() + n
	peer.Eventually(t, limit, func() error {
		if have := l.count(); have < want {
			return fmt.Errorf("%d lines are acknowledged, want %d", have, want)
		}
		return nil
	})
}

func (l *producerLoop) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.acked)
}

// end stops the loop and returns the acknowledged lines; it may be called twice.
func (l *producerLoop) end() []int {
	select {
	case <-l.stop:
	default:
		close(l.stop)
	}
	<-l.ended
	return l.acked
}
