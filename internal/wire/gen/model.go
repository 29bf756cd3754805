package main

import (
	"fmt"
	"strings"
)

// message is a definition with its Go structs.
type message struct {
	definition
	structs []*structType // the message itself first
}

// structType is one Go struct.
type structType struct {
	goName   string
	top      bool
	valid    versions // of the message
	flexible versions // within valid
	fields   []*field
	// needsIsDefault is set when a field needs to know whether the struct has
	// its default value.
	needsIsDefault bool
}

// field is one field of a struct that is present in at least one valid version.
type field struct {
	goName   string
	kind     kind // of the value, or of the elements of the array
	array    bool
	elem     *structType // for kindStruct
	errors   bool        // the value is an ErrorCode
	external bool        // the bytes may be sent from a file, see emitExternalRecords
	present  versions    // within the valid versions of the message
	untagged versions    // of these, those that have it in the fixed part
	tagged   versions    // and those that have it as a tagged field
	nullable versions
	tag      int
	def      string
}

type kind string

const (
	kindBool    kind = "bool"
	kindInt8    kind = "int8"
	kindInt16   kind = "int16"
	kindUint16  kind = "uint16"
	kindInt32   kind = "int32"
	kindUint32  kind = "uint32"
	kindInt64   kind = "int64"
	kindFloat64 kind = "float64"
	kindUUID    kind = "uuid"
	kindString  kind = "string"
	kindBytes   kind = "bytes"
	kindRecords kind = "records"
	kindStruct  kind = "struct"
)

// wireBytes is the size of the kinds that have a fixed one.
var wireBytes = map[kind]int{
	kindBool: 1, kindInt8: 1, kindInt16: 2, kindUint16: 2, kindInt32: 4, kindUint32: 4,
	kindInt64: 8, kindFloat64: 8, kindUUID: 16,
}

// resolver turns one definition into structs.
type resolver struct {
	def     definition
	out     *message
	common  map[string]fieldDefinition
	structs map[string]*structType // by name in the definition
}

// resolve returns nil for definitions that have no code: the headers, which are
// written by hand, and messages without any valid version.
func resolve(d definition) (*message, error) {
	if d.Type == "header" || d.ValidVersions.empty() {
		return nil, nil
	}
	if d.ValidVersions.high == maxVersion {
		return nil, fmt.Errorf("valid versions %s have no end", d.ValidVersions)
	}
	r := &resolver{
		def:     d,
		out:     &message{definition: d},
		common:  map[string]fieldDefinition{},
		structs: map[string]*structType{},
	}
	for _, c := range d.CommonStructs {
		r.common[c.Name] = c
	}
	if _, err := r.structOf("", d.Name, d.Fields); err != nil {
		return nil, err
	}
	r.out.markComparable()
	return r.out, nil
}

// structOf resolves the struct with the given name and fields.
func (r *resolver) structOf(name, goName string, fields []fieldDefinition) (*structType, error) {
	s := &structType{
		goName:   goName,
		top:      name == "",
		valid:    r.def.ValidVersions,
		flexible: r.def.FlexibleVersions.and(r.def.ValidVersions),
	}
	r.structs[name] = s
	r.out.structs = append(r.out.structs, s)
	for _, d := range fields {
		f, err := r.fieldOf(d)
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", goName, d.Name, err)
		}
		if !f.present.empty() {
			s.fields = append(s.fields, f)
		}
	}
	return s, nil
}

func (r *resolver) fieldOf(d fieldDefinition) (*field, error) {
	f := &field{
		goName: exported(d.Name),
		def:    string(d.Default),
		tag:    -1,
	}
	present := d.TaggedVersions
	if d.Versions != nil {
		present = *d.Versions
	}
	f.present = present.and(r.def.ValidVersions)
	f.tagged = d.TaggedVersions.and(f.present)
	f.untagged = f.present.before(f.tagged)
	f.nullable = d.NullableVersions.and(f.present)
	if d.Tag != nil {
		f.tag = *d.Tag
	}
	if d.FlexibleVersions != nil {
		return nil, fmt.Errorf("flexible versions of a single field are not supported")
	}
	if !f.tagged.empty() && f.tagged.high != r.def.ValidVersions.high {
		return nil, fmt.Errorf("tagged versions %s end before the valid ones", d.TaggedVersions)
	}
	typeName, array := strings.CutPrefix(d.Type, "[]")
	f.array = array
	f.kind = kind(typeName)
	if _, fixed := wireBytes[f.kind]; !fixed && f.kind != kindString && f.kind != kindBytes && f.kind != kindRecords {
		f.kind = kindStruct
		elem, err := r.elemOf(typeName, d.Fields)
		if err != nil {
			return nil, err
		}
		f.elem = elem
	}
	f.external = f.kind == kindRecords && r.def.Type == "response"
	f.errors = !f.array && f.kind == kindInt16 && strings.HasSuffix(f.goName, "ErrorCode")
	return f, f.check()
}

