package spec

import (
	"encoding/json"
	"reflect"
	"strings"

	"github.com/brolga-io/brolga/internal/console/view"
)

// field is one field of a struct as JSON has it.
type field struct {
	name     string
	doc      string
	optional bool
	typ      reflect.Type
}

// fields lists the fields of a struct, those of embedded structs in their place.
func fields(t reflect.Type) []field {
	var all []field
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			all = append(all, fields(f.Type)...)
			continue
		}
		name, rest, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" || name == "" {
			continue
		}
		all = append(all, field{name, f.Tag.Get("doc"), strings.Contains(rest, "omit"), f.Type})
	}
	return all
}

// shape is what a Go type is in JSON.
type shape int

const (
	shapeAny shape = iota
	shapeBool
	shapeInteger
	shapeNumber
	shapeString
	shapeInt64 // a number as text
	shapeEnum
	shapeList
	shapeMap
	shapeObject
)

func shapeOf(t reflect.Type) shape {
	switch {
	case t == reflect.TypeFor[view.Int64]():
		return shapeInt64
	case t == reflect.TypeFor[json.RawMessage]():
		return shapeAny
	case t.Implements(reflect.TypeFor[view.Enum]()):
		return shapeEnum
	}
	switch t.Kind() {
	case reflect.Bool:
		return shapeBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return shapeInteger
	case reflect.Float32, reflect.Float64:
		return shapeNumber
	case reflect.String:
		return shapeString
	case reflect.Slice:
		return shapeList
	case reflect.Map:
		return shapeMap
	case reflect.Struct:
		return shapeObject
	case reflect.Interface:
		return shapeAny
	}
	panic("BUG: the API cannot carry " + t.String())
}

// values are those of an enum.
func values(t reflect.Type) []string {
	return reflect.Zero(t).Interface().(view.Enum).Values()
}

// named collects the structs and enums that routes mention, in the order in
// which they are met.
func named(routes []Route) []reflect.Type {
	var order []reflect.Type
	seen := map[reflect.Type]bool{}
	var visit func(reflect.Type)
	visit = func(t reflect.Type) {
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		switch shapeOf(t) {
		case shapeEnum:
			if !seen[t] {
				seen[t] = true
				order = append(order, t)
			}
		case shapeList, shapeMap:
			visit(t.Elem())
		case shapeObject:
			if seen[t] {
				return
			}
			seen[t] = true
			order = append(order, t)
			for _, f := range fields(t) {
				visit(f.typ)
			}
		}
	}
	for _, r := range routes {
		for _, t := range []reflect.Type{r.Query, r.Body, r.Answer} {
			if t != nil {
				visit(t)
			}
		}
	}
	visit(reflect.TypeFor[view.Failure]())
	return order
}
