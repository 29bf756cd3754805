package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
)

func TestReplicasText(t *testing.T) {
	q := &quorumState{nodes: []kmsg.DescribeQuorumResponseNode{
		{NodeID: 1, Listeners: []kmsg.DescribeQuorumResponseNodeListener{{Name: "CONTROLLER", Host: "a", Port: 9093}, {Name: "SECOND", Host: "::1", Port: 9094}}}}}
	for want, replicas := range map[string][]quorumReplica{
		"[]": nil,
		`[{"id": 1, "directoryId": "AAAAAAAAAAAAAAAAAAAABA", "endpoints": ["CONTROLLER://a:9093", "SECOND://[::1]:9094"]}]`: {{ReplicaID: 1, ReplicaDirectoryID: [16]byte{15: 4}}},
		`[{"id": 2}, {"id": 3}]`: {{ReplicaID: 2}, {ReplicaID: 3}},
	} {
		if got := q.replicasText(replicas); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestQuorumTimestamp(t *testing.T) {
	env, _, _ := testEnv("")
	p := newQuorumArgs()
	for args, want := range map[string]map[int64]string{
		"describe --replication":                  {-1: "-1", 5: "5"},
		"describe --replication --human-readable": {-1: "-1", env.Now().Add(-9 * time.Millisecond).UnixMilli(): "9 ms ago"},
	} {
		given, err := p.parse(append([]string{"--bootstrap-server", "a:1"}, strings.Fields(args)...))
		if err != nil {
			t.Fatal(err)
		}
		tool := &quorumTool{env: env, args: p, given: given}
		for ms, want := range want {
			if got, err := tool.timestamp(ms, "last fetch"); err != nil || got != want {
				t.Errorf("%s: %d is %q, want %q; %v", args, ms, got, want, err)
			}
		}
		_, err = tool.timestamp(env.Now().UnixMilli()+5, "last fetch")
		if drift := err != nil && strings.Contains(err.Error(), "possible drift in system clock."); drift != strings.Contains(args, "human") {
			t.Errorf("%s: a time to come: %v", args, err)
		}
	}
}

func TestControllerConfig(t *testing.T) {
	dir := t.TempDir()
	meta := "version=1\ncluster.id=c\nnode.id=3\ndirectory.id=AAAAAAAAAAAAAAAAAAAABA\n"
	if err := os.WriteFile(filepath.Join(dir, "meta.properties"), []byte(meta), 0o600); err != nil {
		t.Fatal(err)
	}
	good := clientProps{"node.id": "3", "process.roles": "broker,controller", "log.dirs": "/nothing,/there", "metadata.log.dir": dir,
		"controller.listener.names": "controller,Second", "listeners": "PLAINTEXT://:9092,CONTROLLER://:9093,SECOND://[::1]:9094",
		"advertised.listeners": "CONTROLLER://a:19093"}
	c, err := readControllerConfig(good)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.listeners) != 2 || c.listeners[0].Host != "a" || c.listeners[0].Port != 19093 || c.listeners[1].Host != "::1" || c.id != 3 || c.directory[15] != 4 {
		t.Errorf("%+v", c)
	}
	for key, want := range map[string]string{
		"node.id":                   "node.id not found in configuration file. Is this a valid controller configuration file?",
		"process.roles":             "process.roles did not contain 'controller' in configuration file. Is this a valid controller configuration file?",
		"metadata.log.dir":          "Unable to read meta.properties from /nothing",
		"controller.listener.names": "controller.listener.names was not found. Is this a valid controller configuration file?",
		"listeners":                 "Cannot find information about controller listener name: SECOND",
	} {
		props := clientProps{}.merge(good)
		delete(props, key)
		if _, err := readControllerConfig(props); err == nil || err.Error() != want {
			t.Errorf("without %s: %v", key, err)
		}
	}
}

func TestParseDirectoryID(t *testing.T) {
	for text, want := range map[string]string{
		"AAAAAAAAAAAAAAAAAAAABA":    "",
		"nonsense":                  "Input string `nonsense` decoded as 6 bytes, which is not equal to the expected 16 bytes of a base64-encoded UUID",
		"AAAAAAAAAAAAAAAAAAAAAAAAB": "Input string with prefix `AAAAAAAAAAAAAAAAAAAAAAAA` is too long to be decoded as a base64 UUID",
	} {
		_, err := parseDirectoryID(text)
		if got := ""; err != nil && err.Error() != want || err == nil && got != want {
			t.Errorf("%s: %v", text, err)
		}
	}
}
