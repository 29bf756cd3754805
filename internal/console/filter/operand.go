package filter

import (
	"fmt"
	"strconv"
	"strings"
)

// operand is something that has a value, or several behind [*]. each calls fn
// until it returns false.
type operand interface {
	each(r *Record, fn func(value) bool) error
	String() string
}

// constant is a literal.
type constant struct {
	value
	source string
}

func (c constant) each(_ *Record, fn func(value) bool) error {
	fn(c.value)
	return nil
}

func (c constant) String() string { return c.source }

// field is a part of the message, and a path into its JSON.
type field struct {
	name   string
	header string
	path   []step
}

func (f field) each(r *Record, fn func(value) bool) error {
	switch f.name {
	case "partition":
		fn(value{kind: numeric, num: number{whole: int64(r.Partition)}, text: strconv.Itoa(int(r.Partition))})
		return nil
	case "offset":
		fn(value{kind: numeric, num: number{whole: r.Offset}, text: strconv.FormatInt(r.Offset, 10)})
		return nil
	case "timestamp":
		fn(value{kind: numeric, num: number{whole: r.Timestamp}, text: strconv.FormatInt(r.Timestamp, 10)})
		return nil
	case "topic":
		fn(value{kind: texty, text: r.Topic})
		return nil
	}
	b, there := f.bytes(r)
	switch {
	case !there:
		fn(value{})
		return nil
	case len(f.path) == 0:
		fn(ofBytes(b))
		return nil
	case b == nil:
		fn(value{})
		return nil
	}
	found := false
	err := find(b, f.path, func(raw []byte) bool {
		found = true
		return fn(ofJSON(raw))
	})
	if err != nil && !found {
		return fmt.Errorf("%s: %w", f.name, err)
	}
	if !found {
		fn(value{})
	}
	return nil
}

// bytes are those of key, value, or the last header of the name.
func (f field) bytes(r *Record) ([]byte, bool) {
	switch f.name {
	case "key":
		return r.Key, true
	case "value":
		return r.Value, true
	}
	for i := len(r.Headers) - 1; i >= 0; i-- {
		if r.Headers[i].Name == f.header {
			return r.Headers[i].Value, true
		}
	}
	return nil, false
}

func (f field) String() string {
	var b strings.Builder
	b.WriteString(f.name)
	if f.header != "" {
		fmt.Fprintf(&b, "[%q]", f.header)
	}
	for _, s := range f.path {
		switch {
		case s.name != "":
			fmt.Fprintf(&b, "[%q]", s.name)
		case s.index == anyIndex:
			b.WriteString("[*]")
		default:
			fmt.Fprintf(&b, "[%d]", s.index)
		}
	}
	return b.String()
}

// sizeOf is the number of bytes of a text, or of the elements of a list.
type sizeOf struct{ of operand }

func (s sizeOf) each(r *Record, fn func(value) bool) error {
	return s.of.each(r, func(v value) bool {
		n := len(v.text)
		switch {
		case v.nothing():
			return fn(value{})
		case v.kind == other && strings.HasPrefix(v.text, "["):
			n = 0
			count := &scanner{b: []byte(v.text)}
			_ = count.elements(']', func(int) error { n++; return count.skip() }) // it was checked when it was found
		}
		return fn(value{kind: numeric, num: number{whole: int64(n)}, text: strconv.Itoa(n)})
	})
}

func (s sizeOf) String() string { return "size(" + s.of.String() + ")" }

// lowerOf is a text in lower case.
type lowerOf struct{ of operand }

func (l lowerOf) each(r *Record, fn func(value) bool) error {
	return l.of.each(r, func(v value) bool {
		v.text = strings.ToLower(v.text)
		return fn(v)
	})
}

func (l lowerOf) String() string { return "lower(" + l.of.String() + ")" }
