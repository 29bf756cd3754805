package peer

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Root returns the repository's root: the directory with go.mod above the
// test's package.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}

// missing ends a test whose peer is not installed.
func missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is not installed, and CI=true: make peers", what)
	}
	t.Skipf("%s is not installed: make peers", what)
}

// command returns the path of a program.
func command(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		missing(t, name)
	}
	return path
}

// file returns the path of a file or directory of test/compat that
// scripts/peers.sh makes.
func file(t testing.TB, path, what string) string {
	t.Helper()
	full := filepath.Join(Root(t), "test", "compat", path)
	if _, err := os.Stat(full); err != nil {
		missing(t, what)
	}
	return full
}

// Kafka tells whether the tests run against Apache Kafka instead of brolga.
func Kafka() bool { return os.Getenv("COMPAT_TARGET") == "kafka" }
