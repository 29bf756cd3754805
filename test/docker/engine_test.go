package docker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/brolga-io/brolga/test/compat/peer"
)

// limit is how long anything that is waited for may take on a busy machine.
const limit = 60 * time.Second

// noEngine is why there is no engine, "" if there is one.
var noEngine string

func TestMain(m *testing.M) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err == nil {
		err = os.Chdir(root)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if out, err := exec.Command("scripts/docker.sh", "up").CombinedOutput(); err != nil {
		noEngine = strings.TrimSpace(fmt.Sprintf("%s (%v)", bytes.TrimSpace(out), err))
	}
	code := m.Run()
	if out, err := exec.Command("scripts/docker.sh", "down").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "scripts/docker.sh down: %v: %s\n", err, out)
		code = max(code, 1)
	}
	os.Exit(code)
}

// needEngine skips a test where there is no engine.
func needEngine(t *testing.T) {
	t.Helper()
	if noEngine == "" {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("no Docker engine: ", noEngine)
	}
	t.Skip("no Docker engine: ", noEngine)
}

// needFile skips a test where make peers has not made a file, and fails it in CI.
func needFile(t *testing.T, path string) {
	t.Helper()
	if _, err := os.Stat(path); err == nil {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing: make peers", path)
	}
	t.Skipf("%s is missing: make peers", path)
}

// result is what a command printed.
type result struct {
	stdout, stderr string
	code           int
}

// run runs a command to its end.
func run(t *testing.T, stdin string, words ...string) result {
	t.Helper()
	const most = 5 * time.Minute // a build from source on a busy machine
	ctx, cancel := context.WithTimeout(t.Context(), most)
	defer cancel()
	var stdout, stderr bytes.Buffer
	c := exec.CommandContext(ctx, words[0], words[1:]...)
	c.Stdin, c.Stdout, c.Stderr = strings.NewReader(stdin), &stdout, &stderr
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%v: %v", words, err)
	}
	return result{stdout.String(), stderr.String(), c.ProcessState.ExitCode()}
}

// must runs a command that has to succeed and returns what it printed.
func must(t *testing.T, words ...string) string {
	t.Helper()
	r := run(t, "", words...)
	if r.code != 0 {
		t.Fatalf("%v ended with %d: %s%s", words, r.code, r.stdout, r.stderr)
	}
	return r.stdout
}

// in runs a command in a container, fed with lines.
func in(t *testing.T, container, stdin string, words ...string) result {
	t.Helper()
	return run(t, stdin, append([]string{"docker", "exec", "-i", container}, words...)...)
}

// project is a compose file that is up.
type project struct {
	*testing.T
	compose []string
}

// up starts the containers of a file, or of several that complete each other, with
// fresh volumes; they are gone after the test.
func up(t *testing.T, files ...string) *project {
	t.Helper()
	needEngine(t)
	p := &project{T: t, compose: []string{"docker-compose"}}
	if exec.Command("docker", "compose", "version").Run() == nil {
		p.compose = []string{"docker", "compose"}
	}
	p.compose = append(p.compose, "--project-name", "brolgalab")
	for _, file := range files {
		p.compose = append(p.compose, "--file", file)
	}
	p.do("down", "--volumes")
	t.Cleanup(func() {
		if t.Failed() {
			logs, _ := exec.Command(p.compose[0], append(p.compose[1:], "logs", "--no-color", "--tail", "40")...).CombinedOutput()
			t.Logf("%s", logs)
		}
		exec.Command(p.compose[0], append(p.compose[1:], "down", "--volumes", "--timeout", "5")...).Run()
	})
	p.do("up", "--detach")
	return p
}

func (p *project) do(words ...string) string {
	p.Helper()
	return must(p.T, append(append([]string{}, p.compose...), words...)...)
}

// awaitHealthy waits for the image's own health check and tells how long a container
// took from its start to the line that it has started.
func awaitHealthy(t *testing.T, containers ...string) {
	t.Helper()
	for _, c := range containers {
		peer.Eventually(t, limit, func() error {
			if state := health(t, c); state != "running healthy" {
				return fmt.Errorf("%s is %s", c, state)
			}
			return nil
		})
	}
}

func health(t *testing.T, container string) string {
	t.Helper()
	return strings.TrimSpace(must(t, "docker", "inspect", "--format", "{{.State.Status}} {{.State.Health.Status}}", container))
}

// stop is docker stop. A process is gone two seconds after it got SIGTERM; what the
// engine takes before and after does not count.
func stop(t *testing.T, container string) {
	t.Helper()
	begun := time.Now()
	must(t, "docker", "stop", container)
	whole := time.Since(begun)
	signalled, ended := stopped(t, container, begun)
	took := ended.Sub(signalled)
	t.Logf("%s was gone %s after SIGTERM; docker stop took %s", container, took.Round(time.Millisecond), whole.Round(time.Millisecond))
	if most := 2 * time.Second; took > most || took < 0 {
		t.Errorf("%s was gone %s after SIGTERM: %s", container, took, must(t, "docker", "logs", "--timestamps", "--tail", "10", container))
	}
	if code := strings.TrimSpace(must(t, "docker", "inspect", "--format", "{{.State.ExitCode}}", container)); code != "0" {
		t.Errorf("%s ended with %s", container, code)
	}
}

// stopped is when the engine had sent a container SIGTERM, and when it was over.
func stopped(t *testing.T, container string, since time.Time) (signalled, ended time.Time) {
	t.Helper()
	events := must(t, "docker", "events", "--since", fmt.Sprintf("%d", since.Unix()), "--until", fmt.Sprintf("%d", time.Now().Unix()+1),
		"--filter", "container="+container, "--filter", "event=kill", "--format", "{{.TimeNano}} {{.Actor.Attributes.signal}}")
	for line := range strings.Lines(events) {
		var nanos int64
		var signal int
		if n, err := fmt.Sscan(line, &nanos, &signal); n == 2 && err == nil && signal == int(syscall.SIGTERM) && nanos >= since.UnixNano() {
			signalled = time.Unix(0, nanos)
			break
		}
	}
	if signalled.IsZero() {
		t.Fatalf("%s got no SIGTERM: %q", container, events)
	}
	ended, err := time.Parse(time.RFC3339Nano, strings.TrimSpace(must(t, "docker", "inspect", "--format", "{{.State.FinishedAt}}", container)))
	if err != nil {
		t.Fatal(err)
	}
	return signalled, ended
}

// page asks the web page.
func page(t *testing.T, url string) string {
	t.Helper()
	var body string
	peer.Eventually(t, limit, func() error {
		resp, err := http.Get(url)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		const most = 1 << 20
		b, err := io.ReadAll(io.LimitReader(resp.Body, most))
		if err != nil || resp.StatusCode != http.StatusOK {
			return fmt.Errorf("%s: %s, %v: %s", url, resp.Status, err, b)
		}
		body = string(b)
		return nil
	})
	return body
}
