package peer

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Tools is a set of the kafka-* command line tools.
type Tools struct {
	Name string
	cmd  func(t testing.TB, tool string, args ...string) *exec.Cmd
}

// BrolgaTools are the links beside the built binary.
func BrolgaTools() Tools {
	return Tools{"brolga", func(t testing.TB, tool string, args ...string) *exec.Cmd {
		path := filepath.Join(filepath.Dir(Binary(t)), tool)
		return exec.CommandContext(context.WithoutCancel(t.Context()), path, args...)
	}}
}

// JavaTools are Apache Kafka's own.
func JavaTools() Tools {
	return Tools{"java", func(t testing.TB, tool string, args ...string) *exec.Cmd {
		class, ok := toolClasses[strings.TrimSuffix(tool, ".sh")]
		if !ok {
			t.Fatalf("no Java class for %s", tool)
		}
		return java(t, "tools", class, args...)
	}}
}

// toolClasses are the classes that Kafka's scripts run.
var toolClasses = map[string]string{
	"kafka-topics":           "org.apache.kafka.tools.TopicCommand",
	"kafka-console-producer": "org.apache.kafka.tools.ConsoleProducer",
	"kafka-console-consumer": "org.apache.kafka.tools.consumer.ConsoleConsumer",
	"kafka-consumer-groups":  "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand",
	"kafka-get-offsets":      "org.apache.kafka.tools.GetOffsetShell",
	"kafka-configs":          "org.apache.kafka.tools.ConfigCommand",
	"kafka-dump-log":         "org.apache.kafka.tools.DumpLogSegments",
}

// Result is what a tool did.
type Result struct {
	Stdout, Stderr string
	Code           int
}

// toolLimit bounds one run of a tool; the slowest wait a minute for a broker.
const toolLimit = 90 * time.Second

// Run runs a tool to its end.
func (s Tools) Run(t testing.TB, stdin, tool string, args ...string) Result {
	t.Helper()
	cmd := s.cmd(t, tool, args...)
	var out, err strings.Builder
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &err
	if e := cmd.Start(); e != nil {
		t.Fatalf("%s: %v", tool, e)
	}
	timer := time.AfterFunc(toolLimit, func() { cmd.Process.Kill() })
	defer timer.Stop()
	cmd.Wait() // its error is the exit code
	return Result{out.String(), err.String(), cmd.ProcessState.ExitCode()}
}

// Start starts a tool that runs until it is told to stop.
func (s Tools) Start(t testing.TB, tool string, args ...string) *Process {
	t.Helper()
	return start(t, s.cmd(t, tool, args...))
}

// Kcat runs kcat to its end.
func Kcat(t testing.TB, stdin string, args ...string) Result {
	t.Helper()
	return Tools{"kcat", func(t testing.TB, tool string, args ...string) *exec.Cmd {
		return exec.CommandContext(context.WithoutCancel(t.Context()), command(t, tool), args...)
	}}.Run(t, stdin, "kcat", args...)
}

// RunServer starts `brolga server` with arguments in a directory, which may end
// at once.
func RunServer(t testing.TB, dir string, args ...string) *Process {
	t.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), Binary(t), append([]string{"server"}, args...)...)
	cmd.Dir = dir
	return start(t, cmd)
}
