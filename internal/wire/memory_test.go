package wire

import (
	"reflect"
	"runtime"
	"testing"
)

// amplification is the greatest number of bytes of memory that one byte of
// input may cost; TestElementsCostLittle proves it.
const amplification = 48

// budget is what the fields of a message may hold after bytes of that number
// have been decoded. Each array that is open when an error ends the decoding
// may have firstArrayBytes in advance; arrays nest four deep.
func budget(inputBytes int) int {
	return amplification*inputBytes + 4*firstArrayBytes
}

// heldBytes adds up the memory behind the pointers and slices of v. Bytes alias
// the input and do not count.
func heldBytes(v reflect.Value) int {
	total := 0
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			total += heldBytes(v.Field(i))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			total += int(v.Type().Elem().Size()) + heldBytes(v.Elem())
		}
	case reflect.String:
		total += v.Len()
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return 0
		}
		total += v.Cap() * int(v.Type().Elem().Size())
		for i := range v.Len() {
			total += heldBytes(v.Index(i))
		}
	}
	return total
}

// hostileBodies are bodies that ask for as much as they can: counts that fit the
// bytes left, followed by elements of every small size.
func hostileBodies(size int) [][]byte {
	var bodies [][]byte
	for _, fill := range []byte{0x00, 0x01, 0x02, 0x7f, 0x80, 0xff} {
		for _, counts := range [][]byte{
			nil,
			{0x00, 0x00, 0x40, 0x00},
			{0x7f, 0xff, 0xff, 0xff},
			{0x80, 0x80, 0x01},
			{0xff, 0xff, 0xff, 0xff, 0x0f},
		} {
			for offset := range 8 {
				body := make([]byte, size)
				for i := range body {
					body[i] = fill
				}
				copy(body[offset:], counts)
				bodies = append(bodies, body)
			}
		}
	}
	return bodies
}

// Row 27: nested counts must not multiply. What is allocated, garbage included,
// stays within a multiple of the input.
func TestRow27NestedCountsDoNotMultiply(t *testing.T) {
	bodies := hostileBodies(1 << 15)
	limit := 2 * budget(1<<15)
	forEachVersion(t, func(t *testing.T, info messageInfo, version int16) {
		all := func() {
			for _, body := range bodies {
				info.new().Decode(NewReader(body), version)
			}
		}
		if allocatedBytes(all) <= limit { // most allocate next to nothing
			return
		}
		for _, body := range bodies {
			if n := allocatedBytes(func() { info.new().Decode(NewReader(body), version) }); n > limit {
				t.Errorf("version %d: %d bytes % x… allocate %d", version, len(body), body[:16], n)
			}
		}
	})
}

// TestElementsCostLittle proves the constant amplification: the Go struct of an
// array's element against the least bytes it takes on the wire, in all versions.
func TestElementsCostLittle(t *testing.T) {
	forEachVersion(t, func(t *testing.T, info messageInfo, version int16) {
		checkElements(t, reflect.TypeOf(info.new()).Elem(), version)
	})
}

func checkElements(t *testing.T, structType reflect.Type, version int16) {
	for i := range structType.NumField() {
		f := structType.Field(i)
		info, special := fieldVersions[structType.Name()+"."+f.Name]
		if special && !info.present.has(version) {
			continue
		}
		element := f.Type
		for element.Kind() == reflect.Pointer || element.Kind() == reflect.Slice {
			element = element.Elem()
		}
		if element.Kind() != reflect.Struct {
			continue
		}
		checkElements(t, element, version)
		if f.Type.Kind() != reflect.Slice {
			continue
		}
		// Capacity is at most twice what has been read.
		if least := leastBytes(element, version); 2*int(element.Size()) > amplification*least {
			t.Errorf("version %d: %s takes %d bytes of memory for %d", version, element.Name(), element.Size(), least)
		}
	}
}

// leastBytes is the size of the shortest encoding of a struct.
func leastBytes(structType reflect.Type, version int16) int {
	type nested interface {
		SetDefaults()
		append(dst []byte, version int16) []byte
	}
	m := reflect.New(structType).Interface().(nested)
	zero := len(m.append(nil, version)) // strings and arrays that may be null are
	m.SetDefaults()                     // and tagged fields are left out
	return min(zero, len(m.append(nil, version)))
}

// allocatedBytes returns how many bytes f allocates, live or not.
func allocatedBytes(f func()) int {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc - before.TotalAlloc)
}
