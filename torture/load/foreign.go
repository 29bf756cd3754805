package load

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/brolga-io/brolga/internal/testcluster/history"
)

// foreignClient is a producer in another language: a program that reads lines of
// partition and value and prints value and offset, or value and "error", in any order.
type foreignClient struct {
	name string
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  io.Reader

	open    atomic.Int64
	mu      sync.Mutex
	pending map[string]func(history.Outcome, int64)
}

// Foreign tells why a client library cannot be used here, nil if it can.
func Foreign(library string) error {
	_, err := foreignCommand(library, "", nil)
	return err
}

// foreignCommand is the program for a library; make peers installs what it needs.
func foreignCommand(library, topic string, seeds []string) (*exec.Cmd, error) {
	const peers, programs = "test/compat", "torture/load/programs"
	var args, needs []string
	switch library {
	case Franz, "":
		return nil, nil
	case Librdkafka:
		python := filepath.Join(peers, "python/venv/bin/python")
		args, needs = []string{python, filepath.Join(programs, "produce.py")}, []string{python}
	case Java:
		jars := filepath.Join(peers, "java/target/broker")
		args, needs = []string{"java", "-Xmx128m", "-XX:TieredStopAtLevel=1", "-Dlog4j2.configurationFile=" + filepath.Join(programs, "log4j2.properties"),
			"-cp", jars + "/*", filepath.Join(programs, "Produce.java")}, []string{jars}
	default:
		return nil, fmt.Errorf("unknown library %s", library)
	}
	for _, need := range needs {
		if _, err := os.Stat(need); err != nil {
			return nil, fmt.Errorf("%s is not installed (make peers): %w", library, err)
		}
	}
	return exec.Command(args[0], append(args[1:], strings.Join(seeds, ","), topic)...), nil
}

func (l *Load) foreign() (*foreignClient, error) {
	cmd, err := foreignCommand(l.Library, l.Topic, l.Seeds)
	if err != nil {
		return nil, err
	}
	f := &foreignClient{cmd: cmd, name: fmt.Sprint(history.Idempotent, "-", l.Library, l.names.Add(1)), pending: map[string]func(history.Outcome, int64){}}
	if f.in, err = cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if f.out, err = cmd.StdoutPipe(); err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(l.Logs, f.name+".log"))
	if err != nil {
		return nil, err
	}
	defer log.Close() // the program has its own
	cmd.Stderr = log
	return f, cmd.Start()
}

// runForeign sends rate records a second through a program of another library. A
// library that gives a record up is not used any more, as with franz-go: its next
// sequence would begin anew.
func (l *Load) runForeign(f *foreignClient, rate int) {
	answers := make(chan struct{})
	go func() {
		f.runAnswers()
		close(answers)
	}()
	in := bufio.NewWriter(f.in)
	sequence := 0
	for pause(l.halt, tick) {
		for range max(1, rate*int(tick/time.Millisecond)/1000) {
			if f.open.Load() >= unanswered {
				break
			}
			p := int32(sequence) % l.Partitions
			value := fmt.Sprintf("%s/%d/%d", f.name, p, sequence)
			sequence++
			f.expect(value, l.invoke(f.name, p, value, true))
			fmt.Fprintf(in, "%d\t%s\n", p, value)
		}
		if err := in.Flush(); err != nil {
			l.fail("%s: %v", f.name, err)
			break
		}
	}
	f.in.Close()
	select {
	case <-answers:
	case <-time.After(flushLimit):
		f.cmd.Process.Kill()
		<-answers
	}
	f.cmd.Wait()
}

func (f *foreignClient) expect(value string, learn func(history.Outcome, int64)) {
	f.open.Add(1)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pending[value] = learn
}

// runAnswers takes in what the program prints until it ends.
func (f *foreignClient) runAnswers() {
	for lines := bufio.NewScanner(f.out); lines.Scan(); {
		value, text, _ := strings.Cut(lines.Text(), "\t")
		f.mu.Lock()
		learn := f.pending[value]
		delete(f.pending, value)
		f.mu.Unlock()
		if learn == nil {
			continue
		}
		f.open.Add(-1)
		if offset, err := strconv.ParseInt(text, 10, 64); err == nil {
			learn(history.OK, offset)
		} else {
			learn(history.Unknown, 0)
		}
	}
}
