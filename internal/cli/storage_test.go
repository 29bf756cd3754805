package cli

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/brolga-io/brolga/internal/batch"
	"github.com/brolga-io/brolga/internal/logdir"
	"github.com/brolga-io/brolga/internal/vfs"
	"github.com/brolga-io/brolga/internal/wire"
)

// nodeProps writes a properties file of a node with its data below dir.
func nodeProps(t *testing.T, dir, extra string) string {
	t.Helper()
	path := filepath.Join(dir, "node.properties")
	text := "process.roles=broker,controller\nnode.id=7\nlisteners=PLAINTEXT://:9092,CONTROLLER://:9093\n" +
		"controller.listener.names=CONTROLLER\ncontroller.quorum.voters=7@localhost:9093\nlog.dirs=" + filepath.Join(dir, "data") + "\n" + extra
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func storage(args ...string) (code int, stdout, stderr string) {
	env, out, errs := testEnv("")
	code = runStorage(env, args)
	return code, out.String(), errs.String()
}

func TestFormatWritesIdentity(t *testing.T) {
	dir := t.TempDir()
	code, out, errs := storage("format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c", nodeProps(t, dir, ""))
	if code != 0 {
		t.Fatalf("exit %d: %s%s", code, out, errs)
	}
	data := filepath.Join(dir, "data")
	meta, err := logdir.ReadMetaProperties(vfs.OS, data)
	if err != nil || meta.Version != 1 || meta.NodeID != 7 || meta.ClusterID != "MkU3OEVBNTcwNTJENDM2Qg" || meta.DirectoryID == (logdir.UUID{}) {
		t.Errorf("identity %+v, %v", meta, err)
	}
	if _, err := os.Stat(filepath.Join(data, bootstrapName)); err == nil {
		t.Errorf("%s was written though nothing but defaults was asked for", bootstrapName)
	}
}

// A directory of another node or cluster is never taken over.
func TestFormatRefusesForeignDirectories(t *testing.T) {
	for want, meta := range map[string]logdir.MetaProperties{
		"Invalid cluster.id in": {Version: 1, NodeID: 7, ClusterID: "another"},
		"Invalid node.id in":    {Version: 1, NodeID: 8, ClusterID: "MkU3OEVBNTcwNTJENDM2Qg"},
	} {
		dir := t.TempDir()
		data := filepath.Join(dir, "data")
		if err := os.MkdirAll(data, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := logdir.WriteMetaProperties(vfs.OS, data, meta); err != nil {
			t.Fatal(err)
		}
		code, _, errs := storage("format", "-g", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c", nodeProps(t, dir, ""))
		if after, err := logdir.ReadMetaProperties(vfs.OS, data); code != 1 || !strings.HasPrefix(errs, want) || err != nil || after != meta {
			t.Errorf("exit %d, %q, identity %+v", code, errs, after)
		}
	}
}

func TestFormatKeepsWhatWasAskedFor(t *testing.T) {
	dir := t.TempDir()
	code, out, errs := storage("format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c", nodeProps(t, dir, ""),
		"-r", "4.1", "-f", "transaction.version=1", "-S", "SCRAM-SHA-256=[name=alice,password=secret]")
	if code != 0 {
		t.Fatalf("exit %d: %s%s", code, out, errs)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "data", bootstrapName))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := batch.Validate(raw, batch.ValidateOptions{}); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, value := range batchValues(t, raw) {
		record, _, err := wire.DecodeMetadataRecord(value)
		if err != nil {
			t.Fatal(err)
		}
		switch r := record.(type) {
		case *wire.FeatureLevelRecord:
			got = append(got, fmt.Sprintf("%s=%d", r.Name, r.FeatureLevel))
		case *wire.UserScramCredentialRecord:
			got = append(got, fmt.Sprintf("%s:%d:%d", r.Name, r.Mechanism, r.Iterations))
		}
	}
	want := "metadata.version=27 transaction.version=1 group.version=1 eligible.leader.replicas.version=1 alice:1:4096"
	if strings.Join(got, " ") != want {
		t.Errorf("records %v, want %s", got, want)
	}
}

func batchValues(t *testing.T, raw []byte) [][]byte {
	t.Helper()
	var values [][]byte
	r, err := batch.NewReader(raw, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	for r.Next() {
		values = append(values, append([]byte{}, r.Record().Value...))
	}
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
	return values
}

// The credential is the one of RFC 7677's example exchange.
func TestScramCredential(t *testing.T) {
	c, err := parseScram(`SCRAM-SHA-256=[name=user,password="pencil",salt=W22ZaJ0SNY7soEsUEjb6gQ==,iterations=4096]`)
	if err != nil {
		t.Fatal(err)
	}
	b64 := base64.StdEncoding.EncodeToString
	if c.Name != "user" || b64(c.StoredKey) != "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=" ||
		b64(c.ServerKey) != "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=" {
		t.Errorf("credential %s %s %s", c.Name, b64(c.StoredKey), b64(c.ServerKey))
	}
}

func TestScramMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"SCRAM-SHA-256":                                      "Failed to find equals sign in SCRAM argument 'SCRAM-SHA-256'",
		"SCRAM-SHA-1=[name=a,password=b]":                    "The add-scram mechanism SCRAM-SHA-1 is not supported.",
		"SCRAM-SHA-256=name=a":                               "Expected configuration string to start with [",
		"SCRAM-SHA-256=[name=a":                              "Expected configuration string to end with ]",
		"SCRAM-SHA-256=[]":                                   "No equals sign found in SCRAM component: ",
		"SCRAM-SHA-256=[password=b]":                         "You must supply 'name' to add-scram",
		"SCRAM-SHA-256=[name=a]":                             "You must supply one of 'password' or 'saltedpassword' to add-scram",
		"SCRAM-SHA-256=[name=a,saltedpassword=eHg=]":         "You must supply 'salt' with 'saltedpassword' to add-scram",
		"SCRAM-SHA-256=[name=a,password=b,iterations=x]":     "Failed to parse iterations count: x",
		"SCRAM-SHA-256=[name=a,password=b,iterations=10]":    "The 'iterations' value must be >= 4096 for add-scram using SCRAM_SHA_256",
		"SCRAM-SHA-512=[name=a,password=b,iterations=99999]": "The 'iterations' value must be <= 16384 for add-scram using SCRAM_SHA_512",
		"SCRAM-SHA-256=[name=a,password=b,foo=bar]":          "Unknown SCRAM configurations: foo",
		"SCRAM-SHA-256=[name=a,password=b,salt=%]":           "Failed to decode given salt: %",
		"SCRAM-SHA-256=[name=a,password=]":                   "Empty key",
	} {
		if _, err := parseScram(text); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func TestInitialControllers(t *testing.T) {
	voters, err := parseInitialControllers("1@a:9093:JEXY6aqzQY-32P5TStzaFg, 2@[::1]:9093:MvDxzVmcRsaTz33bUuRU6A,")
	if err != nil || len(voters) != 2 || voters[1].VoterDirectoryId.String() != "JEXY6aqzQY-32P5TStzaFg" || voters[2].Endpoints[0].Host != "::1" {
		t.Errorf("voters %v, %v", voters, err)
	}
	for text, want := range map[string]string{
		"":                              "No voters given.",
		"bad":                           "No @ found in dynamic voter string.",
		"x@a:1:JEXY6aqzQY-32P5TStzaFg":  "Failed to parse node id in dynamic voter string.",
		"-1@a:1:JEXY6aqzQY-32P5TStzaFg": "Invalid negative node id -1 in dynamic voter string.",
		"1@a":                           "No colon following hostname could be found.",
		"1@a:1":                         "No colon following port could be found.",
		"1@a:x:JEXY6aqzQY-32P5TStzaFg":  "Failed to parse port in dynamic voter string.",
		"1@a:1:zzz":                     "Failed to parse directory ID in dynamic voter string.",
		"1@a:1:JEXY6aqzQY-32P5TStzaFg,1@b:1:MvDxzVmcRsaTz33bUuRU6A": "Duplicate node id: 1",
	} {
		if _, err := parseInitialControllers(text); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestInfoProblems(t *testing.T) {
	dir := t.TempDir()
	path := nodeProps(t, dir, "")
	data := filepath.Join(dir, "data")
	expect := func(what, want string) {
		t.Helper()
		code, out, errs := storage("info", "-c", path)
		if code != 1 || !strings.Contains(out, "Found problem:\n  "+want) {
			t.Errorf("%s: exit %d, %q%q", what, code, out, errs)
		}
	}
	expect("nothing there", data+" does not exist")
	if err := os.WriteFile(data, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	expect("a file", data+" is not a directory")
	if err := os.Remove(data); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(data, 0o755); err != nil {
		t.Fatal(err)
	}
	expect("empty", data+" is not formatted.")
	if err := os.WriteFile(filepath.Join(data, "meta.properties"), []byte("broker.id=0\ncluster.id=abc\nversion=0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	expect("ZooKeeper's time", "The kafka configuration file appears to be for a cluster in KRaft mode, but the directories are formatted for legacy mode.")
}

// Every level that kafka-storage of 4.4.0 prints for these releases.
func TestFeatureDefaults(t *testing.T) {
	for release, want := range map[string]string{
		"3.8":     "20 0 0 0 0 0 0",
		"3.9.1":   "21 1 0 0 0 0 0",
		"4.0-IV0": "22 1 0 1 0 0 0",
		"4.0-IV2": "24 1 2 1 0 0 0",
		"4.0":     "25 1 2 1 0 0 0",
		"4.1-IV0": "26 1 2 1 1 0 0",
		"4.2-IV0": "28 1 2 1 1 1 0",
		"4.2":     "29 1 2 1 1 1 1",
		"4.4-IV0": "31 1 2 1 1 2 1",
		"4.4":     "33 1 2 1 1 2 1",
		"4.5-IV0": "34 1 2 1 1 2 1",
	} {
		level, err := parseRelease(release, true)
		got := fmt.Sprint(level)
		for _, f := range features() {
			got += fmt.Sprintf(" %d", f.defaultAt(level))
		}
		if err != nil || got != want {
			t.Errorf("%s: %s, %v, want %s", release, got, err, want)
		}
	}
	for _, release := range []string{"", "4", "3.2", "4.5", "9.9"} {
		if level, err := parseRelease(release, true); err == nil {
			t.Errorf("%q is level %d", release, level)
		}
	}
	if _, err := parseRelease("4.5-IV0", false); err == nil {
		t.Error("an unstable level can be formatted")
	}
}
