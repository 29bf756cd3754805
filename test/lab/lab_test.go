package lab

import (
	_ "embed"
	"strings"
	"testing"

	"github.com/brolga-io/brolga/test/compat/peer"
)

//go:embed testdata/opticks.txt
var opticks string

// lines returns the first n lines of the text, all for n = 0.
func lines(n int) []string {
	all := strings.Split(strings.TrimSuffix(opticks, "\n"), "\n")
	if n == 0 {
		n = len(all)
	}
	return all[:n]
}

// Parts C and D, with both sets of tools.
func TestLab(t *testing.T) {
	records := map[string][]step{}
	for _, tools := range []peer.Tools{peer.BrolgaTools(), peer.JavaTools()} {
		t.Run(tools.Name, func(t *testing.T) {
			d := &desk{T: t, broker: peer.Start(t, "log.retention.ms=-1"), tools: tools}
			commandLine(d)
			bookmarks(d)
			resets(d)
			records[tools.Name] = d.steps
		})
	}
	t.Run("both print the same", func(t *testing.T) {
		compare(t, records["brolga"], records["java"])
	})
}
