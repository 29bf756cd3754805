package wire

import (
	"math/rand/v2"
	"reflect"
	"strings"
)

// filler gives the fields of a message random values. It works on the messages
// of this package and on those of kmsg.
type filler struct {
	random   *rand.Rand
	onlyUTF8 bool // Java cannot hold other strings
}

func newFiller(seed uint64) filler {
	return filler{random: rand.New(rand.NewPCG(seed, 1))}
}

// notOnTheWire are fields that no version carries: kmsg's bookkeeping, and what
// a server notes about records that it sends from a file.
var notOnTheWire = map[string]bool{
	"Version": true, "UnknownTags": true, "RecordsSize": true, "RecordsAt": true,
	"UnalignedRecordsSize": true, "UnalignedRecordsAt": true,
}

// skipped tells whether a field is not to be filled or compared. The control
// records have a field on the wire that is called Version.
func skipped(structType reflect.Type, f reflect.StructField) bool {
	if f.Name == "Version" && structType.PkgPath() == reflect.TypeFor[Reader]().PkgPath() {
		return false
	}
	return !f.IsExported() || notOnTheWire[f.Name]
}

func (f filler) fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(f.random.IntN(2) == 0)
	case reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(f.integer())
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		v.SetUint(uint64(f.integer()))
	case reflect.Float64:
		v.SetFloat(f.random.NormFloat64())
	case reflect.String:
		v.SetString(f.text())
	case reflect.Pointer:
		if f.random.IntN(3) == 0 {
			v.SetZero()
			return
		}
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem())
	case reflect.Array:
		f.fillAll(v)
	case reflect.Slice:
		f.fillSlice(v)
	case reflect.Struct:
		for i := range v.NumField() {
			if !skipped(v.Type(), v.Type().Field(i)) {
				f.fill(v.Field(i))
			}
		}
	default:
		panic("no filler for " + v.Type().String())
	}
}

// fillSlice makes slices that are null, empty, short and, now and then, so long
// that their sizes need a second byte.
func (f filler) fillSlice(v reflect.Value) {
	n := f.random.IntN(5) - 1
	if n < 0 {
		v.SetZero()
		return
	}
	if v.Type().Elem().Kind() == reflect.Uint8 && f.random.IntN(8) == 0 {
		n = 150
	}
	v.Set(reflect.MakeSlice(v.Type(), n, n))
	f.fillAll(v)
}

func (f filler) fillAll(v reflect.Value) {
	for i := range v.Len() {
		f.fill(v.Index(i))
	}
}

// integer returns the values that defaults are made of more often than others.
func (f filler) integer() int64 {
	switch f.random.IntN(4) {
	case 0:
		return int64(f.random.IntN(3)) - 1
	case 1:
		return int64(f.random.IntN(300))
	}
	return int64(f.random.Uint64())
}

func (f filler) text() string {
	switch f.random.IntN(8) {
	case 0:
		return ""
	case 1:
		return strings.Repeat("långt ", 25+f.random.IntN(20))
	case 2:
		if !f.onlyUTF8 {
			return "\xff\x00"
		}
	}
	return "topic-" + string(rune('a'+f.random.IntN(26)))
}
