package main

import "regexp"

// usesFlexible finds uses of the variable flexible.
var usesFlexible = regexp.MustCompile(`\bflexible\b`)

// emitAppend writes the encoder of a struct.
func emitAppend(w *writer, s *structType) {
	method := "append"
	if s.top {
		method = "Append"
		w.line("// Append implements Message.")
	}
	body := &writer{}
	e := encoder{writer: body, s: s}
	e.fields()
	e.taggedFields()
	w.line("func (m *%s) %s(dst []byte, version int16) []byte {", s.goName, method)
	emitFlexible(w, s, body.String())
	w.Write(body.Bytes())
	w.line("return dst")
	w.line("}")
	w.line("")
}

// encoder writes the body of one encoder.
type encoder struct {
	*writer
	s *structType
}

func (e *encoder) fields() {
	emitFixedPart(e.writer, e.s, e.field)
}

// field writes a field. in are the versions that are possible at this point.
func (e *encoder) field(f *field, in versions, flexible string, tagged bool) {
	nullable := f.nullable.and(in).condition(in)
	name := "m." + f.goName
	switch {
	case f.array && f.kind == kindStruct:
		e.structArray(f, flexible, nullable)
	case f.array:
		e.line("dst = %s(dst, %s, %s, %s)", arrayAppender[f.kind], name, flexible, nullable)
	case f.pointer() && f.kind == kindStruct:
		e.nullableStruct(f, tagged)
	case f.kind == kindStruct:
		e.line("dst = %s.append(dst, version)", name)
	case f.pointer():
		e.line("dst = appendNullableString(dst, %s, %s, %s)", name, flexible, nullable)
	case f.kind == kindString:
		e.line("dst = appendString(dst, %s, %s)", name, flexible)
	case f.external:
		e.line("dst, %sAt = appendRecords(dst, %s, %sSize, %s, %s)", name, name, name, flexible, nullable)
	case f.kind == kindBytes, f.kind == kindRecords:
		e.line("dst = appendBytes(dst, %s, %s, %s)", name, flexible, nullable)
	case f.errors:
		e.line("dst = AppendInt16(dst, int16(%s))", name)
	default:
		e.line("dst = Append%s(dst, %s)", valueReader[f.kind], name)
	}
}

func (e *encoder) structArray(f *field, flexible, nullable string) {
	name := "m." + f.goName
	null := "false"
	switch nullable {
	case "false":
	case "true":
		null = name + " == nil"
	default:
		null = name + " == nil && " + nullable
	}
	e.line("dst = appendLength(dst, len(%s), %s, %s)", name, null, flexible)
	e.line("for i := range %s {", name)
	e.line("dst = %s[i].append(dst, version)", name)
	e.line("}")
}

// nullableStruct writes a struct behind the mark of its presence, which in a
// tagged field is a varint.
func (e *encoder) nullableStruct(f *field, tagged bool) {
	name := "m." + f.goName
	if tagged {
		e.line("dst = AppendBool(dst, %s != nil)", name)
	} else {
		e.line("dst = appendStructPresent(dst, %s != nil)", name)
	}
	e.line("if %s != nil {", name)
	e.line("dst = %s.append(dst, version)", name)
	e.line("}")
}

func (e *encoder) taggedFields() {
	s := e.s
	condition := s.flexible.condition(s.valid)
	if condition == "false" {
		return
	}
	if condition != "true" {
		e.line("if flexible {")
		defer e.line("}")
	}
	tagged := s.taggedFields()
	if len(tagged) == 0 {
		e.line("dst = append(dst, 0)")
		return
	}
	e.line("count, field := len(dst), 0")
	e.line("dst = append(dst, 0)")
	for _, f := range tagged {
		must := f.differsFromDefault()
		if known := f.tagged.condition(s.flexible); known != "true" {
			must = known + " && " + must
		}
		e.line("if %s {", must)
		e.line("dst[count]++")
		e.line("dst, field = beginTag(dst, %d)", f.tag)
		e.field(f, f.tagged, "true", true)
		e.line("dst = endTag(dst, field)")
		e.line("}")
	}
}

var arrayAppender = map[kind]string{
	kindInt8: "appendInt8s", kindInt16: "appendInt16s", kindInt32: "appendInt32s",
	kindInt64: "appendInt64s", kindUUID: "appendUUIDs", kindString: "appendStrings",
}
