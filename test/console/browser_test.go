package console

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/brolga-io/brolga/test/compat/peer"
)

// chromium finds the browser, or skips; with CI=true a missing one fails.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-headless-shell"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	missing(t, "Chromium is not installed")
	return ""
}

func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// event is a line that report.mjs prints for one test of a file.
type event struct {
	Name   string `json:"name"`
	Passed bool   `json:"passed"`
	Detail string `json:"detail"`
}

// runBrowser runs one file of tests in the browser and reports each of them.
func runBrowser(t *testing.T, file string, env ...string) {
	t.Helper()
	dir := filepath.Join(peer.Root(t), "test/console/browser")
	if _, err := os.Stat(filepath.Join(dir, "node_modules/playwright-core")); err != nil {
		missing(t, "playwright-core is not installed: make peers")
	}
	cmd := exec.CommandContext(t.Context(), "node", "--test", "--test-reporter", "./report.mjs", file)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), append(env, "CHROMIUM="+chromium(t))...)
	out, err := cmd.Output()
	n := 0
	for lines := bufio.NewScanner(strings.NewReader(string(out))); lines.Scan(); {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil || e.Name == "" {
			continue
		}
		n++
		t.Run(e.Name, func(t *testing.T) {
			if !e.Passed {
				t.Error(e.Detail)
			}
		})
	}
	if n == 0 || err != nil && !t.Failed() {
		t.Errorf("the browser's tests did not run: %v\n%s", err, out)
	}
}
