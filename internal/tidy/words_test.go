package tidy_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Words that tie the project to one machine, or that promise work instead of
// doing it. They are put together here so that this file does not hold them.
func forbidden() map[string]*regexp.Regexp {
	join := func(parts ...string) *regexp.Regexp { return regexp.MustCompile(strings.Join(parts, "")) }
	return map[string]*regexp.Regexp{
		"a path of one machine":         join(`(^|[^a-zA-Z0-9_.])/(wo`, `rk|ro`, `ot|home/[a-z]+)/`),
		"a shell's working file":        join(`/tmp/ba`, `sh_`),
		"the host of a registry":        join(`repo1?\.mav`, `en|proxy\.gol`, `ang|registry\.npm`, `js|py`, `pi\.org|deb\.deb`, `ian\.org`),
		"work that is promised instead": join(`\b(TO`, `DO|FIX`, `ME|XX`, `X)\b`),
	}
}

func TestWords(t *testing.T) {
	words := forbidden()
	for _, path := range tracked(t) {
		if strings.Contains(path, "/testdata/") {
			continue // recordings and texts of others
		}
		text, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.IndexByte(text, 0) >= 0 {
			continue
		}
		for what, re := range words {
			if m := re.FindIndex(text); m != nil {
				line := 1 + bytes.Count(text[:m[0]], []byte("\n"))
				t.Errorf("%s:%d: %s: %q", path, line, what, text[m[0]:m[1]])
			}
		}
	}
}
