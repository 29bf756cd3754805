package lab

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/brolga-io/brolga/internal/console/view"
)

// TestMain lets the test's own binary play the broker's program.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "server" {
		os.Exit(fakeServer(os.Args[2]))
	}
	if len(os.Args) > 2 && os.Args[1] == "kafka-storage" {
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// fakeServer serves until SIGTERM, unless its directory holds a reason not to.
func fakeServer(file string) int {
	if why, err := os.ReadFile(filepath.Join(filepath.Dir(file), "broken")); err == nil {
		fmt.Fprint(os.Stderr, string(why))
		return 1
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM)
	fmt.Println("INFO [KafkaRaftServer nodeId=1] Kafka Server " + readyLine)
	<-signals
	return 0
}

// freePorts returns the first of n ports in a row that nobody has.
func freePorts(t *testing.T, n int) int {
	t.Helper()
	for range 50 {
		probe, err := net.Listen("tcp", "localhost:0")
		if err != nil {
			t.Fatal(err)
		}
		first := probe.Addr().(*net.TCPAddr).Port
		probe.Close()
		free := first+n < 1<<16
		for i := 0; free && i < n; i++ {
			l, err := net.Listen("tcp", fmt.Sprintf("localhost:%d", first+i))
			if free = err == nil; free {
				l.Close()
			}
		}
		if free {
			return first
		}
	}
	t.Fatal("no ports in a row are free")
	return 0
}

// testLab opens a lab of three fake brokers; said holds what it said.
func testLab(t *testing.T) (*Lab, func() string) {
	t.Helper()
	var mu sync.Mutex
	var said bytes.Buffer
	o := defaults()
	o.Dir, o.Program, o.Console = t.TempDir(), os.Args[0], "none"
	o.Port = freePorts(t, 6)
	o.ControllerPort = o.Port + 3
	l, err := Open(o, func(id int32, what string) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintf(&said, "%d %s\n", id, what)
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l, func() string {
		mu.Lock()
		defer mu.Unlock()
		return said.String()
	}
}

func states(l *Lab) string {
	var all []string
	for _, b := range l.Brokers() {
		all = append(all, string(b.State))
	}
	return strings.Join(all, " ")
}

func TestBrokersAreStoppedKilledFrozenAndStarted(t *testing.T) {
	l, said := testLab(t)
	ctx := context.Background()
	if err := l.StartAll(ctx); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		verb view.LabVerb
		id   int32
		want string
	}{
		{view.LabStop, 2, "running stopped running"},
		{view.LabKill, 3, "running stopped stopped"},
		{view.LabStart, 2, "running running stopped"},
		{view.LabPause, 1, "paused running stopped"},
		{view.LabResume, 1, "running running stopped"},
		{view.LabPause, 1, "paused running stopped"},
		{view.LabStop, 1, "stopped running stopped"},
		{view.LabStart, 3, "stopped running running"},
	} {
		if err := l.Control(ctx, step.id, step.verb); err != nil {
			t.Fatalf("%s %d: %v", step.verb, step.id, err)
		}
		if got := states(l); got != step.want {
			t.Fatalf("after %s %d: %s, want %s", step.verb, step.id, got, step.want)
		}
	}
	if !strings.Contains(said(), "2 has stopped") {
		t.Errorf("said %q", said())
	}
}

func TestWhatCannotBeDoneIsSaid(t *testing.T) {
	l, _ := testLab(t)
	ctx := context.Background()
	for _, c := range []struct {
		verb view.LabVerb
		id   int32
		want string
	}{
		{view.LabStop, 1, "Broker 1 is not running"},
		{view.LabPause, 1, "Broker 1 is stopped, not running"},
		{view.LabStart, 4, "This lab has brokers 1 to 3, and no broker 4"},
		{view.LabStart, 0, "This lab has brokers 1 to 3, and no broker 0"},
		{"dance", 1, "A broker cannot be told to dance"},
	} {
		if err := l.Control(ctx, c.id, c.verb); err == nil || err.Error() != c.want {
			t.Errorf("%s %d: %v, want %s", c.verb, c.id, err, c.want)
		}
	}
}

func TestABrokerThatEndsAtOnceSaysWhy(t *testing.T) {
	l, _ := testLab(t)
	if err := os.WriteFile(filepath.Join(l.o.brokerDir(2), "broken"), []byte("The disk is full\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	err := l.StartAll(context.Background())
	if err == nil || !strings.Contains(err.Error(), "Broker 2 has ended: The disk is full") {
		t.Fatal(err)
	}
}

func TestTheControlSocket(t *testing.T) {
	l, _ := testLab(t)
	if err := l.StartAll(context.Background()); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(socketPath(l.o.Dir))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", info, err)
	}
	answer, err := ask(l.o.Dir, request{Verb: view.LabKill, Broker: 3})
	if err != nil || answer.Brokers[2].State != view.LabStopped {
		t.Fatalf("%+v %v", answer, err)
	}
	if _, err := ask(l.o.Dir, request{Verb: view.LabKill, Broker: 3}); err == nil || err.Error() != "Broker 3 is not running" {
		t.Fatal(err)
	}
	if _, err := Open(l.o, nil); err == nil || !strings.Contains(err.Error(), "running in") {
		t.Fatalf("a second lab: %v", err)
	}
	var out, errOut bytes.Buffer
	if code := Run([]string{"--dir", l.o.Dir, "status"}, &out, &errOut); code != 0 || !strings.Contains(out.String(), "stopped") {
		t.Fatalf("%d %s %s", code, &out, &errOut)
	}
}

func TestNoLabIsRunning(t *testing.T) {
	var out, errOut bytes.Buffer
	code := Run([]string{"stop", "1", "--dir", t.TempDir()}, &out, &errOut)
	if code != 1 || !strings.HasPrefix(errOut.String(), "No lab is running in ") || strings.Count(errOut.String(), "\n") != 1 {
		t.Fatalf("%d %s %s", code, &out, &errOut)
	}
}

func TestATakenPortIsTold(t *testing.T) {
	taken, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	o := defaults()
	o.Dir, o.Program, o.Brokers, o.Port = t.TempDir(), os.Args[0], 1, taken.Addr().(*net.TCPAddr).Port
	if _, err := Open(o, nil); err == nil || !strings.Contains(err.Error(), "is taken") {
		t.Fatal(err)
	}
}

func TestTheFileOfABroker(t *testing.T) {
	o := defaults()
	o.Dir, o.Brokers = "/lab", 4
	got := string(o.properties(2))
	for _, want := range []string{
		"process.roles=broker,controller\n", "node.id=2\n", "controller.quorum.voters=1@localhost:19193,2@localhost:19194,3@localhost:19195\n",
		"listeners=PLAINTEXT://localhost:9093,CONTROLLER://localhost:19194\n", "log.dirs=/lab/2/data\n", "offsets.topic.replication.factor=3\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s lacks %s", got, want)
		}
	}
	if got := string(o.properties(4)); !strings.Contains(got, "process.roles=broker\n") || strings.Contains(got, "CONTROLLER://localhost:19196") {
		t.Errorf("the fourth is a controller: %s", got)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for _, change := range []func(*Options){
		func(o *Options) { o.Brokers = 0 }, func(o *Options) { o.Brokers = 16 }, func(o *Options) { o.Port = 0 }, func(o *Options) { o.ControllerPort = 65535 },
	} {
		o := defaults()
		o.Dir = t.TempDir()
		change(&o)
		if err := o.check(); err == nil {
			t.Errorf("%+v passes", o)
		}
	}
}
