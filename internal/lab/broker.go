package lab

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/brolga-io/brolga/internal/console/view"
)

// How long things may take.
const (
	startPatience = 60 * time.Second
	stopPatience  = 30 * time.Second
)

// readyLine is in what a node prints when it serves.
const readyLine = "started (kafka.server.KafkaRaftServer)"

// broker is one node of the lab and its process.
type broker struct {
	id      int32
	address string
	dir     string
	program string
	now     func() time.Time
	spawn   func(*exec.Cmd) error
	notify  func(b *broker, what string)

	// doing is held by whoever does something to the broker.
	doing sync.Mutex

	mu    sync.Mutex
	state view.LabState
	since time.Time
	cmd   *exec.Cmd     // nil while there is no process
	ready chan struct{} // closed when the process serves
	ended chan struct{} // closed when the process has ended
	// last is the last line that the process printed on standard error.
	last string
}

func (b *broker) view() view.LabBroker {
	b.mu.Lock()
	defer b.mu.Unlock()
	v := view.LabBroker{ID: b.id, State: b.state, Address: b.address, Since: view.Millis(b.since.UnixMilli())}
	if b.cmd != nil {
		v.PID = b.cmd.Process.Pid
	}
	return v
}

func (b *broker) setLocked(s view.LabState) {
	b.state, b.since = s, b.now()
}

// start runs the process and waits until it serves.
func (b *broker) start(ctx context.Context) error {
	b.doing.Lock()
	defer b.doing.Unlock()
	b.mu.Lock()
	if b.cmd != nil {
		defer b.mu.Unlock()
		return fmt.Errorf("Broker %d is %s already", b.id, b.state)
	}
	err := b.runLocked()
	ready, ended := b.ready, b.ended
	b.mu.Unlock()
	if err != nil {
		return err
	}
	late := time.NewTimer(startPatience)
	defer late.Stop()
	select {
	case <-ready:
		return nil
	case <-ended:
		return fmt.Errorf("Broker %d has ended: %s", b.id, b.lastWords())
	case <-late.C:
		return fmt.Errorf("Broker %d is not ready after %s; its log is %s", b.id, startPatience, filepath.Join(b.dir, "server.log"))
	case <-ctx.Done():
		return ctx.Err()
	}
}

// runLocked starts the process and the goroutines that follow it.
func (b *broker) runLocked() error {
	log, err := os.OpenFile(filepath.Join(b.dir, "server.log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	cmd := exec.Command(b.program, "server", filepath.Join(b.dir, "server.properties"))
	out, outW := io.Pipe()
	cmd.Stdout = io.MultiWriter(log, outW)
	words := &lastLine{}
	cmd.Stderr = io.MultiWriter(log, words)
	if err := b.spawn(cmd); err != nil {
		log.Close()
		return fmt.Errorf("Broker %d cannot be started: %w", b.id, err)
	}
	b.cmd, b.ready, b.ended, b.last = cmd, make(chan struct{}), make(chan struct{}), ""
	b.setLocked(view.LabStarting)
	go b.runReader(out, cmd)
	go b.runWaiter(cmd, b.ended, words, outW, log)
	return nil
}

// runReader looks for the line that says that the process serves, and then only
// drains.
func (b *broker) runReader(out io.Reader, cmd *exec.Cmd) {
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if strings.Contains(lines.Text(), readyLine) {
			b.served(cmd)
			break
		}
	}
	_, _ = io.Copy(io.Discard, out) // ends with the process
}

func (b *broker) served(cmd *exec.Cmd) {
	b.mu.Lock()
	isCurrent := b.cmd == cmd && b.state == view.LabStarting
	if isCurrent {
		b.setLocked(view.LabRunning)
		close(b.ready)
	}
	b.mu.Unlock()
	if isCurrent {
		b.notify(b, "is running on "+b.address)
	}
}

// runWaiter notes the end of the process.
func (b *broker) runWaiter(cmd *exec.Cmd, ended chan struct{}, words *lastLine, out *io.PipeWriter, log *os.File) {
	err := cmd.Wait()
	out.Close()
	log.Close()
	b.mu.Lock()
	wanted := b.state == view.LabStopping
	b.cmd, b.last = nil, words.String()
	b.setLocked(view.LabStopped)
	b.mu.Unlock()
	close(ended)
	switch {
	case wanted || err == nil:
		b.notify(b, "has stopped")
	default:
		b.notify(b, fmt.Sprintf("has ended: %v %s", err, b.lastWords()))
	}
}

func (b *broker) lastWords() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.last == "" {
		return "its log is " + filepath.Join(b.dir, "server.log")
	}
	return b.last
}

// stop sends a signal that ends the process and waits for the end.
func (b *broker) stop(ctx context.Context, signal syscall.Signal) error {
	b.doing.Lock()
	defer b.doing.Unlock()
	b.mu.Lock()
	if b.cmd == nil {
		b.mu.Unlock()
		return fmt.Errorf("Broker %d is not running", b.id)
	}
	process, ended := b.cmd.Process, b.ended
	if b.state == view.LabPaused && signal != syscall.SIGKILL {
		_ = process.Signal(syscall.SIGCONT) // a frozen process hears nothing else
	}
	b.setLocked(view.LabStopping)
	b.mu.Unlock()
	if err := process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("Broker %d cannot be stopped: %w", b.id, err)
	}
	late := time.NewTimer(stopPatience)
	defer late.Stop()
	select {
	case <-ended:
		return nil
	case <-late.C:
		return fmt.Errorf("Broker %d has not ended within %s; kill it", b.id, stopPatience)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// freeze stops the process from running without ending it, or lets it go on.
func (b *broker) freeze(from, to view.LabState, signal syscall.Signal) error {
	b.doing.Lock()
	defer b.doing.Unlock()
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.cmd == nil || b.state != from {
		return fmt.Errorf("Broker %d is %s, not %s", b.id, b.state, from)
	}
	if err := b.cmd.Process.Signal(signal); err != nil {
		return fmt.Errorf("Broker %d cannot be reached: %w", b.id, err)
	}
	b.setLocked(to)
	return nil
}

// lastLine keeps the last line that was written to it.
type lastLine struct {
	mu   sync.Mutex
	text string
}

func (l *lastLine) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	const most = 4 << 10
	lines := strings.Split(strings.TrimSpace(string(p)), "\n")
	l.text = lines[len(lines)-1]
	l.text = l.text[:min(most, len(l.text))]
	return len(p), nil
}

func (l *lastLine) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text
}
