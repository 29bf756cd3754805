package tidy_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// root is the repository, seen from this package.
const root = "../.."

// module is the module's path.
const module = "github.com/brolga-io/brolga"

// source is one Go file.
type source struct {
	path      string // from the root, with slashes
	text      string
	syntax    *ast.File
	files     *token.FileSet
	generated bool
}

// test tells whether the file is a test, or belongs to the tests: a package
// such as shard/shardtest has what several tests share.
func (s source) test() bool {
	return strings.HasSuffix(s.path, "_test.go") || strings.HasPrefix(s.path, "test/") ||
		strings.HasPrefix(s.path, "internal/tidy/") || strings.HasSuffix(filepath.Dir(s.path), "test")
}

// imports tells whether the file imports a package.
func (s source) imports(path string) bool {
	for _, imp := range s.syntax.Imports {
		if imp.Path.Value == strconv.Quote(path) {
			return true
		}
	}
	return false
}

// room returns the room of internal/<room>/…, or nothing.
func (s source) room() string {
	parts := strings.Split(s.path, "/")
	if len(parts) < 3 || parts[0] != "internal" {
		return ""
	}
	return parts[1]
}

// at returns file and line of a node.
func (s source) at(n ast.Node) string {
	return s.files.Position(n.Pos()).String()
}

// lines counts the lines of a node.
func (s source) lines(n ast.Node) int {
	return s.files.Position(n.End()).Line - s.files.Position(n.Pos()).Line + 1
}

// tracked returns the files that git tracks or would add.
func tracked(t *testing.T) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "git", "-C", root, "ls-files", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		t.Fatalf("git ls-files: %v", err)
	}
	var files []string
	for path := range strings.FieldsSeq(string(out)) {
		if _, err := os.Stat(filepath.Join(root, path)); err == nil {
			files = append(files, path)
		}
	}
	return files
}

// sources parses all Go files.
func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	files := token.NewFileSet()
	for _, path := range tracked(t) {
		if !strings.HasSuffix(path, ".go") || strings.Contains(path, "/testdata/") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			t.Fatal(err)
		}
		syntax, err := parser.ParseFile(files, path, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		all = append(all, source{path, string(text), syntax, files, ast.IsGenerated(syntax)})
	}
	if len(all) < 50 {
		t.Fatalf("only %d Go files found", len(all))
	}
	return all
}
