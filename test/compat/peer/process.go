package peer

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Process is a running program.
type Process struct {
	Stdin          io.WriteCloser
	Stdout, Stderr *Output
	cmd            *exec.Cmd
	done           chan struct{} // closed when it ended
	err            error         // how, after done
}

// start runs a program until the test ends at the latest.
func start(t testing.TB, cmd *exec.Cmd) *Process {
	t.Helper()
	p := &Process{Stdout: &Output{}, Stderr: &Output{}, cmd: cmd, done: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = p.Stdout, p.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.Stdin = stdin
	p.launch(t)
	t.Cleanup(p.Kill)
	return p
}

// launch starts the program. The kernel kills it when the thread that started
// it ends, so that thread lives as long as the program.
func (p *Process) launch(t testing.TB) {
	t.Helper()
	if p.cmd.SysProcAttr == nil {
		p.cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	p.cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			p.err = p.cmd.Wait()
			close(p.done)
		}
	}()
	if err := <-started; err != nil {
		t.Fatalf("start %s: %v", p.cmd.Path, err)
	}
}

// Signal sends a signal.
func (p *Process) Signal(s os.Signal) { p.cmd.Process.Signal(s) }

// Pid returns the process id.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Kill ends the program at once and waits until it is gone.
func (p *Process) Kill() {
	p.Signal(syscall.SIGKILL)
	<-p.done
}

// Done is closed when the program has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Wait waits for the end of the program and returns its exit code, -1 for one
// that a signal ended. After limit the test fails.
func (p *Process) Wait(t testing.TB, limit time.Duration) int {
	t.Helper()
	select {
	case <-p.done:
		return p.cmd.ProcessState.ExitCode()
	case <-time.After(limit):
		p.Kill()
		t.Fatalf("%s did not end within %s; it wrote\n%s%s", p.cmd.Path, limit, p.Stdout, p.Stderr)
		return -1
	}
}

// Output gathers what a program writes.
type Output struct {
	mu      sync.Mutex
	text    bytes.Buffer
	changed chan struct{} // closed at the next write
}

// Write takes what the program writes.
func (o *Output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.changed != nil {
		close(o.changed)
		o.changed = nil
	}
	return o.text.Write(b)
}

// String returns everything so far.
func (o *Output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// change returns a channel that is closed when there is more.
func (o *Output) change() <-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.changed == nil {
		o.changed = make(chan struct{})
	}
	return o.changed
}

// Until waits until what was written satisfies cond; after limit the test fails.
func (o *Output) Until(t testing.TB, limit time.Duration, what string, cond func(text string) bool) {
	t.Helper()
	end := time.After(limit)
	for {
		more := o.change()
		if cond(o.String()) {
			return
		}
		select {
		case <-more:
		case <-end:
			t.Fatalf("no %s within %s in\n%s", what, limit, o)
		}
	}
}

// Eventually tries cond again and again until it holds; after limit the test
// fails with what cond said last.
func Eventually(t testing.TB, limit time.Duration, cond func() error) {
	t.Helper()
	end := time.After(limit)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		err := cond()
		if err == nil {
			return
		}
		select {
		case <-end:
			t.Fatalf("not within %s: %v", limit, err)
		case <-again.C:
		}
	}
}
