package cli

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

var (
	recordDir   = flag.String("record", "", "record golden files into this directory instead of comparing")
	recordTool  = flag.String("record-tool", "", "program that runs the original tool: PROGRAM TOOL ARGS…")
	recordAs    = flag.String("record-version", "", "record as this version of the tools, not as that of goldenOf")
	onlyCase    = flag.String("case", "", "run only the cases whose name contains this (setup steps always run)")
	showDiffers = flag.Bool("show", false, "print what was printed, not only that it differs")
)

// goldenOf names, for each scenario, the version of Kafka whose tool was
// recorded: 4.4.0 publishes kafka-storage (in the server jar) but no jar with
// the other tools, so those are 4.3.1's against a broker of 4.4.0.
var goldenOf = map[string]string{
	"topics":               "4.3.1",
	"get_offsets":          "4.3.1",
	"console_producer":     "4.3.1",
	"console_consumer":     "4.3.1",
	"consumer_groups":      "4.3.1",
	"storage":              "4.4.0",
	"delete_records":       "4.3.1",
	"log_dirs":             "4.3.1",
	"groups":               "4.3.1",
	"cluster":              "4.3.1",
	"api_versions":         "4.4.0",
	"broker_api_versions":  "4.3.1",
	"configs":              "4.3.1",
	"dump_log":             "4.3.1",
	"producer_perf":        "4.3.1",
	"consumer_perf":        "4.3.1",
	"verifiable_producer":  "4.3.1",
	"verifiable_consumer":  "4.3.1",
	"features":             "4.3.1",
	"metadata_quorum":      "4.3.1",
	"leader_election":      "4.3.1",
	"three_brokers":        "4.3.1",
	"reassign":             "4.3.1",
	"replica_verification": "4.3.1",
	"lab":                  "4.3.1",
	"run_class":            "4.3.1",
	"e2e_latency":          "4.3.1",
}

func TestGolden(t *testing.T) {
	for name, version := range goldenOf {
		if *recordAs != "" {
			version = *recordAs
		}
		t.Run(name, func(t *testing.T) {
			runScenario(t, name, version)
		})
	}
}

func runScenario(t *testing.T, name, version string) {
	steps := readScenario(t, filepath.Join("testdata", "scenarios", name+".txt"))
	r := &replay{
		t:          t,
		tool:       name,
		golden:     filepath.Join("testdata", "golden", version, name),
		dir:        t.TempDir(),
		deadPort:   closedPort(t),
		background: map[string]*process{},
	}
	if *recordDir != "" {
		r.golden = filepath.Join(*recordDir, version, name)
	}
	if needsBroker(steps) {
		r.testBroker = startBroker(t, clusterSizes[name])
	}
	defer r.stopAll()
	for _, s := range steps {
		r.run(s)
	}
}

// clusterSizes are the scenarios that need more than one broker.
var clusterSizes = map[string]int{"three_brokers": 3}

func needsBroker(steps []step) bool {
	for _, s := range steps {
		if s.verb != "file" && s.verb != "tree" && !s.has("nobroker") {
			return true
		}
	}
	return false
}

// replay runs one scenario.
type replay struct {
	t      *testing.T
	tool   string
	golden string
	dir    string
	testBroker
	deadPort   string
	background map[string]*process
}

func (r *replay) run(s step) {
	switch s.verb {
	case "file":
		r.writeFile(s.name, s.text)
	case "tree":
		if err := os.CopyFS(filepath.Join(r.dir, s.name), os.DirFS(filepath.Join("testdata", s.name))); err != nil {
			r.t.Fatal(err)
		}
	case "setup":
		out := r.command(s)
		if out.exit != 0 {
			r.t.Fatalf("line %d: %v exited %d: %s%s", s.line, s.args, out.exit, out.stdout, out.stderr)
		}
	case "start":
		r.background[s.name] = r.spawn(s)
	case "stop":
		p := r.background[s.name]
		delete(r.background, s.name)
		_ = p.cmd.Process.Signal(syscall.SIGINT)
		p.wait()
	case "until":
		r.until(s)
	case "await":
		r.await(s.flags[0], s.flags[1], s.flags[2])
	case "case":
		r.runCase(s)
	}
}

func (r *replay) runCase(s step) {
	for _, f := range s.flags {
		if spec, ok := strings.CutPrefix(f, "file:"); ok {
			name, text, _ := strings.Cut(spec, " ")
			r.writeFile(name, text)
		}
	}
	if !strings.Contains(s.name, *onlyCase) {
		return
	}
	if reason := r.skipReason(s); reason != "" {
		r.t.Run(s.name, func(t *testing.T) { t.Skip(reason) })
		return
	}
	out := r.command(s)
	path := filepath.Join(r.golden, s.name+".txt")
	if *recordDir != "" {
		r.record(path, s, out)
		return
	}
	r.t.Run(s.name, func(t *testing.T) {
		r.compare(t, path, s, out)
	})
}