// elemOf returns the struct with the given name, which is defined in place, by
// an earlier field, or among the common structs.
func (r *resolver) elemOf(name string, fields []fieldDefinition) (*structType, error) {
	if s, ok := r.structs[name]; ok {
		return s, nil
	}
	if fields == nil {
		c, ok := r.common[name]
		if !ok {
			return nil, fmt.Errorf("unknown type %s", name)
		}
		fields = c.Fields
	}
	return r.structOf(name, nestedName(r.def.Name, name), fields)
}

// check refuses what the emitters have no code for.
func (f *field) check() error {
	fixed := wireBytes[f.kind] != 0
	switch {
	case f.kind == kindRecords && !f.tagged.empty():
		return fmt.Errorf("tagged records")
	case f.array && (f.kind == kindBytes || f.kind == kindRecords):
		return fmt.Errorf("array of %s", f.kind)
	case fixed && !f.array && !f.nullable.empty():
		return fmt.Errorf("nullable %s", f.kind)
	case f.kind == kindStruct && !f.array && !f.nullable.empty() && f.nullable != f.present:
		return fmt.Errorf("struct that is nullable in some versions only")
	case f.kind == kindString && !f.array && !f.nullable.empty() && !f.tagged.empty() && f.def != "null":
		return fmt.Errorf("tagged nullable string without the default null")
	case !f.tagged.empty() && f.tag < 0:
		return fmt.Errorf("tagged versions without a tag")
	}
	return nil
}

// pointer tells whether the Go field is a pointer.
func (f *field) pointer() bool {
	return !f.array && !f.nullable.empty() && (f.kind == kindString || f.kind == kindStruct)
}

// minBytes returns the least number of bytes of one element or of the value,
// over all versions in which it is present.
func (f *field) minBytes(flexible versions) int {
	least := 0
	for v := f.present.low(); v <= f.present.high; v++ {
		if n := f.elementBytes(v, flexible.has(v)); v == f.present.low() || n < least {
			least = n
		}
	}
	return max(1, least)
}

// elementBytes returns the least size of one value at a version; for arrays,
// of one element.
func (f *field) elementBytes(version int, flexible bool) int {
	if n := wireBytes[f.kind]; n != 0 {
		return n
	}
	switch {
	case f.kind == kindStruct:
		return f.elem.bytes(version)
	case flexible:
		return 1
	case f.kind == kindString:
		return 2
	}
	return 4
}

// bytes returns the least size of a struct at a version.
func (s *structType) bytes(version int) int {
	flexible := s.flexible.has(version)
	total := 0
	if flexible {
		total = 1
	}
	for _, f := range s.fields {
		switch {
		case !f.untagged.has(version):
		case f.array && flexible, f.pointer() && f.kind == kindStruct:
			total++
		case f.array:
			total += 4
		default:
			total += f.elementBytes(version, flexible)
		}
	}
	return total
}

// markComparable notes which structs need a method that tells whether they have
// their default value: those that are a tagged field, and what these contain.
func (m *message) markComparable() {
	for _, s := range m.structs {
		for _, f := range s.fields {
			if f.kind == kindStruct && !f.array && !f.tagged.empty() && f.def != "null" {
				f.elem.markComparable()
			}
		}
	}
}

func (s *structType) markComparable() {
	s.needsIsDefault = true
	for _, f := range s.fields {
		if f.kind == kindStruct && !f.array {
			f.elem.markComparable()
		}
	}
}
