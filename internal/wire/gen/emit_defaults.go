package main

import (
	"fmt"
	"strconv"
	"strings"
)

func emitSetDefaults(w *writer, s *structType) {
	if s.top {
		w.line("// SetDefaults implements Message.")
	} else {
		w.line("// SetDefaults gives every field its default.")
	}
	w.line("func (m *%s) SetDefaults() {", s.goName)
	for _, f := range s.fields {
		emitFieldDefault(w, f)
	}
	w.line("}")
	w.line("")
}

func emitFieldDefault(w *writer, f *field) {
	name := "m." + f.goName
	if f.external {
		w.line("%sSize, %sAt = 0, 0", name, name)
	}
	switch {
	case f.defaultsToNil():
		w.line("%s = nil", name)
	case f.array && f.nullable.empty():
		w.line("%s = %s[:0]", name, name)
	case f.array:
		w.line("%s = emptied(%s)", name, name)
	case f.kind == kindBytes:
		w.line("%s = []byte{}", name)
	case f.pointer(): // a struct
		w.line("%s = new(%s)", name, f.elem.goName)
		w.line("%s.SetDefaults()", name)
	case f.kind == kindStruct:
		w.line("%s.SetDefaults()", name)
	default:
		w.line("%s = %s", name, f.defaultLiteral())
	}
}

// defaultsToNil tells whether the default is a Go nil. It is for nullable
// strings, too, that have no default in the definition: Kafka gives them the
// empty string in versions that do not carry them.
func (f *field) defaultsToNil() bool {
	switch {
	case f.def == "null", f.kind == kindRecords:
		return true
	case f.array:
		return false
	}
	return f.kind == kindBytes && f.nullable.empty() || f.kind == kindString && f.pointer()
}

// defaultLiteral is the Go form of the default of a field that is not nil.
func (f *field) defaultLiteral() string {
	switch f.kind {
	case kindBool:
		if f.def == "" {
			return "false"
		}
		return f.def
	case kindString:
		return strconv.Quote(f.def)
	case kindUUID:
		return "ZeroUUID"
	}
	if f.def == "" {
		return "0"
	}
	return f.def
}

func emitIsDefault(w *writer, s *structType) {
	w.line("func (m *%s) isDefault() bool {", s.goName)
	var all []string
	for _, f := range s.fields {
		all = append(all, f.equalsDefault())
	}
	w.line("return %s", strings.Join(all, " &&\n"))
	w.line("}")
	w.line("")
}

// equalsDefault is the Go expression that tells whether the field has its
// default.
func (f *field) equalsDefault() string {
	name := "m." + f.goName
	switch {
	case f.defaultsToNil() && (f.pointer() || !f.nullable.empty()):
		return name + " == nil"
	case f.array || f.kind == kindBytes || f.kind == kindRecords:
		if f.nullable.empty() {
			return fmt.Sprintf("len(%s) == 0", name)
		}
		return fmt.Sprintf("%s != nil && len(%s) == 0", name, name)
	case f.kind == kindStruct && f.pointer():
		return fmt.Sprintf("%s != nil && %s.isDefault()", name, name)
	case f.kind == kindStruct:
		return name + ".isDefault()"
	case f.kind == kindBool && f.def == "true":
		return name
	case f.kind == kindBool:
		return "!" + name
	}
	return fmt.Sprintf("%s == %s", name, f.defaultLiteral())
}

// differsFromDefault is the opposite of equalsDefault. A tagged field is
// written when it is true.
func (f *field) differsFromDefault() string {
	same := f.equalsDefault()
	switch {
	case strings.Contains(same, "&&"):
		return "!(" + same + ")"
	case strings.Contains(same, " == "):
		return strings.Replace(strings.Replace(same, " == ", " != ", 1), ") != 0", ") > 0", 1)
	case strings.HasPrefix(same, "!"):
		return same[1:]
	}
	return "!" + same
}
