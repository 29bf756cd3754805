package cluster

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDescriptors: a file of a log counts when it is open twice or has no name any more.
func TestDescriptors(t *testing.T) {
	links := t.TempDir()
	for i, to := range []string{
		"socket:[1]", "anon_inode:[eventpoll]", "/dev/null", "/d/log/a.log", "/d/log/b.log", "/d/log/a.log", "/d/log/c.log (deleted)", "/d/logs/x",
	} {
		if err := os.Symlink(to, filepath.Join(links, fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := descriptors(links, "/d/log"); n != 6 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := descriptors(filepath.Join(links, "none"), "/d"); err == nil {
		t.Error("a process that is not there")
	}
}

func TestGoroutinesOf(t *testing.T) {
	const page = "# TYPE go_goroutines gauge\ngo_goroutines 172\ngo_threads 9\n"
	if n, err := goroutinesOf(strings.NewReader(page)); n != 172 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := goroutinesOf(strings.NewReader("go_threads 9\n")); err == nil {
		t.Error("found where none are")
	}
}

// TestPlaces: without networks of their own nodes listen at different places of loopback.
func TestPlaces(t *testing.T) {
	n := &Node{ID: 1}
	client, broker, controller, err := (&Cluster{}).places(n)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{"": true}
	for _, at := range []string{client, broker, controller, n.Metrics} {
		if seen[at] {
			t.Errorf("%s of %s, %s, %s, %s", at, client, broker, controller, n.Metrics)
		}
		seen[at] = true
	}
}
