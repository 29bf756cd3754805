package node

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestForeignClusterIsRefused(t *testing.T) {
	dirs := []string{t.TempDir(), t.TempDir()}
	for _, dir := range dirs {
		start(t, dir).stop()
	}
	_, err := tryStart(t, dirs[0]+","+dirs[1])
	if err == nil {
		t.Fatal("a node takes over the data of another cluster")
	}
	mustSay(t, err.Error(), "belongs to cluster")
}

func TestForeignNodeIsRefused(t *testing.T) {
	dir := t.TempDir()
	start(t, dir).stop()
	before, err := os.ReadFile(filepath.Join(dir, "meta.properties"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = tryStart(t, dir, "node.id=7")
	if err == nil {
		t.Fatal("a node takes over the data of another one")
	}
	mustSay(t, err.Error(), "7")
	if after, _ := os.ReadFile(filepath.Join(dir, "meta.properties")); !bytes.Equal(before, after) {
		t.Errorf("meta.properties was changed to %s", after)
	}
	start(t, dir).stop()
}

// TestLockedDirectoryIsRefused: two processes never share a directory.
func TestLockedDirectoryIsRefused(t *testing.T) {
	n := start(t, t.TempDir())
	defer n.stop()
	_, err := tryStart(t, n.dir)
	if err == nil {
		t.Fatal("two nodes share a directory")
	}
	mustSay(t, err.Error(), n.dir)
}

// TestRunTellsOneSentence: what a person did wrong ends the process with 1 and one
// line on standard error.
func TestRunTellsOneSentence(t *testing.T) {
	n := start(t, t.TempDir())
	defer n.stop()
	file := func(text string) string {
		path := filepath.Join(t.TempDir(), "server.properties")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for what, tc := range map[string]struct {
		args []string
		want string
	}{
		"taken port":       {override(t.TempDir(), "listeners=PLAINTEXT://"+n.address()), "Cannot listen on PLAINTEXT://" + n.address()},
		"bad value":        {override(t.TempDir(), "num.partitions=many"), "Invalid value many for configuration num.partitions"},
		"out of range":     {override(t.TempDir(), "num.partitions=0"), "Invalid value 0 for configuration num.partitions"},
		"unknown protocol": {override(t.TempDir(), "listeners=FOO://127.0.0.1:0"), "No security protocol defined for listener FOO"},
		"not key=value":    {[]string{"--override", "x"}, "Invalid command line properties: x"},
		"no file":          {[]string{"/nonexistent/server.properties"}, "Cannot read the configuration"},
		"no roles":         {[]string{file("broker.id=1\nlog.dirs=" + t.TempDir())}, `Missing required configuration "process.roles"`},
		"two ids":          {override(t.TempDir(), "broker.id=2"), "`node.id` and `broker.id` must be set to the same value"},
		"not formatted": {[]string{file("node.id=3\nprocess.roles=broker\nlisteners=PLAINTEXT://127.0.0.1:0\n" +
			"listener.security.protocol.map=PLAINTEXT:PLAINTEXT,C:PLAINTEXT\n" +
			"controller.listener.names=C\ncontroller.quorum.voters=1@127.0.0.1:9093,2@127.0.0.1:9095\nlog.dirs=" + t.TempDir())}, "Format the data directory"},
	} {
		var stdout, stderr bytes.Buffer
		if code := Run(tc.args, &stdout, &stderr); code != 1 {
			t.Errorf("%s: code %d", what, code)
		}
		mustSay(t, stderr.String(), tc.want)
	}
}

// override makes arguments of settings.
func override(dir string, more ...string) []string {
	var args []string
	for _, s := range settings(dir, more...) {
		args = append(args, "--override", s)
	}
	return args
}

// TestUnknownKeysAreTold: in one INFO line, and nothing else is different.
func TestUnknownKeysAreTold(t *testing.T) {
	n := start(t, t.TempDir(), "jmx.port=9", "confluent.x=y", "zookeeper.connect=zoo:2181", "inter.broker.protocol.version=3.1")
	defer n.stop()
	want := fmt.Sprintf("INFO Ignoring configuration keys that are not known: %v", []string{"confluent.x", "jmx.port"})
	if strings.Count(n.text.String(), "Ignoring") != 1 || !strings.Contains(n.text.String(), want) {
		t.Errorf("want one line %q:\n%s", want, n.text)
	}
}

// TestLegacyNodeID: a file of the ZooKeeper time names the node broker.id.
func TestLegacyNodeID(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "server.properties")
	text := "broker.id=5\nprocess.roles=broker,controller\nlisteners=PLAINTEXT://127.0.0.1:0\n" +
		"zookeeper.connect=zoo:2181\nlog.dirs=" + dir + "/data\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := load([]string{path, "--override", "controller.listener.names=C", "--override=controller.quorum.voters=5@127.0.0.1:1",
		"--override", "listeners=PLAINTEXT://127.0.0.1:0,C://127.0.0.1:0", "--override", "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,C:PLAINTEXT"})
	if err != nil {
		t.Fatal(err)
	}
	if cfg.NodeID() != 5 || cfg.Int("broker.id") != 5 {
		t.Errorf("node %d", cfg.NodeID())
	}
}