// absent says what brolga does not have, so that a case cannot run against it
// although the API is served. Nothing else but this, a missing API and a missing
// listener for controllers makes a case be skipped.
var absent = map[string]string{
	"static-quorum": "every quorum of brolga takes controllers in and out, also one from controller.quorum.voters (kraft.version 0 in Kafka)"}

// skipReason is empty for a case that can run.
func (r *replay) skipReason(s step) string {
	if (s.has("controller") || strings.Contains(strings.Join(s.args, " "), "{{controller}}")) && r.controller == "" {
		return "the broker has no listener for controllers"
	}
	if r.served == nil {
		return ""
	}
	for _, flag := range s.flags {
		if api, ok := strings.CutPrefix(flag, "needs:"); ok && !r.served[api] {
			return "brolga does not serve " + api + " yet"
		}
		if what, ok := strings.CutPrefix(flag, "absent:"); ok {
			return absent[what]
		}
	}
	return ""
}

func (r *replay) writeFile(name, text string) {
	if err := os.WriteFile(filepath.Join(r.dir, name), []byte(r.fill(text)), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

func (r *replay) fill(s string) string {
	return strings.NewReplacer("{{bootstrap}}", r.bootstrap, "{{dir}}", r.dir, "{{deadport}}", r.deadPort, "{{controller}}", r.controller).Replace(s)
}

type output struct {
	stdout, stderr string
	exit           int
}

func (r *replay) command(s step) output {
	p := r.spawn(s)
	if s.count > 0 {
		p.out.waitLines(s.count)
		_ = p.cmd.Process.Signal(syscall.SIGINT)
	}
	return p.wait()
}

// spawn runs our tool in a copy of the test binary (see TestMain), or the
// original when recording.
func (r *replay) spawn(s step) *process {
	args := make([]string, len(s.args))
	for i, a := range s.args {
		args[i] = r.fill(a)
	}
	var cmd *exec.Cmd
	if *recordDir != "" {
		cmd = exec.Command(*recordTool, args...)
		cmd.Env = os.Environ()
	} else {
		cmd = exec.Command(os.Args[0], args...)
		// The race detector would keep each finished process for a second.
		cmd.Env = append(os.Environ(), "BROLGA_TEST_TOOL=1", "GORACE=atexit_sleep_ms=0 halt_on_error=1")
	}
	p := &process{cmd: cmd}
	cmd.Stdin = strings.NewReader(s.stdin)
	cmd.Stdout, cmd.Stderr = &p.out, &p.err
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	return p
}

func (r *replay) stopAll() {
	for _, p := range r.background {
		_ = p.cmd.Process.Kill()
		p.wait()
	}
}

func (r *replay) until(s step) {
	last := output{}
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); <-time.After(100 * time.Millisecond) {
		if last = r.command(s); strings.Contains(last.stdout, s.text) {
			return
		}
	}
	r.t.Fatalf("line %d: %q is not printed:\n%s%s", s.line, s.text, last.stdout, last.stderr)
}

// await polls because the broker under test may be any Kafka.
func (r *replay) await(group, state, members string) {
	cl, err := kgo.NewClient(kgo.SeedBrokers(r.bootstrap))
	if err != nil {
		r.t.Fatal(err)
	}
	defer cl.Close()
	adm := kadm.NewClient(cl)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	last := ""
	for ctx.Err() == nil {
		described, err := adm.DescribeGroups(ctx, group)
		if err == nil {
			g := described[group]
			last = fmt.Sprintf("%s %d", g.State, len(g.Members))
			if last == state+" "+members {
				return
			}
		}
		<-time.After(50 * time.Millisecond)
	}
	r.t.Fatalf("group %s is %q, want %s %s", group, last, state, members)
}

type process struct {
	cmd *exec.Cmd
	out lineBuffer
	err lineBuffer
}

func (p *process) wait() output {
	timer := time.AfterFunc(20*time.Second, func() { _ = p.cmd.Process.Kill() })
	defer timer.Stop()
	err := p.cmd.Wait()
	exit := 0
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		exit = failed.ExitCode()
	} else if err != nil {
		exit = -2
	}
	return output{p.out.String(), p.err.String(), exit}
}

// lineBuffer collects output and wakes whoever waits for a number of lines.
type lineBuffer struct {
	mu      sync.Mutex
	buf     bytes.Buffer
	waiting chan struct{}
}

func (b *lineBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.waiting != nil {
		close(b.waiting)
		b.waiting = nil
	}
	return b.buf.Write(p)
}

func (b *lineBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func (b *lineBuffer) waitLines(n int) {
	deadline := time.After(30 * time.Second)
	for {
		b.mu.Lock()
		if bytes.Count(b.buf.Bytes(), []byte("\n")) >= n {
			b.mu.Unlock()
			return
		}
		if b.waiting == nil {
			b.waiting = make(chan struct{})
		}
		ch := b.waiting
		b.mu.Unlock()
		select {
		case <-ch:
		case <-deadline:
			return
		}
	}
}

func closedPort(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}
