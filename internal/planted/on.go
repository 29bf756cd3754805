//go:build planted

package planted

import (
	"os"
	"sync"
)

// Variable is the environment variable that names the bug of a process.
const Variable = "BROLGA_PLANTED"

// chosen is the bug of this process, 0 for none.
var chosen = sync.OnceValue(func() Bug {
	name := os.Getenv(Variable)
	if name == "" {
		return 0
	}
	b, ok := Named(name)
	if !ok {
		panic("BUG: " + Variable + " names no planted bug: " + name)
	}
	return b
})

// On tells whether this process has the bug.
func On(b Bug) bool { return chosen() == b }
