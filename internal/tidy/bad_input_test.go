package tidy_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// lastBadInput is the last row that a broker has; those after it are about
// security, and from firstOfConsole to lastOfConsole about the console.
const (
	lastBadInput   = 110
	firstOfConsole = 124
	lastOfConsole  = 140
)

// laterBadInput are the rows of what brolga does not have yet.
var laterBadInput = []int{11, 17, 58, 59, 63, 64, 80, 82, 89, 99, 100, 106, 107, 108, 109, 110}

// TestBadInputRowsAreTested: every row of docs/bad-input.md is there once, and the
// tests that it names exist and say in their names that they are about it.
func TestBadInputRowsAreTested(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "docs", "bad-input.md"))
	if err != nil {
		t.Fatal(err)
	}
	tests := testsOfRooms(t)
	row := regexp.MustCompile(`(?m)^\| ([0-9]+) \| .+ \| .+ \| (.+) \|$`)
	seen := map[int]bool{}
	for _, m := range row.FindAllStringSubmatch(string(text), -1) {
		number, _ := strconv.Atoi(m[1])
		if seen[number] {
			t.Errorf("row %d is there twice", number)
		}
		seen[number] = true
		if m[2] == "later" {
			if !slices.Contains(laterBadInput, number) {
				t.Errorf("row %d has no test", number)
			}
			continue
		}
		for name := range strings.SplitSeq(m[2], ", ") {
			name = strings.Trim(name, "`")
			if !tests[name] {
				t.Errorf("row %d: there is no test %s", number, name)
			}
			if !covers(name, number) {
				t.Errorf("row %d: the name of %s does not say so", number, name)
			}
		}
	}
	for number := 1; number <= lastOfConsole; number++ {
		if !seen[number] && (number <= lastBadInput || number >= firstOfConsole) {
			t.Errorf("row %d is missing", number)
		}
	}
}

// covers tells whether a test's name has the number, alone or within a range such
// as 36To41.
func covers(name string, number int) bool {
	for _, m := range regexp.MustCompile(`([0-9]+)(?:[Tt]o([0-9]+))?`).FindAllStringSubmatch(name, -1) {
		first, _ := strconv.Atoi(m[1])
		last := first
		if m[2] != "" {
			last, _ = strconv.Atoi(m[2])
		}
		if number >= first && number <= last {
			return true
		}
	}
	return false
}

// testsOfRooms returns the names of all tests as room.TestName.
func testsOfRooms(t *testing.T) map[string]bool {
	t.Helper()
	tests := map[string]bool{}
	dir := filepath.Join(root, "internal")
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		room := filepath.Base(filepath.Dir(path))
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") {
				tests[room+"."+f.Name.Name] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return tests
}
