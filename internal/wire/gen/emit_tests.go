package main

// emitMessageList writes the list of all messages that the tests walk over.
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
}

// emitFuzz writes a fuzz target for each message.
func emitFuzz(w *writer, messages []*message) {
	for _, m := range messages {
		w.line("func Fuzz%s(f *testing.F) { fuzzMessage(f, %q) }", m.Name, m.Name)
	}
}
