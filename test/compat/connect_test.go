package compat

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/brolga-io/brolga/test/compat/peer"
)

// pipe is Kafka Connect carrying the lines of one file through a topic to
// another file.
type pipe struct {
	dir   string
	files []string // properties of the worker, the source and the sink
	lines []string // written to the source so far
}

func newPipe(t *testing.T, b *peer.Broker) *pipe {
	t.Helper()
	dir := t.TempDir()
	p := &pipe{dir: dir}
	properties := func(name string, lines ...string) {
		path := filepath.Join(dir, name+".properties")
		if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		p.files = append(p.files, path)
	}
	properties("worker",
		"bootstrap.servers="+b.Address,
		"key.converter=org.apache.kafka.connect.json.JsonConverter",
		"value.converter=org.apache.kafka.connect.json.JsonConverter",
		"key.converter.schemas.enable=true",
		"value.converter.schemas.enable=true",
		"offset.storage.file.filename="+filepath.Join(dir, "offsets"),
		"offset.flush.interval.ms=500",
		"plugin.discovery=only_scan",
		fmt.Sprintf("listeners=http://127.0.0.1:%d", peer.FreePort(t)))
	properties("source", "name=source", "connector.class=FileStreamSource", "tasks.max=1",
		"file="+filepath.Join(dir, "in"), "topic=piped")
	properties("sink", "name=sink", "connector.class=FileStreamSink", "tasks.max=1",
		"file="+filepath.Join(dir, "out"), "topics=piped")
	return p
}

// write appends lines to the source.
func (p *pipe) write(t *testing.T, prefix string, n int) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(p.dir, "in"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for i := range n {
		line := fmt.Sprint(prefix, " ", i)
		p.lines = append(p.lines, line)
		if _, err := fmt.Fprintln(f, line); err != nil {
			t.Fatal(err)
		}
	}
}

// arrive waits until the sink has every line once and in order.
func (p *pipe) arrive(t *testing.T) {
	t.Helper()
	want := strings.Join(p.lines, "\n") + "\n"
	peer.Eventually(t, 60*time.Second, func() error {
		got, err := os.ReadFile(filepath.Join(p.dir, "out"))
		if err != nil {
			return err
		}
		if len(got) < len(want) {
			return fmt.Errorf("%d of %d bytes arrived", len(got), len(want))
		}
		if string(got) != want {
			t.Fatalf("the sink holds\n%s\nwant\n%s", got, want)
		}
		return nil
	})
}

// Connect's standalone worker creates the topic, carries lines from file to
// file, and after restarts, its own and the broker's, goes on where it stopped.
func TestConnectStandalone(t *testing.T) {
	b := peer.Start(t)
	p := newPipe(t, b)
	p.write(t, "first", 100)
	connect := func() *peer.Process { return peer.ConnectStandalone(t, p.files...) }
	stop := func(worker *peer.Process) {
		t.Helper()
		worker.Signal(syscall.SIGTERM)
		worker.Wait(t, 60*time.Second)
	}

	worker := connect()
	p.arrive(t)
	p.write(t, "while it runs", 100)
	p.arrive(t)
	stop(worker)

	p.write(t, "while it is down", 100)
	worker = connect()
	p.arrive(t)

	b.Stop(t)
	p.write(t, "while the broker is down", 100)
	b.Restart(t)
	p.arrive(t)
	stop(worker)

	b.Kill()
	b.Restart(t)
	p.write(t, "at the end", 100)
	worker = connect()
	p.arrive(t)
	stop(worker)
	if stored := readAll(t, b.Address, "piped"); len(stored) != len(p.lines) {
		t.Errorf("the topic holds %d records of %d lines", len(stored), len(p.lines))
	}
}
