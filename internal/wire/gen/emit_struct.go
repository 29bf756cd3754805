package main

import (
	"fmt"
	"strconv"
	"strings"
)

// emitMessage writes the structs of one message and their methods.
func emitMessage(w *writer, m *message) {
	for _, s := range m.structs {
		emitStruct(w, m, s)
		emitSetDefaults(w, s)
		emitDecode(w, s)
		emitAppend(w, s)
		if m.hasJSON() {
			emitJSON(w, s)
		}
		if s.needsIsDefault {
			emitIsDefault(w, s)
		}
	}
}

func emitStruct(w *writer, m *message, s *structType) {
	if s.top {
		emitTopComment(w, m, s)
	} else {
		w.line("// %s is part of %s.", s.goName, m.Name)
	}
	w.line("type %s struct {", s.goName)
	for _, f := range s.fields {
		w.line("%s %s%s", f.goName, f.goType(), f.remark(s.valid))
		if f.external {
			emitExternalRecords(w, f)
		}
	}
	w.line("}")
	w.line("")
	if s.top {
		emitIdentity(w, m, s)
	}
}

// emitExternalRecords declares what a server needs to send the records of a
// response from a file instead of from memory. Neither field is on the wire.
func emitExternalRecords(w *writer, f *field) {
	w.line("// %sSize is the number of bytes of %s that are not in memory. If %s is", f.goName, f.goName, f.goName)
	w.line("// nil and the size is not 0, Append writes the length only, and sets")
	w.line("// %sAt to the place in the encoded message where the bytes belong.", f.goName)
	w.line("%sSize int32", f.goName)
	w.line("%sAt int", f.goName)
}

func emitTopComment(w *writer, m *message, s *structType) {
	versions := fmt.Sprintf("versions %s", s.valid)
	if !s.flexible.empty() {
		versions += fmt.Sprintf(", flexible from %d", s.flexible.low())
	}
	if m.LatestVersionUnstable {
		versions += "; the latest one is not stable"
	}
	w.line("// %s is the %s (%s).", m.Name, m.role(), versions)
}

// role says in words what kind of message it is.
func (m *message) role() string {
	switch m.Type {
	case "request", "response":
		return fmt.Sprintf("body of the %s of API %d", m.Type, *m.APIKey)
	case "metadata":
		log := "metadata log"
		if m.family == familyRemoteLog {
			log = "remote log metadata topic"
		}
		return fmt.Sprintf("record %d of the %s", *m.APIKey, log)
	case "coordinator-key", "coordinator-value":
		part := strings.TrimPrefix(m.Type, "coordinator-")
		return fmt.Sprintf("%s of record %d of the %s coordinator", part, *m.APIKey, m.family)
	}
	return "data structure of that name"
}

// emitIdentity writes the methods that tell which message it is.
func emitIdentity(w *writer, m *message, s *structType) {
	switch m.Type {
	case "request":
		w.line("// APIKey implements Request.")
		w.line("func (*%s) APIKey() int16 { return %d }", s.goName, *m.APIKey)
		w.line("")
	case "metadata", "coordinator-key", "coordinator-value":
		w.line("// RecordType implements Record.")
		w.line("func (*%s) RecordType() int16 { return %d }", s.goName, *m.APIKey)
		w.line("")
		w.line("// RecordVersions implements Record.")
		w.line("func (*%s) RecordVersions() (lowest, highest int16) { return %d, %d }",
			s.goName, s.valid.low(), s.valid.high)
		w.line("")
	}
}

// valueType is the Go type of one value of the field.
func (f *field) valueType() string {
	switch {
	case f.errors:
		return "ErrorCode"
	case f.kind == kindStruct:
		return f.elem.goName
	case f.kind == kindUUID:
		return "UUID"
	case f.kind == kindBytes, f.kind == kindRecords:
		return "[]byte"
	}
	return string(f.kind)
}

func (f *field) goType() string {
	switch {
	case f.array:
		return "[]" + f.valueType()
	case f.pointer():
		return "*" + f.valueType()
	}
	return f.valueType()
}

// remark is the comment behind a field: where it is present, nullable and
// tagged, if not everywhere or never, and its default, if not the zero value.
func (f *field) remark(valid versions) string {
	var parts []string
	if f.present != valid {
		parts = append(parts, "versions "+f.present.open(valid))
	}
	if f.nullable == f.present && !f.nullable.empty() {
		parts = append(parts, "nullable")
	} else if !f.nullable.empty() {
		parts = append(parts, "nullable "+f.nullable.open(valid))
	}
	if !f.tagged.empty() {
		tag := "tag " + strconv.Itoa(f.tag)
		if f.tagged != f.present {
			tag += " in " + f.tagged.open(valid)
		}
		parts = append(parts, tag)
	}
	if f.def != "" && f.def != "0" && f.def != "false" {
		parts = append(parts, "default "+f.def)
	}
	if len(parts) == 0 {
		return ""
	}
	return " // " + strings.Join(parts, ", ")
}

// open writes a range that lasts until the highest valid version as "3+".
func (v versions) open(valid versions) string {
	if v.high == valid.high {
		v.high = maxVersion
	}
	return v.String()
}
