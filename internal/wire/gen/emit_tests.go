package main

import "fmt"

// emitMessageList writes what the tests have to know about the messages: the
// list of all of them, and the fields that are not the same in all versions.
func emitMessageList(w *writer, messages []*message) {
	w.line("// allMessages lists every generated message.")
	w.line("var allMessages = []messageInfo{")
	for _, m := range messages {
		key, flexibleFrom := -1, -1
		if m.APIKey != nil {
			key = int(*m.APIKey)
		}
		if f := m.FlexibleVersions.and(m.ValidVersions); !f.empty() {
			flexibleFrom = f.low()
		}
		w.line("{%q, %q, %d, %d, %d, %d, func() Message { return new(%s) }},", m.Name, m.Type, key,
			m.ValidVersions.low(), m.ValidVersions.high, flexibleFrom, m.Name)
	}
	w.line("}")
	w.line("")
	w.line("// fieldVersions tells in which versions a field is present and nullable, for")
	w.line("// all fields that are not present or are nullable in some version.")
	w.line("var fieldVersions = map[string]fieldInfo{")
	for _, m := range messages {
		for _, s := range m.structs {
			for _, f := range s.fields {
				if f.present != s.valid || !f.nullable.empty() {
					w.line("%q: {%s, %s},", s.goName+"."+f.goName, f.present.literal(), f.nullable.literal())
				}
			}
		}
	}
	w.line("}")
}

// literal is the range as the tests write it.
func (v versions) literal() string {
	if v.empty() {
		return "never"
	}
	return fmt.Sprintf("versionRange{%d, %d}", v.low(), v.high)
}

// emitFuzz writes a fuzz target for each message.
func emitFuzz(w *writer, messages []*message) {
	for _, m := range messages {
		w.line("func Fuzz%s(f *testing.F) { fuzzMessage(f, %q) }", m.Name, m.Name)
	}
}
