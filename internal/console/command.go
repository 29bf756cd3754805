package console

import (
	"slices"
	"strings"
)

// command writes a command line that does what a request did.
type command struct{ words []string }

// line begins a command line for a cluster: kafka-topics --bootstrap-server …
func (k *cluster) line(tool string, words ...string) *command {
	c := &command{}
	return c.add(tool, "--bootstrap-server", strings.Join(k.bootstrap, ",")).add(words...)
}

func (c *command) add(words ...string) *command {
	c.words = append(c.words, words...)
	return c
}

// addMap adds an option once for each pair, sorted.
func (c *command) addMap(option string, pairs map[string]string) *command {
	for _, name := range sortedKeys(pairs) {
		c.add(option, name+"="+pairs[name])
	}
	return c
}

func (c *command) String() string {
	quoted := make([]string, len(c.words))
	for i, w := range c.words {
		quoted[i] = shellQuote(w)
	}
	return strings.Join(quoted, " ")
}

// shellQuote makes one word of any text for a POSIX shell.
func shellQuote(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-.,:=/@%+", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
