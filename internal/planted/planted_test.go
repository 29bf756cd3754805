package planted_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/brolga-io/brolga/internal/planted"
)

// root is the repository, seen from this package.
const root = "../.."

// Every bug has a name of its own, a sentence, and one place in the code.
func TestEveryBugIsPlanted(t *testing.T) {
	places := placesOf(t)
	names := map[string]bool{}
	kebab := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	identifiers := 0
	for _, b := range planted.All() {
		e := b.Entry()
		if !kebab.MatchString(e.Name) || e.Says == "" || names[e.Name] {
			t.Errorf("bug %d: bad entry %+v", b, e)
		}
		names[e.Name] = true
		if got, ok := planted.Named(e.Name); !ok || got != b {
			t.Errorf("%s is not found by its name", e.Name)
		}
	}
	for name, n := range places {
		identifiers++
		if n != 1 {
			t.Errorf("planted.%s has %d places", name, n)
		}
	}
	if identifiers != len(names) {
		t.Errorf("%d bugs are planted, %d are listed", identifiers, len(names))
	}
}

// placesOf counts planted.On(planted.X) in the code.
func placesOf(t *testing.T) map[string]int {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "git", "-C", root, "grep", "-ohE", `planted\.On\(planted\.[A-Za-z]+\)`, "--", "*.go", ":!internal/planted").Output()
	if err != nil {
		t.Fatalf("git grep: %v", err)
	}
	places := map[string]int{}
	for line := range strings.FieldsSeq(string(out)) {
		name, _ := strings.CutPrefix(line, "planted.On(planted.")
		places[strings.TrimSuffix(name, ")")]++
	}
	return places
}

// Without the tag nothing of the bugs is in the program.
func TestTheReleaseHasNoBugs(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	bin := filepath.Join(t.TempDir(), "brolga")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", bin, "./cmd/brolga")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	program, err := os.ReadFile(bin)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"BROLGA_PLANTED", "internal/planted.On", "internal/planted.Named", "internal/planted.entries"} {
		if bytes.Contains(program, []byte(text)) {
			t.Errorf("the program holds %q", text)
		}
	}
	for _, b := range planted.All() {
		if e := b.Entry(); bytes.Contains(program, []byte(e.Name)) || bytes.Contains(program, []byte(e.Says)) {
			t.Errorf("the program knows of %s", e.Name)
		}
	}
}
