package console

import (
	"fmt"
	"mime"
	"strings"
)

// safeCell keeps a spreadsheet from computing what a stranger wrote: a cell that
// begins like a formula gets an apostrophe in front.
func safeCell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// text is a number as a cell.
func text(v any) string { return fmt.Sprint(v) }

// attachment is the header that makes a browser save a file under a name.
func attachment(name string) string {
	clean := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-", r) {
			return r
		}
		return '_'
	}, clip(name, 200))
	return mime.FormatMediaType("attachment", map[string]string{"filename": clean})
}
