package main

import (
	"bytes"
	"fmt"
	"os"
	"time"
)

// The table stands between these lines of the document.
const (
	tableBegin = "<!-- what make planted found -->\n"
	tableEnd   = "<!-- end -->\n"
)

// writeTable replaces the table in the document.
func writeTable(path string, caught []catch) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, ok1 := bytes.Cut(text, []byte(tableBegin))
	_, after, ok2 := bytes.Cut(rest, []byte(tableEnd))
	if !ok1 || !ok2 {
		return fmt.Errorf("%s has no place for the table", path)
	}
	var b bytes.Buffer
	b.Write(before)
	b.WriteString(tableBegin + "| bug | what the program does then | tier | caught by | after |\n|---|---|---|---|---|\n")
	for _, c := range caught {
		e := c.bug.Entry()
		test := "`" + c.test + "`"
		if c.test == "" {
			test = "nothing"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %.1f s |\n", e.Name, e.Says, c.tier, test, max(c.took, 50*time.Millisecond).Seconds())
	}
	b.WriteString(tableEnd)
	b.Write(after)
	return os.WriteFile(path, b.Bytes(), 0o644)
}
