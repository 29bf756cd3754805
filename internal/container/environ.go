package container

import (
	"maps"
	"slices"
	"strings"
)

// Environ is the environment of a container.
type Environ map[string]string

// ParseEnviron reads name=value entries, as of os.Environ; a later one wins.
func ParseEnviron(entries []string) Environ {
	e := Environ{}
	for _, entry := range entries {
		if name, value, ok := strings.Cut(entry, "="); ok && name != "" {
			e[name] = value
		}
	}
	return e
}

// has tells whether a variable is set to something.
func (e Environ) has(name string) bool { return e[name] != "" }

// or is the value of a variable or, where it has none, something else.
func (e Environ) or(name, otherwise string) string {
	if v := e[name]; v != "" {
		return v
	}
	return otherwise
}

// names are the variables that are set, sorted.
func (e Environ) names() []string { return slices.Sorted(maps.Keys(e)) }
