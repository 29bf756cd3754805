package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/brolga-io/brolga/internal/planted"
)

// testTimeout bounds one run: a bug may let a test wait for ever.
const testTimeout = 4 * time.Minute

// binaries are the test programs of packages, built with the tag when they are needed.
type binaries struct {
	dir   string
	built map[string]string
	// rapid are those whose property tests would leave files of their failures.
	rapid map[string]bool
}

const noFailFile = "-rapid.nofailfile"

func (b *binaries) of(pkg string) (string, error) {
	if path := b.built[pkg]; path != "" {
		return path, nil
	}
	path := filepath.Join(b.dir, pkg+".test")
	build := exec.CommandContext(context.Background(), "go", "test", "-c", "-tags", "planted", "-o", path, "./internal/"+pkg)
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the tests of %s: %w\n%s", pkg, err, out)
	}
	b.built[pkg] = path
	b.rapid[pkg] = exec.CommandContext(context.Background(), path, noFailFile, "-test.list", "^$").Run() == nil
	return path, nil
}

// firstFailure runs the tests of a package that match and returns the name of the
// first one that fails, or nothing. bug 0 is none.
func (b *binaries) firstFailure(pkg, match string, bug planted.Bug) (string, error) {
	path, err := b.of(pkg)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), testTimeout)
	defer cancel()
	// Without a timeout of its own: a test that hangs is found by name all the same.
	args := []string{"-test.run", match, "-test.failfast", "-test.v", "-test.timeout", "0"}
	if b.rapid[pkg] {
		args = append(args, noFailFile)
	}
	test := exec.CommandContext(ctx, path, args...)
	test.Dir = filepath.Join("internal", pkg)
	test.Env = os.Environ()
	if bug != 0 {
		test.Env = append(test.Env, "BROLGA_PLANTED="+bug.Entry().Name)
	}
	out, err := test.CombinedOutput()
	var failed *exec.ExitError
	switch {
	case err == nil && !bytes.Contains(out, []byte("--- PASS")):
		return "", fmt.Errorf("%s has no test %s", pkg, match)
	case err == nil:
		return "", nil
	case errors.As(err, &failed):
		return failing(out), nil
	}
	return "", err
}

var (
	failLine = regexp.MustCompile(`(?m)^--- FAIL: (\S+)`)
	runLine  = regexp.MustCompile(`(?m)^=== (?:RUN|CONT) +([^\s/]+)`)
)

// failing finds the test that failed in what a test program printed. One that crashed
// or hung is the last that began.
func failing(out []byte) string {
	if m := failLine.FindSubmatch(out); m != nil {
		return string(m[1])
	}
	if all := runLine.FindAllSubmatch(out, -1); all != nil {
		return string(all[len(all)-1][1])
	}
	return "?"
}

// exactly is a pattern for tests of those names.
func exactly(names ...string) string { return "^(" + strings.Join(names, "|") + ")$" }
