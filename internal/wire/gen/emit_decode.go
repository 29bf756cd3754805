package main

import (
	"fmt"
	"slices"
)

// emitDecode writes the decoder of a struct.
func emitDecode(w *writer, s *structType) {
	method := "decode"
	if s.top {
		method = "Decode"
		w.line("// Decode implements Message.")
	}
	body := &writer{}
	d := decoder{writer: body, s: s}
	d.fields()
	d.taggedFields()
	w.line("func (m *%s) %s(r *Reader, version int16) {", s.goName, method)
	w.line("m.SetDefaults()")
	emitFlexible(w, s, body.String())
	w.Write(body.Bytes())
	w.line("}")
	w.line("")
}

// decoder writes the body of one decoder.
type decoder struct {
	*writer
	s *structType
}

func (d *decoder) fields() {
	emitFixedPart(d.writer, d.s, d.field)
}

// emitFixedPart calls emit for the untagged fields, inside of a condition where
// they are not in all versions. Neighbours share a condition.
func emitFixedPart(w *writer, s *structType, emit func(*field, versions, string, bool)) {
	open := "true"
	for _, f := range s.fields {
		condition := f.untagged.condition(s.valid)
		if condition == "false" {
			continue
		}
		if condition != open {
			if open != "true" {
				w.line("}")
			}
			if condition != "true" {
				w.line("if %s {", condition)
			}
			open = condition
		}
		emit(f, f.untagged, s.flexibleIn(f.untagged), false)
	}
	if open != "true" {
		w.line("}")
	}
}

// field reads a field. in are the versions that are possible at this point.
func (d *decoder) field(f *field, in versions, flexible string, tagged bool) {
	nullable := f.nullable.and(in).condition(in)
	name := "m." + f.goName
	switch {
	case f.array && f.kind == kindStruct:
		d.structArray(f, flexible, nullable)
	case f.array:
		d.line("%s = r.%s(%s, %s, %s)", name, arrayReader[f.kind], name, flexible, nullable)
	case f.pointer() && f.kind == kindStruct:
		present := "structPresent"
		if tagged {
			present = "taggedStructPresent"
		}
		d.line("%s = nil", name)
		d.line("if r.%s() {", present)
		d.line("%s = new(%s)", name, f.elem.goName)
		d.line("%s.decode(r, version)", name)
		d.line("}")
	case f.kind == kindStruct:
		d.line("%s.decode(r, version)", name)
	case f.pointer():
		d.line("%s = r.nullableString(%s, %s)", name, flexible, nullable)
	case f.kind == kindString:
		d.line("%s = r.string(%s)", name, flexible)
	case f.kind == kindBytes, f.kind == kindRecords:
		d.line("%s = r.bytes(%s, %s)", name, flexible, nullable)
	case f.errors:
		d.line("%s = ErrorCode(r.Int16())", name)
	default:
		d.line("%s = r.%s()", name, valueReader[f.kind])
	}
}

func (d *decoder) structArray(f *field, flexible, nullable string) {
	name := "m." + f.goName
	element := *f
	element.array = false
	length := fmt.Sprintf("n := r.arrayLength(%s, %s, %d)", flexible, nullable, element.minBytes(d.s.flexible))
	if nullable == "false" { // emptied by SetDefaults
		d.line("for %s; len(%s) < n && r.err == nil; {", length, name)
	} else {
		d.line("if %s; n == nullLength {", length)
		d.line("%s = nil", name)
		d.line("} else {")
		d.line("%s = emptied(%s)", name, name)
		d.line("for len(%s) < n && r.err == nil {", name)
		defer d.line("}")
	}
	d.line("%s = extend(%s, n)", name, name)
	d.line("%s[len(%s)-1].decode(r, version)", name, name)
	d.line("}")
}

func (d *decoder) taggedFields() {
	s := d.s
	condition := s.flexible.condition(s.valid)
	if condition == "false" {
		return
	}
	if condition != "true" {
		d.line("if flexible {")
		defer d.line("}")
	}
	tagged := s.taggedFields()
	if len(tagged) == 0 {
		d.line("r.skipTags()")
		return
	}
	d.line("for tags := r.tags(); tags.next(r); {")
	d.line("switch tags.tag {")
	for _, f := range tagged {
		d.line("case %d:", f.tag)
		known := f.tagged.condition(s.flexible)
		if known == "true" {
			d.field(f, f.tagged, "true", true)
			continue
		}
		d.line("if %s {", known)
		d.field(f, f.tagged, "true", true)
		d.line("} else {")
		d.line("tags.skip(r)")
		d.line("}")
	}
	d.line("default:")
	d.line("tags.skip(r)")
	d.line("}")
	d.line("}")
}

// taggedFields returns the fields with a tag in ascending order.
func (s *structType) taggedFields() []*field {
	var tagged []*field
	for _, f := range s.fields {
		if !f.tagged.empty() {
			tagged = append(tagged, f)
		}
	}
	slices.SortFunc(tagged, func(a, b *field) int { return a.tag - b.tag })
	return tagged
}

// flexibleIn is the Go expression that tells whether a version is flexible,
// given that it is in a range.
func (s *structType) flexibleIn(in versions) string {
	switch condition := s.flexible.and(in).condition(in); condition {
	case "true", "false":
		return condition
	}
	return "flexible"
}

// emitFlexible declares the variable flexible if the body uses it.
func emitFlexible(w *writer, s *structType, body string) {
	if usesFlexible.MatchString(body) {
		w.line("flexible := %s", s.flexible.condition(s.valid))
	}
}

var valueReader = map[kind]string{
	kindBool: "Bool", kindInt8: "Int8", kindInt16: "Int16", kindUint16: "Uint16",
	kindInt32: "Int32", kindUint32: "Uint32", kindInt64: "Int64",
	kindFloat64: "Float64", kindUUID: "UUID",
}

var arrayReader = map[kind]string{
	kindInt8: "int8s", kindInt16: "int16s", kindInt32: "int32s", kindInt64: "int64s",
	kindUUID: "uuids", kindString: "strings",
}
