package tidy_test

import (
	"go/ast"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Each room tells in doc.go, in four paragraphs, what it is, its invariants,
// its concurrency and what it does not do.
func TestRoomsAreDocumented(t *testing.T) {
	docs := map[string]string{}
	for _, s := range sources(t) {
		name := s.room()
		if name == "" {
			continue
		}
		if _, seen := docs[name]; !seen {
			docs[name] = ""
		}
		if s.path == "internal/"+name+"/doc.go" {
			docs[name] = s.syntax.Doc.Text()
		}
	}
	for name, doc := range docs {
		paragraphs := strings.Split(strings.TrimSpace(doc), "\n\n")
		switch {
		case doc == "":
			t.Errorf("room %s has no doc.go", name)
		case !strings.HasPrefix(doc, "Package "+name+" "):
			t.Errorf("doc.go of %s does not begin with Package %s", name, name)
		case len(paragraphs) < 4:
			t.Errorf("doc.go of %s has %d paragraphs, not four", name, len(paragraphs))
		}
	}
}

// A name that means anything gathers everything.
func TestNoRoomForEverything(t *testing.T) {
	for _, path := range tracked(t) {
		for part := range strings.SplitSeq(strings.TrimSuffix(path, ".go"), "/") {
			switch part {
			case "util", "utils", "common", "helper", "helpers", "manager", "misc":
				t.Errorf("%s: name it after what it does", path)
			}
		}
	}
}

// Nothing happens before main says so, and several nodes live in one process.
func TestNoInit(t *testing.T) {
	for _, s := range sources(t) {
		for _, d := range s.syntax.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s: init()", s.at(f))
			}
		}
	}
}

// A panic is always our own bug, and says so.
func TestPanicsAreBugs(t *testing.T) {
	for _, s := range sources(t) {
		if s.test() {
			continue
		}
		ast.Inspect(s.syntax, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if f, ok := call.Fun.(*ast.Ident); ok && f.Name == "panic" && !strings.HasPrefix(firstString(call), "BUG: ") {
				t.Errorf("%s: a panic that does not begin with BUG:", s.at(call))
			}
			return true
		})
	}
}

// firstString returns the first string literal in a call's arguments.
func firstString(call *ast.CallExpr) string {
	found := ""
	for _, arg := range call.Args {
		ast.Inspect(arg, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && found == "" {
				if text, err := strconv.Unquote(lit.Value); err == nil {
					found = text
				}
			}
			return found == ""
		})
	}
	return found
}

// Tests wait for what they wait for. A fixed time is too long on one machine
// and too short on another; in a synctest bubble it costs nothing and is exact,
// so packages whose tests run in bubbles may.
func TestNoSleepingTests(t *testing.T) {
	all := sources(t)
	bubbles := map[string]bool{}
	for _, s := range all {
		if s.imports("testing/synctest") {
			bubbles[filepath.Dir(s.path)] = true
		}
	}
	for _, s := range all {
		if !s.test() || bubbles[filepath.Dir(s.path)] {
			continue
		}
		ast.Inspect(s.syntax, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Name == "Sleep" {
				if pkg, ok := sel.X.(*ast.Ident); ok && pkg.Name == "time" {
					t.Errorf("%s: time.Sleep in a test", s.at(sel))
				}
			}
			return true
		})
	}
}

// cmd/brolga only picks; what it picks from is elsewhere.
func TestMainIsSmall(t *testing.T) {
	lines := 0
	for _, s := range sources(t) {
		if strings.HasPrefix(s.path, "cmd/brolga/") && !s.test() {
			lines += strings.Count(s.text, "\n")
		}
	}
	if lines == 0 || lines >= 80 {
		t.Errorf("cmd/brolga has %d lines; it must have some, and fewer than 80", lines)
	}
}
