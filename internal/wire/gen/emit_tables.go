package main

import (
	"cmp"
	"slices"
	"strings"
)

// byKey returns the messages of one type and family in the order of their keys.
func byKey(messages []*message, messageType string, f family) []*message {
	var found []*message
	for _, m := range messages {
		if m.Type == messageType && m.family == f {
			found = append(found, m)
		}
	}
	slices.SortFunc(found, func(a, b *message) int { return cmp.Compare(*a.APIKey, *b.APIKey) })
	return found
}

// emitAPIs writes the keys and the table of the APIs.
func emitAPIs(w *writer, messages []*message) {
	requests := byKey(messages, "request", noFamily)
	w.line("// The keys of the APIs.")
	w.line("const (")
	for _, m := range requests {
		w.line("APIKey%s int16 = %d", apiName(m), *m.APIKey)
	}
	w.line(")")
	w.line("")
	w.line("// apis is in the order of the keys; keys that Kafka has retired are missing.")
	w.line("var apis = [...]API{")
	for _, m := range requests {
		flexibleFrom := -1
		if f := m.FlexibleVersions.and(m.ValidVersions); !f.empty() {
			flexibleFrom = f.low()
		}
		w.line("{APIKey%s, %q, %d, %d, %d, %s, %t},", apiName(m), apiName(m), m.ValidVersions.low(),
			m.ValidVersions.high, flexibleFrom, listeners(m), m.LatestVersionUnstable)
	}
	w.line("}")
}

func apiName(m *message) string {
	return strings.TrimSuffix(strings.TrimSuffix(m.Name, "Request"), "Response")
}

func listeners(m *message) string {
	var names []string
	for _, l := range m.Listeners {
		names = append(names, exported(l)+"Listener")
	}
	if len(names) == 0 {
		return "0"
	}
	return strings.Join(names, "|")
}

// emitBodies writes the constructors of requests and responses by key.
func emitBodies(w *writer, messages []*message) {
	w.line("// NewRequest returns an empty request body, or nil if the key is unknown.")
	emitConstructor(w, "NewRequest", "Request", byKey(messages, "request", noFamily))
	w.line("// NewResponse returns an empty response body, or nil if the key is unknown.")
	emitConstructor(w, "NewResponse", "Message", byKey(messages, "response", noFamily))
}

// emitRecords writes the constructors of records by type.
func emitRecords(w *writer, messages []*message) {
	constructors := []struct{ name, what, messageType string }{
		{"NewMetadataRecord", "record of the metadata log", "metadata"},
		{"NewRemoteLogRecord", "record of the topic of remote log metadata", "metadata"},
		{"NewGroupKey", "key of a record of the group coordinator", "coordinator-key"},
		{"NewGroupValue", "value of a record of the group coordinator", "coordinator-value"},
		{"NewTransactionKey", "key of a record of the transaction coordinator", "coordinator-key"},
		{"NewTransactionValue", "value of a record of the transaction coordinator", "coordinator-value"},
		{"NewShareKey", "key of a record of the share coordinator", "coordinator-key"},
		{"NewShareValue", "value of a record of the share coordinator", "coordinator-value"},
	}
	families := []family{
		familyMetadata, familyRemoteLog, familyGroup, familyGroup,
		familyTransaction, familyTransaction, familyShare, familyShare,
	}
	for i, c := range constructors {
		w.line("// %s returns an empty %s, or nil if the type is", c.name, c.what)
		w.line("// unknown.")
		emitConstructor(w, c.name, "Record", byKey(messages, c.messageType, families[i]))
	}
}

// emitConstructor writes a switch rather than a map, so that the start of the
// program does not pay for it.
func emitConstructor(w *writer, name, result string, messages []*message) {
	parameter := "recordType"
	if result != "Record" {
		parameter = "apiKey"
	}
	w.line("func %s(%s int16) %s {", name, parameter, result)
	w.line("switch %s {", parameter)
	for _, m := range messages {
		w.line("case %d:", *m.APIKey)
		w.line("return new(%s)", m.Name)
	}
	w.line("}")
	w.line("return nil")
	w.line("}")
	w.line("")
}
