package filter

import (
	"bytes"
	"strings"
)

type valueKind int

const (
	missing valueKind = iota // no such thing
	null
	boolean
	numeric
	texty
	other // an object or list of JSON, as it is written
)

// value is what an operand is for one message.
type value struct {
	kind valueKind
	bool bool
	num  number
	text string
}

// ofJSON reads one value of JSON.
func ofJSON(raw []byte) value {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return value{}
	}
	switch raw[0] {
	case '"':
		return value{kind: texty, text: unquote(raw)}
	case 't', 'f':
		return value{kind: boolean, bool: raw[0] == 't', text: string(raw)}
	case 'n':
		return value{kind: null}
	case '{', '[':
		return value{kind: other, text: string(raw)}
	}
	if n, ok := parseNumber(raw); ok {
		return value{kind: numeric, num: n, text: string(raw)}
	}
	return value{kind: other, text: string(raw)} // a number beyond reason
}

func ofBytes(b []byte) value {
	if b == nil {
		return value{kind: null}
	}
	return value{kind: texty, text: string(b)}
}

func (v value) nothing() bool { return v.kind == missing || v.kind == null }

// asNumber reads a text as a number, too.
func (v value) asNumber() (number, bool) {
	switch v.kind {
	case numeric:
		return v.num, true
	case texty:
		return parseNumber([]byte(v.text))
	}
	return number{}, false
}

// equal tells whether two values are the same. A number and a text that is that
// number are.
func (v value) equal(w value) bool {
	switch {
	case v.nothing() || w.nothing():
		return v.nothing() && w.nothing()
	case v.kind == numeric || w.kind == numeric:
		a, ok := v.asNumber()
		b, ok2 := w.asNumber()
		return ok && ok2 && a.compare(b) == 0
	case v.kind == boolean && w.kind == boolean:
		return v.bool == w.bool
	}
	return v.text == w.text
}

// compare orders numbers by size and texts by letter; ok is false where there is
// no order.
func (v value) compare(w value) (int, bool) {
	if v.kind == numeric || w.kind == numeric {
		a, ok := v.asNumber()
		b, ok2 := w.asNumber()
		return a.compare(b), ok && ok2
	}
	if v.kind == texty && w.kind == texty {
		return strings.Compare(v.text, w.text), true
	}
	return 0, false
}
