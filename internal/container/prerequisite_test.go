package container

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPrerequisites(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	host, port, _ := net.SplitHostPort(l.Addr().String())
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		command string
		code    int
		said    string
	}{
		{"dub ensure SET", 0, ""},
		{"dub ensure SET UNSET", 1, "UNSET is required."},
		{"ub ensure-atleast-one UNSET SET", 0, ""},
		{"ub ensure-atleast-one UNSET", 1, "One of [UNSET] is required."},
		{"ub path " + file + " existence", 0, ""},
		{"ub path " + file + " readable", 0, ""},
		{"ub path " + file + " writable", 0, ""},
		{"dub path " + filepath.Dir(file) + " writable", 0, ""},
		{"ub path " + file + " executable", 1, "is not executable."},
		{"ub path " + file + ".none existence", 1, "no such file"},
		{"ub listeners A://kafka1:19092,B://[::1]:1", 0, "A://0.0.0.0:19092,B://0.0.0.0:1\n"},
		{"dub wait " + host + " " + port + " 5", 0, ""},
		{"dub wait 127.0.0.1 1 0", 1, "refused"},
		{"cub zk-ready 127.0.0.1:1 0", 1, "No controller answers"},
		{"cub kafka-ready 1 0 -b 127.0.0.1:1", 1, "refused"},
		{"cub", 1, "USAGE"},
		{"cub kafka-ready x 0 -b 127.0.0.1:1", 1, "USAGE"},
		{"nc -z " + host + " " + port, 0, ""},
		{"nc -z -w 1 127.0.0.1 1", 1, "refused"},
		{"nc", 1, "USAGE"},
	} {
		b := &box{}
		code := Run(strings.Fields(c.command), b.host("SET=x", "UNSET="))
		if said := b.stdout.String() + b.stderr.String(); code != c.code || !strings.Contains(said, c.said) || c.said == "" && said != "" {
			t.Errorf("%s: %d %q", c.command, code, said)
		}
	}
}
