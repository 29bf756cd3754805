package cli

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"
)

// testEnv is a process with the given standard input, a fixed clock and no
// signals.
func testEnv(stdin string) (env *Env, stdout, stderr *bytes.Buffer) {
	stdout, stderr = &bytes.Buffer{}, &bytes.Buffer{}
	return &Env{
		Stdin: strings.NewReader(stdin), Stdout: stdout, Stderr: stderr,
		Now:        func() time.Time { return time.Date(2026, 11, 23, 1, 2, 3, 45e6, time.UTC) },
		Random:     func(int) int { return 4711 },
		Interrupts: func() (<-chan os.Signal, func()) { return nil, func() {} },
	}, stdout, stderr
}

func TestLogPattern(t *testing.T) {
	env, _, stderr := testEnv("")
	env.logException("ERROR", "Unknown error:", "a.b.C", timedOut(""))
	want := "[2026-11-23 01:02:03,045] ERROR Unknown error: (a.b.C)\norg.apache.kafka.common.errors.TimeoutException\n"
	if stderr.String() != want {
		t.Errorf("printed %q, want %q", stderr, want)
	}
}

func TestRunUnknown(t *testing.T) {
	env, stdout, stderr := testEnv("")
	if code := Run(env, "brolga", []string{"nonsense"}); code != 1 || !strings.Contains(stderr.String(), "unknown command nonsense") {
		t.Errorf("exit %d, %q", code, stderr)
	}
	if code := Run(env, "/usr/bin/brolga", nil); code != 0 {
		t.Errorf("exit %d", code)
	}
	for _, tool := range tools() {
		if !strings.Contains(stdout.String(), "  "+tool.name+" ") {
			t.Errorf("the help does not list %s", tool.name)
		}
	}
}

// A link decides which tool it is, and a sub-command does the same.
func TestRunByName(t *testing.T) {
	for _, call := range [][]string{{"/opt/kafka/bin/kafka-storage.sh", "random-uuid"}, {"kafka-storage", "random-uuid"},
		{"brolga", "storage", "random-uuid"}, {"brolga", "kafka-storage.sh", "random-uuid"}} {
		env, stdout, stderr := testEnv("")
		if code := Run(env, call[0], call[1:]); code != 0 || len(stdout.String()) != 23 {
			t.Errorf("%v: exit %d, %q%q", call, code, stdout, stderr)
		}
	}
}
