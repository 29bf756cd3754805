package cli

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestServerArgs(t *testing.T) {
	for line, want := range map[string]string{
		"brolga server a.properties":                 "a.properties",
		"/usr/bin/brolga server":                     "",
		"brolga kafka-server-start a.properties":     "a.properties",
		"brolga server-start a.properties":           "a.properties",
		"bin/kafka-server-start.sh a --override b=c": "a --override b=c",
		"/usr/bin/kafka-server-start a.properties":   "a.properties",
		"brolga topics --list":                       "no",
		"kafka-topics server":                        "no",
		"kafka-server-stop":                          "no",
		"brolga":                                     "no",
	} {
		args, ok := serverArgs(strings.Fields(line))
		got := strings.Join(args, " ")
		if !ok {
			got = "no"
		}
		if got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

// fakeProc builds a /proc of three processes.
func fakeProc(t *testing.T) (proc, executable string) {
	dir := t.TempDir()
	executable = filepath.Join(dir, "brolga")
	for pid, p := range map[string]struct{ exe, cmdline string }{
		"10": {executable, "brolga\x00server\x00node.properties\x00--override\x00node.id=5\x00"},
		"11": {executable, "brolga\x00topics\x00--list\x00"},
		"12": {executable + " (deleted)", "kafka-server-start\x00node.properties\x00"},
		"13": {"/usr/bin/java", "brolga\x00server\x00"},
		"14": {executable, "brolga\x00server\x00"},
	} {
		at := filepath.Join(dir, "proc", pid)
		if err := os.MkdirAll(at, 0o755); err != nil {
			t.Fatal(err)
		}
		for name, target := range map[string]string{"exe": p.exe, "cwd": dir} {
			if err := os.Symlink(target, filepath.Join(at, name)); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(filepath.Join(at, "cmdline"), []byte(p.cmdline), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "node.properties"), []byte("process.roles=broker\nnode.id=4\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "proc"), executable
}

func TestServerProcesses(t *testing.T) {
	proc, executable := fakeProc(t)
	for _, c := range []struct {
		want  stopArgs
		found string
	}{
		{stopArgs{}, "10 12 14"},
		{stopArgs{node: "4"}, "12"},
		{stopArgs{node: "5"}, "10"},
		{stopArgs{role: "broker"}, "10 12"},
		{stopArgs{role: "controller"}, ""},
	} {
		var found []string
		for _, p := range serverProcesses(proc, executable, 99) {
			if c.want.matches(p) {
				found = append(found, strconv.Itoa(p.pid))
			}
		}
		if got := strings.Join(found, " "); got != c.found {
			t.Errorf("%+v finds %q, want %q", c.want, got, c.found)
		}
	}
	if found := serverProcesses(proc, executable, 10); len(found) != 2 {
		t.Errorf("the own process counts: %v", found)
	}
}

func TestServerStartUsage(t *testing.T) {
	for _, args := range [][]string{nil, {"-daemon"}, {"--nope"}} {
		env, _, stderr := testEnv("")
		if code := runServerStart(env, args); code != 1 || stderr.String() != serverStartUsage+"\n" {
			t.Errorf("%v: exit %d, %q", args, code, stderr)
		}
	}
}

// A server that kafka-server-start put into the background listens, and
// kafka-server-stop ends it; then there is none left to stop.
func TestStartAndStop(t *testing.T) {
	// A copy, so that servers of other tests are not stopped.
	raw, err := os.ReadFile(brolgaBinary(t))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	binary := filepath.Join(dir, "brolga")
	if err := os.WriteFile(binary, raw, 0o755); err != nil {
		t.Fatal(err)
	}
	addr := "127.0.0.1:" + closedPort(t)
	props := filepath.Join(dir, "server.properties")
	text := "process.roles=broker,controller\nnode.id=1\nlisteners=PLAINTEXT://" + addr + "\nlog.dirs=" + filepath.Join(dir, "data") + "\n"
	if err := os.WriteFile(props, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) (int, string) {
		var out bytes.Buffer
		cmd := exec.Command(binary, args...)
		cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &out
		_ = cmd.Run()
		return cmd.ProcessState.ExitCode(), out.String()
	}
	if code, out := run("kafka-server-start", "-daemon", props, "--override", "console.listener=none", "--override", "metrics.listener=none"); code != 0 {
		t.Fatalf("start: exit %d, %s", code, out)
	}
	awaitLine(t, filepath.Join(dir, "logs", "kafkaServer.out"), "started (kafka.server.KafkaServer)")
	found := serverProcesses("/proc", binary, os.Getpid())
	if len(found) != 1 {
		t.Fatalf("found %v", found)
	}
	t.Cleanup(func() { _ = syscall.Kill(found[0].pid, syscall.SIGKILL) })
	if code, out := run("kafka-server-stop"); code != 0 || out != "" {
		t.Errorf("stop: exit %d, %s", code, out)
	}
	for deadline := time.Now().Add(20 * time.Second); len(serverProcesses("/proc", binary, os.Getpid())) > 0; <-time.After(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the server does not end")
		}
	}
	if code, out := run("kafka-server-stop"); code != 1 || out != "No kafka server to stop\n" {
		t.Errorf("stop without a server: exit %d, %s", code, out)
	}
}

// awaitLine waits for a text in the file of a server's output. Its port is open before.
func awaitLine(t *testing.T, file, text string) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; <-time.After(20 * time.Millisecond) {
		log, err := os.ReadFile(file)
		if err == nil && bytes.Contains(log, []byte(text)) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("no %q in %s: %v\n%s", text, file, err, log)
		}
	}
}
