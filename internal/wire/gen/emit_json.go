package main

import "strings"

// hasJSON tells the messages that are printed as JSON: records of the internal
// topics, and what control records and group records have inside.
func (m *message) hasJSON() bool {
	switch m.Type {
	case "metadata", "coordinator-key", "coordinator-value", "data":
		return true
	}
	return false
}

// emitJSON writes the method that prints a struct as Kafka's tools do: fields in
// order of their definition, those that the version does not have left out, and
// tagged ones only where they differ from their default.
func emitJSON(w *writer, s *structType) {
	method := "appendJSON"
	if s.top {
		method = "AppendJSON"
		w.line("// AppendJSON appends the message as Kafka's tools print it.")
	}
	w.line("func (m *%s) %s(dst []byte, version int16) []byte {", s.goName, method)
	w.line("dst = append(dst, '{')")
	for _, f := range s.fields {
		emitJSONField(w, s, f)
	}
	w.line("return append(dst, '}')")
	w.line("}")
	w.line("")
}

func emitJSONField(w *writer, s *structType, f *field) {
	if !f.untagged.empty() {
		emitJSONIf(w, f.untagged.condition(s.valid), f)
	}
	if f.tagged.empty() {
		return
	}
	must := f.differsFromDefault()
	if known := f.tagged.condition(s.valid); known != "true" {
		must = known + " && " + must
	}
	emitJSONIf(w, must, f)
}

func emitJSONIf(w *writer, condition string, f *field) {
	if condition != "true" {
		w.line("if %s {", condition)
		defer w.line("}")
	}
	w.line("dst = jsonKey(dst, %q)", camelCase(f.goName))
	emitJSONValue(w, f)
}

func emitJSONValue(w *writer, f *field) {
	name := "m." + f.goName
	// An empty array or byte string that cannot be null may be a nil in Go.
	null := "false"
	if !f.nullable.empty() {
		null = name + " == nil"
	}
	switch {
	case f.array && f.kind == kindStruct:
		w.line("dst = jsonArray(dst, %s, len(%s), func(dst []byte, i int) []byte { return %s[i].appendJSON(dst, version) })", null, name, name)
	case f.array && f.kind == kindString:
		w.line("dst = jsonStrings(dst, %s, %s)", name, null)
	case f.array && f.kind == kindUUID:
		w.line("dst = jsonUUIDs(dst, %s, %s)", name, null)
	case f.array:
		w.line("dst = jsonNumbers(dst, %s, %s)", name, null)
	case f.kind == kindStruct && f.pointer():
		w.line("if %s == nil {", name)
		w.line("dst = append(dst, \"null\"...)")
		w.line("} else {")
		w.line("dst = %s.appendJSON(dst, version)", name)
		w.line("}")
	case f.kind == kindStruct:
		w.line("dst = %s.appendJSON(dst, version)", name)
	case f.kind == kindString && f.pointer():
		w.line("dst = jsonNullableString(dst, %s)", name)
	case f.kind == kindString:
		w.line("dst = jsonString(dst, %s)", name)
	case f.kind == kindUUID:
		w.line("dst = jsonString(dst, %s.String())", name)
	case f.kind == kindBytes, f.kind == kindRecords:
		w.line("dst = jsonBytes(dst, %s, %s)", name, null)
	case f.kind == kindBool:
		w.line("dst = strconv.AppendBool(dst, %s)", name)
	case f.kind == kindFloat64:
		w.line("dst = jsonFloat(dst, %s)", name)
	default:
		w.line("dst = strconv.AppendInt(dst, int64(%s), 10)", name)
	}
}

// camelCase is the name of a field in JSON.
func camelCase(name string) string { return strings.ToLower(name[:1]) + name[1:] }
