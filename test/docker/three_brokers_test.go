package docker

import (
	"bytes"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/brolga-io/brolga/test/compat/peer"
)

const multiple = "docker-compose-multiple-kafka.yml"

// Part E: a broker is stopped and one is killed while the producer loop and a consumer
// run in containers.
func TestThreeBrokers(t *testing.T) {
	up(t, multiple)
	awaitHealthy(t, "kafka1", "kafka2", "kafka3")
	loseBrokers(lab{t, "kafka1"})
	page(t, "http://127.0.0.1:8080/actuator/health")
}

func loseBrokers(l lab) {
	l.prints(`^Created topic testreplicated\.$`, "kafka-topics", "--create", "--replication-factor", "3", "--partitions", "2", "--topic", "testreplicated")
	isr(l, 3)
	l.prints(`(?m)^LeaderId: +\d+$`, "kafka-metadata-quorum", "describe", "--status")
	producer := begin(l, `n=0
while [ ! -e /tmp/stop ]; do
  n=$((n+1))
  if echo "Your string message $n" | kafka-console-producer --topic testreplicated --bootstrap-server localhost:19092 2>/tmp/err && [ ! -s /tmp/err ]; then echo $n; fi
  sleep 0.2
done`)
	consumer := begin(l, `exec kafka-console-consumer --topic testreplicated --group Pizza --from-beginning --bootstrap-server localhost:19092`)
	producer.await(3)
	for victim, take := range map[string]func(string){
		"kafka2": func(c string) { stop(l.T, c) },
		"kafka3": func(c string) { must(l.T, "docker", "kill", c) },
	} {
		take(victim)
		isr(l, 2)
		producer.await(3)
		must(l.T, "docker", "start", victim)
		awaitHealthy(l.T, victim)
		isr(l, 3)
		preferred(l)
	}
	in(l.T, l.container, "", "touch", "/tmp/stop")
	acked := producer.ended()
	storedOnceInOrder(l, acked)
	peer.Eventually(l.T, limit, func() error {
		seen := consumer.out.String()
		for _, n := range acked {
			if !strings.Contains(seen, "Your string message "+n+"\n") {
				return fmt.Errorf("the consumer has not seen line %s", n)
			}
		}
		return nil
	})
}

// preferred waits until each partition, of the internal topics too, is led by its first
// replica again, which happens by itself once that is in sync.
func preferred(l lab) {
	l.Helper()
	begun := time.Now()
	peer.Eventually(l.T, limit, func() error {
		for _, m := range leaders.FindAllStringSubmatch(l.tool("", "kafka-topics", "--describe").stdout, -1) {
			if m[1] != m[2] {
				return fmt.Errorf("leader %s of preferred %s", m[1], m[2])
			}
		}
		return nil
	})
	l.Logf("the preferred leaders were back %s after all replicas were in sync", time.Since(begun).Round(100*time.Millisecond))
	r := l.tool("", "kafka-leader-election", "--election-type", "preferred", "--all-topic-partitions")
	if r.code != 0 || r.stdout != "" { // as Kafka's, which tells of the partitions that got another leader
		l.Errorf("with nothing left to elect kafka-leader-election ended with %d and printed %q %q", r.code, r.stdout, r.stderr)
	}
}

var (
	leaders = regexp.MustCompile(`Leader: (\d+)\tReplicas: (\d+)`)
	inSync  = regexp.MustCompile(`Isr: ([\d,]+)`)
	printed = regexp.MustCompile(`^Partition:(\d+)\tYour string message (\d+)$`)
)

// isr waits until both partitions have so many replicas in sync.
func isr(l lab, want int) {
	l.Helper()
	peer.Eventually(l.T, limit, func() error {
		r := l.tool("", "kafka-topics", "--describe", "--topic", "testreplicated")
		all := inSync.FindAllStringSubmatch(r.stdout, -1)
		for _, m := range all {
			if strings.Count(m[1], ",")+1 != want {
				return fmt.Errorf("want %d in sync: %s", want, r.stdout)
			}
		}
		if len(all) != 2 {
			return fmt.Errorf("--describe printed %q %q", r.stdout, r.stderr)
		}
		return nil
	})
}

// storedOnceInOrder reads everything back.
func storedOnceInOrder(l lab, acked []string) {
	l.Helper()
	r := l.tool("", "kafka-console-consumer", "--topic", "testreplicated", "--from-beginning", "--timeout-ms", "10000", "--formatter-property", "print.partition=true")
	last, stored := map[string]int{}, map[string]int{}
	for line := range strings.Lines(r.stdout) {
		m := printed.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		if m == nil {
			l.Fatalf("the consumer printed %q", line)
		}
		n, _ := strconv.Atoi(m[2]) // digits
		stored[m[2]]++
		if n <= last[m[1]] {
			l.Errorf("partition %s: line %d after line %d", m[1], n, last[m[1]])
		}
		last[m[1]] = n
	}
	for _, n := range acked {
		if stored[n] != 1 {
			l.Errorf("acknowledged line %s is stored %d times", n, stored[n])
		}
	}
	l.Logf("%d acknowledged lines, %d stored", len(acked), len(stored))
}

// loop is a shell in a container that goes on.
type loop struct {
	*testing.T
	out  *output
	done chan struct{}
}

// begin runs a script in a container until the test ends or it does.
func begin(l lab, script string) *loop {
	l.Helper()
	c := exec.CommandContext(l.T.Context(), "docker", "exec", l.container, "bash", "-c", script)
	p := &loop{T: l.T, out: &output{}, done: make(chan struct{})}
	c.Stdout = p.out
	if err := c.Start(); err != nil {
		l.Fatal(err)
	}
	go func() {
		defer close(p.done)
		_ = c.Wait() // one that is ended by the test's end fails
	}()
	l.T.Cleanup(func() { <-p.done })
	return p
}

// await waits for so many more lines.
func (p *loop) await(n int) {
	p.Helper()
	want := strings.Count(p.out.String(), "\n") + n
	peer.Eventually(p.T, limit, func() error {
		if have := strings.Count(p.out.String(), "\n"); have < want {
			return fmt.Errorf("%d lines are acknowledged, want %d", have, want)
		}
		return nil
	})
}

// ended waits for the end and returns the lines.
func (p *loop) ended() []string {
	<-p.done
	return strings.Fields(p.out.String())
}

// output is written by a process and read by the test.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}
