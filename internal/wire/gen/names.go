package main

import (
	"fmt"
	"strings"
	"unicode"
)

// exported returns the name of a definition as Go exports it.
func exported(name string) string {
	return strings.ToUpper(name[:1]) + name[1:]
}

// nestedName returns the Go name of a struct inside a message. Go has no nested
// types, so the name of the message stands in front, but not twice:
// MetadataResponse and MetadataResponseTopic give MetadataResponseTopic.
func nestedName(messageName, structName string) string {
	if strings.HasPrefix(structName, messageName) && structName != messageName {
		return structName
	}
	return messageName + structName
}

// checkNames refuses two structs with the same name.
func checkNames(messages []*message) error {
	owner := map[string]string{}
	for _, m := range messages {
		for _, s := range m.structs {
			if other, taken := owner[s.goName]; taken {
				return fmt.Errorf("%s is in %s and in %s", s.goName, other, m.Name)
			}
			owner[s.goName] = m.Name
		}
	}
	return nil
}

// fileName returns gen_produce_request for ProduceRequest.
func fileName(goName string) string {
	var b strings.Builder
	b.WriteString("gen")
	for i, r := range goName {
		next := i+1 < len(goName) && unicode.IsLower(rune(goName[i+1]))
		previous := i > 0 && unicode.IsLower(rune(goName[i-1]))
		if unicode.IsUpper(r) && (i == 0 || next || previous) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// camel returns OffsetOutOfRange for OFFSET_OUT_OF_RANGE.
func camel(constant string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(constant, "_") {
		b.WriteString(exported(strings.ToLower(word)))
	}
	return b.String()
}
