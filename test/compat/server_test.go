package compat

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/brolga-io/brolga/test/compat/peer"
)

// onlyBrolga leaves out what Kafka's start script answers with a stack trace.
func onlyBrolga(t *testing.T) {
	t.Helper()
	if peer.Kafka() {
		t.Skip("about brolga's own command line")
	}
}

// server runs `brolga server` with arguments, in an empty directory.
func server(t *testing.T, args ...string) *peer.Process {
	t.Helper()
	return peer.RunServer(t, t.TempDir(), append(args, "--override", "console.listener=none", "--override", "metrics.listener=none")...)
}

// A mistake in the configuration is told in one plain sentence, with exit code 1.
func TestServerRefusesBadConfig(t *testing.T) {
	onlyBrolga(t)
	file := filepath.Join(t.TempDir(), "server.properties")
	if err := os.WriteFile(file, []byte("process.roles=broker\nnode.id=1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, want, arg, value string }{
		{"bad number", "Invalid value many for configuration num.partitions: Not a number of type INT", "--override", "num.partitions=many"},
		{"out of range", "Invalid value 0 for configuration num.partitions: Value must be at least 1", "--override", "num.partitions=0"},
		{"listener without protocol", "Error creating broker listeners from '[FOO://127.0.0.1:0]': No security protocol defined for listener FOO", "--override", "listeners=FOO://127.0.0.1:0"},
		{"unroutable", "advertised.listeners cannot use the nonroutable meta-address 0.0.0.0. Use a routable IP address.", "--override", "advertised.listeners=PLAINTEXT://0.0.0.0:9092"},
		{"no quorum", `Missing required configuration "controller.listener.names" which has no default value.`, file, ""},
		{"no file", "no such file or directory", "missing.properties", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			args := []string{tt.arg}
			if tt.value != "" {
				args = append(args, tt.value)
			}
			p := server(t, args...)
			if code := p.Wait(t, 10*time.Second); code != 1 {
				t.Errorf("exit code %d", code)
			}
			said := strings.TrimSpace(p.Stderr.String())
			if !strings.Contains(said, tt.want) || strings.Contains(said, "\n") {
				t.Errorf("said %q, want %q", said, tt.want)
			}
		})
	}
}

// Keys that nobody knows are named in one line and do no harm.
func TestServerToleratesUnknownKeys(t *testing.T) {
	onlyBrolga(t)
	b := peer.Start(t, "jmx.port=9999", "confluent.support.customer.id=anonymous", "zookeeper.connect=zoo1:2181")
	lines := 0
	for line := range strings.Lines(b.Log()) {
		if strings.Contains(line, "jmx.port") {
			lines++
			if !strings.Contains(line, "confluent.support.customer.id") || !strings.Contains(line, "INFO") {
				t.Errorf("unknown keys are told as %q", line)
			}
		}
	}
	if lines != 1 {
		t.Errorf("%d lines about unknown keys in\n%s", lines, b.Log())
	}
}

// Scripts and containers wait for these lines.
func TestServerSaysThatItIsReady(t *testing.T) {
	onlyBrolga(t)
	b := peer.Start(t)
	peer.Eventually(t, 5*time.Second, func() error { // it serves before it says so
		if !strings.Contains(b.Log(), "Kafka Server started") {
			return errors.New("the log does not say that the server has started")
		}
		return nil
	})
	for _, line := range []string{
		`\[KafkaServer id=1\] started`,
		`Transitioning from RECOVERY to RUNNING`,
		`Kafka Server started \(kafka\.server\.KafkaRaftServer\)`,
	} {
		if !regexp.MustCompile(line).MatchString(b.Log()) {
			t.Errorf("no line like %s in\n%s", line, b.Log())
		}
	}
	if !strings.Contains(b.Log(), b.Address) {
		t.Errorf("the log does not say what clients are told: %s", b.Address)
	}
	if !regexp.MustCompile(`(?m)^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\] INFO `).MatchString(b.Log()) {
		t.Errorf("lines are not in Kafka's form:\n%s", b.Log())
	}
}

// Two processes never write the same data.
func TestServerLocksItsData(t *testing.T) {
	onlyBrolga(t)
	b := peer.Start(t)
	dir := filepath.Join(b.Dir, "data")
	p := server(t, "--override", "log.dirs="+dir, "--override", fmt.Sprintf("listeners=PLAINTEXT://127.0.0.1:%d", peer.FreePort(t)))
	if code := p.Wait(t, 10*time.Second); code != 1 {
		t.Errorf("exit code %d", code)
	}
	want := "the data directory " + dir + " is used by another process"
	if said := strings.TrimSpace(p.Stderr.String()); !strings.Contains(said, want) || strings.Contains(said, "\n") {
		t.Errorf("said %q, want %q", said, want)
	}
	peer.CreateTopic(t, b.Address, "undisturbed", 1)
}

// The data directory of one node is not taken over by another.
func TestServerKeepsItsIdentity(t *testing.T) {
	onlyBrolga(t)
	b := peer.Start(t)
	b.Stop(t)
	p := server(t, "--override", "log.dirs="+filepath.Join(b.Dir, "data"), "--override", "node.id=7", "--override", "listeners=PLAINTEXT://127.0.0.1:0")
	if code := p.Wait(t, 10*time.Second); code != 1 {
		t.Errorf("exit code %d", code)
	}
	if said := strings.TrimSpace(p.Stderr.String()); !strings.Contains(said, "belongs to node 1, but this node is 7") || strings.Contains(said, "\n") {
		t.Errorf("said %q", said)
	}
}
