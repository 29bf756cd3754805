package api

import (
	"reflect"

	"github.com/brolga-io/brolga/internal/wire"
)

// errorFields are the places of a kind of answer, nested ones included, that hold
// error codes. They are found once per kind.
type errorFields struct {
	codes  []int // fields that are an error code
	nested []nestedErrors
}

type nestedErrors struct {
	field int // a struct, or a slice of structs
	slice bool
	errorFields
}

func errorFieldsOf(t reflect.Type) errorFields {
	var e errorFields
	for i := range t.NumField() {
		field := t.Field(i).Type
		switch {
		case field == reflect.TypeFor[wire.ErrorCode]():
			e.codes = append(e.codes, i)
		case field.Kind() == reflect.Struct:
			e.nest(i, false, field)
		case field.Kind() == reflect.Slice && field.Elem().Kind() == reflect.Struct:
			e.nest(i, true, field.Elem())
		}
	}
	return e
}

// nest adds a field if there is anything in it.
func (e *errorFields) nest(field int, slice bool, t reflect.Type) {
	inner := errorFieldsOf(t)
	if len(inner.codes)+len(inner.nested) > 0 {
		e.nested = append(e.nested, nestedErrors{field, slice, inner})
	}
}

// errorTally counts the error codes of one answer, as RequestMetrics has them: an
// answer about many things counts once for each.
type errorTally struct {
	none   int64
	others map[wire.ErrorCode]int64 // nil while all is well
}

func (t *errorTally) add(code wire.ErrorCode) {
	if code == wire.None {
		t.none++
		return
	}
	if t.others == nil {
		t.others = make(map[wire.ErrorCode]int64)
	}
	t.others[code]++
}

// addAll adds the codes of an answer v.
func (t *errorTally) addAll(e *errorFields, v reflect.Value) {
	for _, i := range e.codes {
		t.add(wire.ErrorCode(v.Field(i).Int()))
	}
	for i := range e.nested {
		n := &e.nested[i]
		field := v.Field(n.field)
		if !n.slice {
			t.addAll(&n.errorFields, field)
			continue
		}
		for j := range field.Len() {
			t.addAll(&n.errorFields, field.Index(j))
		}
	}
}

// countErrors adds a tally to the metrics of an API. An answer that has no place
// for an error counts as NONE.
func (s *served) countErrors(t *errorTally) {
	if t.none == 0 && len(t.others) == 0 {
		t.none = 1
	}
	if t.none > 0 {
		s.noErrors.Add(t.none)
	}
	for code, n := range t.others {
		s.api.Error(code.Name()).Add(n)
	}
}
