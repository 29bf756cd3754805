package container

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/brolga-io/brolga/internal/logdir"
	"github.com/brolga-io/brolga/internal/vfs"
)

// box is a container whose server, console and tools only say how they were called.
type box struct {
	stdout, stderr bytes.Buffer
	calls          []string
}

func (b *box) host(env ...string) Host {
	note := func(what string, args []string) int {
		b.calls = append(b.calls, what+" "+strings.Join(args, " "))
		return 0
	}
	return Host{
		Stdin: strings.NewReader(""), Stdout: &b.stdout, Stderr: &b.stderr, Environ: env,
		Setenv: func(name, value string) error { note("setenv", []string{name, value}); return nil },
		Server: func(args []string, s Surroundings, _, _ io.Writer) int {
			if s.Listen == nil || s.Signals == nil {
				panic("BUG: a server without surroundings")
			}
			s.Started()
			text, err := os.ReadFile(args[0])
			if err != nil {
				panic("BUG: " + err.Error())
			}
			return note("server", strings.Split(strings.TrimSpace(string(text)), "\n"))
		},
		Console: func(args []string, _, _ io.Writer) int { return note("console", args) },
		Tool:    func(_, _ io.Writer, args ...string) int { return note("tool", args) },
	}
}

func TestRunConsole(t *testing.T) {
	b := &box{}
	code := Run([]string{"run", "SERVER_PORT=8081"}, b.host("KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS=k:1", "KAFKA_CONSOLE_READ_ONLY=true", "KAFKA_CONSOLE_ALLOWED_HOSTS=a.example, b.example"))
	want := "setenv SERVER_PORT 8081\nconsole --listener http://0.0.0.0:8081 --state-file /var/lib/kafka/data/console-clusters.json --read-only --allowed-host a.example --allowed-host b.example"
	if got := strings.Join(b.calls, "\n"); code != 0 || got != want {
		t.Errorf("%d: %s\n%s", code, got, b.stderr.String())
	}
}

func TestRunSingle(t *testing.T) {
	b := &box{}
	data := filepath.Join(t.TempDir(), "data")
	code := Run([]string{"run", "KAFKA_BROKER_ID=7"}, b.host("KAFKA_LOG_DIRS="+data, "KAFKA_LOG4J_LOGGERS=kafka=WARN,x", "KAFKA_JMX_PORT=9999", "KAFKA_LISTENERS=PLAINTEXT://127.0.0.1:9092"))
	if code != 0 || len(b.calls) != 2 || !strings.Contains(b.calls[1], "broker.id=7") || !strings.Contains(b.calls[1], "log.dirs="+data) {
		t.Fatalf("%d: %q\n%s", code, b.calls, b.stderr.String())
	}
	for _, line := range []string{"===> Overriding env params with args ...\n===> User\nuid=", "===> Configuring ...\n", "INFO Accepted without effect", ": KAFKA_JMX_PORT (brolga.container)\n", "INFO These name no level of a logger: x (brolga.container)\n",
		"===> Running preflight checks ... \n===> Check if " + data + " is writable ...\n", "===> Launching ... \n===> Launching kafka ... \n", "INFO Ready as a single node; clients are told to connect to PLAINTEXT://127.0.0.1:9092"} {
		if !strings.Contains(b.stdout.String(), line) {
			t.Errorf("%q is not in\n%s", line, b.stdout.String())
		}
	}
}

// Nodes of a cluster of several controllers are formatted with the id they are given,
// once; data of another cluster stops them.
func TestRunFormats(t *testing.T) {
	data := t.TempDir()
	env := []string{"KAFKA_LOG_DIRS=" + data, "KAFKA_PROCESS_ROLES=broker,controller", "KAFKA_NODE_ID=1", "KAFKA_CONTROLLER_QUORUM_VOTERS=1@a:9093,2@b:9093",
		"KAFKA_CONTROLLER_LISTENER_NAMES=CONTROLLER", "KAFKA_LISTENERS=PLAINTEXT://:9092,CONTROLLER://:9093", "KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://a:9092"}
	run := func(args ...string) (*box, int) {
		b := &box{}
		return b, Run(args, b.host(env...))
	}
	if b, code := run("run"); code != 1 || !strings.HasPrefix(b.stderr.String(), "CLUSTER_ID is required.\n") {
		t.Errorf("without an id: %d %s", code, b.stderr.String())
	}
	if b, code := run("run", "--image", "apache"); code != 0 || !strings.HasPrefix(b.calls[0], "tool kafka-storage format --ignore-formatted --cluster-id 5L6g3nShT-eMCtK--X86sw -c ") {
		t.Errorf("as Apache's image: %d %q", code, b.calls)
	}
	if b, code := run("run", "CLUSTER_ID=Zg7nR3vXQ0a5wBfK1mPd8A"); code != 0 || !strings.Contains(b.calls[1], "--cluster-id Zg7nR3vXQ0a5wBfK1mPd8A") {
		t.Errorf("with an id: %d %q", code, b.calls)
	}
	if err := logdir.WriteMetaProperties(vfs.OS, data, logdir.MetaProperties{Version: 1, NodeID: 1, ClusterID: "Zg7nR3vXQ0a5wBfK1mPd8A"}); err != nil {
		t.Fatal(err)
	}
	if b, code := run("run"); code != 0 || strings.Contains(strings.Join(b.calls, "\n"), "format") {
		t.Errorf("formatted already: %d %q %s", code, b.calls, b.stderr.String())
	}
	if b, code := run("run", "CLUSTER_ID=4L6g3nShT-eMCtK--X86sw"); code != 1 || !strings.Contains(b.stderr.String(), "Expected 4L6g3nShT-eMCtK--X86sw, but read Zg7nR3vXQ0a5wBfK1mPd8A") {
		t.Errorf("another cluster's: %d %s", code, b.stderr.String())
	}
}

func TestRunRefuses(t *testing.T) {
	for _, args := range [][]string{nil, {"walk"}, {"run", "x"}, {"run", "KAFKA_SSL_KEYSTORE_LOCATION=/x"}, {"run", "BROLGA_TOPICS=a:b", "KAFKA_LOG_DIRS=" + t.TempDir()}} {
		b := &box{}
		if code := Run(args, b.host()); code != 1 || b.stderr.Len() == 0 {
			t.Errorf("%v: %d %q", args, code, b.stderr.String())
		}
	}
}

func TestReadMounted(t *testing.T) {
	file := filepath.Join(t.TempDir(), "server.properties")
	if err := os.WriteFile(file, []byte("node.id=4\nprocess.roles=broker\nlog.retention.ms=5\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := &container{env: Environ{"KAFKA_NODE_ID": "5"}}
	if err := c.readMounted(file); err != nil || c.env["KAFKA_NODE_ID"] != "5" || c.env["KAFKA_LOG_RETENTION_MS"] != "5" || KindOf(c.env) != KRaft {
		t.Errorf("%v, %v", c.env, err)
	}
	if err := c.readMounted(file + ".none"); err != nil {
		t.Error(err)
	}
}

func TestKeeperDir(t *testing.T) {
	mounts := filepath.Join(t.TempDir(), "mountinfo")
	const line = "36 35 98:0 /mnt1 /var/lib/zookeeper/data rw,noatime master:1 - ext3 /dev/root rw\n"
	if err := os.WriteFile(mounts, []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := keeperDir(mounts); got != "/var/lib/zookeeper/data/brolga" {
		t.Error(got)
	}
	if got := keeperDir(mounts + ".none"); got != dataDir {
		t.Error(got)
	}
}
