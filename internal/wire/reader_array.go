package wire

import "unsafe"

// extend returns s with one more element, which may hold what an earlier use of
// the array left there. It grows s as elements are read and never beyond count,
// so that a count costs no memory before its elements have arrived.
func extend[T any](s []T, count int) []T {
	if len(s) < cap(s) {
		return s[:len(s)+1]
	}
	var element T
	first := max(1, firstArrayBytes/max(1, int(unsafe.Sizeof(element))))
	larger := make([]T, len(s)+1, min(count, max(2*len(s), first)))
	copy(larger, s)
	return larger
}

// sized returns s with length n. It is for elements that are as long on the
// wire as in memory, whose bytes arrayLength has already seen.
func sized[T any](s []T, n int) []T {
	if s == nil || n > cap(s) {
		return make([]T, n)
	}
	return s[:n]
}

func (r *Reader) int8s(s []int8, flexible, nullable bool) []int8 {
	n := r.arrayLength(flexible, nullable, 1)
	if n == nullLength {
		return nil
	}
	s = sized(s, n)
	for i := range s {
		s[i] = r.Int8()
	}
	return s
}

func (r *Reader) int16s(s []int16, flexible, nullable bool) []int16 {
	n := r.arrayLength(flexible, nullable, 2)
	if n == nullLength {
		return nil
	}
	s = sized(s, n)
	for i := range s {
		s[i] = r.Int16()
	}
	return s
}

func (r *Reader) int32s(s []int32, flexible, nullable bool) []int32 {
	n := r.arrayLength(flexible, nullable, 4)
	if n == nullLength {
		return nil
	}
	s = sized(s, n)
	for i := range s {
		s[i] = r.Int32()
	}
	return s
}

func (r *Reader) int64s(s []int64, flexible, nullable bool) []int64 {
	n := r.arrayLength(flexible, nullable, 8)
	if n == nullLength {
		return nil
	}
	s = sized(s, n)
	for i := range s {
		s[i] = r.Int64()
	}
	return s
}

func (r *Reader) uuids(s []UUID, flexible, nullable bool) []UUID {
	n := r.arrayLength(flexible, nullable, 16)
	if n == nullLength {
		return nil
	}
	s = sized(s, n)
	for i := range s {
		s[i] = r.UUID()
	}
	return s
}

func (r *Reader) strings(s []string, flexible, nullable bool) []string {
	minElementBytes := 2
	if flexible {
		minElementBytes = 1
	}
	n := r.arrayLength(flexible, nullable, minElementBytes)
	if n == nullLength {
		return nil
	}
	s = emptied(s)
	for i := 0; i < n && r.err == nil; i++ {
		s = extend(s, n)
		s[i] = r.string(flexible)
	}
	return s
}

// emptied returns s without elements, not nil and with its capacity.
func emptied[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s[:0]
}
