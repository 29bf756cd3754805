package wire

import (
	"fmt"
	"reflect"
)

// difference compares what was decoded with what was encoded at a version. A
// field that the version does not carry must have its default, and a null that
// the version has no null for must be empty. It returns "" or what differs.
func difference(encoded, decoded Message, version int16) string {
	return compareStruct(reflect.ValueOf(encoded).Elem(), reflect.ValueOf(decoded).Elem(), version)
}

func compareStruct(encoded, decoded reflect.Value, version int16) string {
	defaults := reflect.New(encoded.Type())
	defaults.Interface().(interface{ SetDefaults() }).SetDefaults()
	for i := range encoded.NumField() {
		f := encoded.Type().Field(i)
		if skipped(encoded.Type(), f) {
			continue
		}
		name := encoded.Type().Name() + "." + f.Name
		info, special := fieldVersions[name]
		want, nullable := encoded.Field(i), special && info.nullable.has(version)
		if special && !info.present.has(version) {
			want, nullable = defaults.Elem().Field(i), info.nullable != never
		}
		if d := compareValue(want, decoded.Field(i), nullable, version); d != "" {
			return name + ": " + d
		}
	}
	return ""
}

func compareValue(want, got reflect.Value, nullable bool, version int16) string {
	switch want.Kind() {
	case reflect.Struct:
		return compareStruct(want, got, version)
	case reflect.Pointer:
		return comparePointer(want, got, nullable, version)
	case reflect.Slice:
		if nullable && want.IsNil() != got.IsNil() {
			return fmt.Sprintf("null %t became null %t", want.IsNil(), got.IsNil())
		}
		if want.Len() != got.Len() {
			return fmt.Sprintf("%d elements became %d", want.Len(), got.Len())
		}
		for i := range want.Len() {
			if d := compareValue(want.Index(i), got.Index(i), false, version); d != "" {
				return fmt.Sprintf("[%d]: %s", i, d)
			}
		}
		return ""
	}
	if !reflect.DeepEqual(want.Interface(), got.Interface()) {
		return fmt.Sprintf("%v became %v", want, got)
	}
	return ""
}

func comparePointer(want, got reflect.Value, nullable bool, version int16) string {
	if want.IsNil() && !nullable {
		want = reflect.New(want.Type().Elem())
	}
	if want.IsNil() != got.IsNil() {
		return fmt.Sprintf("null %t became null %t", want.IsNil(), got.IsNil())
	}
	if want.IsNil() {
		return ""
	}
	return compareValue(want.Elem(), got.Elem(), false, version)
}
