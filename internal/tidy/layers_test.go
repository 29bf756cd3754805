package tidy_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// room is a row of the table in ARCHITECTURE.md.
type room struct {
	floor int
	may   map[string]bool
}

// table reads the rows of the first table: | floor | `room` | job | may import |
func table(t *testing.T) map[string]room {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile("(?m)^\\| ([0-9]) \\| `([a-z]+)` \\| .+ \\| ([a-z ]*)\\|$")
	rooms := map[string]room{}
	for _, m := range row.FindAllStringSubmatch(string(text), -1) {
		floor, _ := strconv.Atoi(m[1])
		r := room{floor, map[string]bool{}}
		for name := range strings.FieldsSeq(m[3]) {
			r.may[name] = true
		}
		rooms[m[2]] = r
	}
	if len(rooms) < 10 {
		t.Fatalf("only %d rooms in ARCHITECTURE.md", len(rooms))
	}
	return rooms
}

func TestTablePointsDown(t *testing.T) {
	rooms := table(t)
	for name, r := range rooms {
		for other := range r.may {
			lower, ok := rooms[other]
			if !ok {
				t.Errorf("%s may import %s, which is no room", name, other)
			} else if lower.floor >= r.floor {
				t.Errorf("%s on floor %d may not import %s on floor %d", name, r.floor, other, lower.floor)
			}
		}
	}
}

func TestImportsPointDown(t *testing.T) {
	rooms := table(t)
	for _, s := range sources(t) {
		name := s.room()
		if name == "" || s.test() {
			continue
		}
		r, ok := rooms[name]
		if !ok {
			t.Errorf("room %s is not in ARCHITECTURE.md", name)
			continue
		}
		for _, imp := range s.syntax.Imports {
			path, _ := strconv.Unquote(imp.Path.Value)
			rest, own := strings.CutPrefix(path, module+"/internal/")
			if !own {
				continue
			}
			other, _, _ := strings.Cut(rest, "/")
			if other != name && !r.may[other] {
				t.Errorf("%s: %s may not import %s", s.at(imp), name, other)
			}
		}
	}
}

// Modules of others are those that ARCHITECTURE.md gives a reason for.
func TestDependenciesAreListed(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, list, ok := strings.Cut(string(text), "## Dependencies")
	if !ok {
		t.Fatal("ARCHITECTURE.md lists no dependencies")
	}
	var allowed []string
	for _, m := range regexp.MustCompile("`([a-z]+\\.[a-z]+[^` ]*)`").FindAllStringSubmatch(list, -1) {
		allowed = append(allowed, m[1])
	}
	for _, s := range sources(t) {
		for _, imp := range s.syntax.Imports {
			path, _ := strconv.Unquote(imp.Path.Value)
			first, _, _ := strings.Cut(path, "/")
			if !strings.Contains(first, ".") || strings.HasPrefix(path, module) || listed(allowed, path) {
				continue
			}
			t.Errorf("%s: %s is not among the dependencies of ARCHITECTURE.md", s.at(imp), path)
		}
	}
}

func listed(allowed []string, path string) bool {
	for _, a := range allowed {
		if path == a || strings.HasPrefix(path, a+"/") {
			return true
		}
	}
	return false
}
