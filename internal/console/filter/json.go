package filter

import (
	"encoding/json"
	"errors"
	"unicode/utf8"
)

// errNotJSON tells a path into something that is no JSON.
var errNotJSON = errors.New("it is not JSON")

// maxDepth is how deep JSON may be nested.
const maxDepth = 500

// step is one step of a path.
type step struct {
	name  string
	index int // where name is empty; any: every element
}

const anyIndex = -1

// scanner walks over JSON without building anything.
type scanner struct {
	b     []byte
	i     int
	depth int
}

// find calls fn with the bytes of each value that a path leads to, until fn
// returns false. The whole document is checked up to where the search ends.
func find(doc []byte, path []step, fn func(raw []byte) bool) error {
	s := &scanner{b: doc}
	s.space()
	if _, err := s.walk(path, fn); err != nil {
		return err
	}
	return nil
}

// walk looks for the rest of a path in the value at hand and goes behind it; it
// returns false when fn wanted no more.
func (s *scanner) walk(path []step, fn func([]byte) bool) (bool, error) {
	if len(path) == 0 {
		from := s.i
		if err := s.skip(); err != nil {
			return false, err
		}
		return fn(s.b[from:s.i]), nil
	}
	if s.i >= len(s.b) {
		return false, errNotJSON
	}
	switch {
	case s.b[s.i] == '{' && path[0].name != "":
		return s.walkObject(path, fn)
	case s.b[s.i] == '[' && path[0].name == "":
		return s.walkArray(path, fn)
	}
	return true, s.skip() // the path leads nowhere
}

func (s *scanner) walkObject(path []step, fn func([]byte) bool) (more bool, err error) {
	more = true
	err = s.elements('}', func(int) error {
		from := s.i
		if err := s.text(); err != nil {
			return err
		}
		hit := s.isName(s.b[from:s.i], path[0].name)
		s.space()
		if !s.take(':') {
			return errNotJSON
		}
		s.space()
		if !hit || !more {
			return s.skip()
		}
		var err error
		more, err = s.walk(path[1:], fn)
		return err
	})
	return more, err
}

func (s *scanner) walkArray(path []step, fn func([]byte) bool) (more bool, err error) {
	more = true
	err = s.elements(']', func(n int) error {
		if !more || path[0].index != anyIndex && path[0].index != n {
			return s.skip()
		}
		var err error
		more, err = s.walk(path[1:], fn)
		return err
	})
	return more, err
}

// elements visits what stands between the bracket at hand and its end.
func (s *scanner) elements(end byte, each func(n int) error) error {
	if s.depth++; s.depth > maxDepth {
		return errNotJSON
	}
	s.i++
	s.space()
	if s.take(end) {
		s.depth--
		return nil
	}
	for n := 0; ; n++ {
		if err := each(n); err != nil {
			return err
		}
		s.space()
		if s.take(end) {
			s.depth--
			return nil
		}
		if !s.take(',') {
			return errNotJSON
		}
		s.space()
	}
}

// isName compares a quoted name with a plain one.
func (s *scanner) isName(quoted []byte, name string) bool {
	inner := quoted[1 : len(quoted)-1]
	for _, c := range inner {
		if c == '\\' {
			return unquote(quoted) == name
		}
	}
	return string(inner) == name
}

// skip goes behind the value at hand.
func (s *scanner) skip() error {
	if s.i >= len(s.b) {
		return errNotJSON
	}
	switch s.b[s.i] {
	case '{':
		return s.elements('}', func(int) error {
			if err := s.text(); err != nil {
				return err
			}
			s.space()
			if !s.take(':') {
				return errNotJSON
			}
			s.space()
			return s.skip()
		})
	case '[':
		return s.elements(']', func(int) error { return s.skip() })
	case '"':
		return s.text()
	case 't':
		return s.word("true")
	case 'f':
		return s.word("false")
	case 'n':
		return s.word("null")
	}
	n, ok := scanNumber(s.b, s.i)
	if !ok {
		return errNotJSON
	}
	s.i = n
	return nil
}

func (s *scanner) text() error {
	if !s.take('"') {
		return errNotJSON
	}
	for s.i < len(s.b) {
		switch c := s.b[s.i]; {
		case c == '"':
			s.i++
			return nil
		case c == '\\':
			s.i += 2
		case c < 0x20:
			return errNotJSON
		default:
			s.i++
		}
	}
	return errNotJSON
}

func (s *scanner) word(w string) error {
	if s.i+len(w) > len(s.b) || string(s.b[s.i:s.i+len(w)]) != w {
		return errNotJSON
	}
	s.i += len(w)
	return nil
}

func (s *scanner) take(c byte) bool {
	if s.i < len(s.b) && s.b[s.i] == c {
		s.i++
		return true
	}
	return false
}

func (s *scanner) space() {
	for s.i < len(s.b) && (s.b[s.i] == ' ' || s.b[s.i] == '\t' || s.b[s.i] == '\n' || s.b[s.i] == '\r') {
		s.i++
	}
}

// unquote reads a text of JSON; one that is broken is taken as it stands.
func unquote(quoted []byte) string {
	var text string
	if json.Unmarshal(quoted, &text) == nil {
		return text
	}
	return string(quoted)
}

// LooksLikeJSON tells whether bytes are an object or a list of JSON.
func LooksLikeJSON(b []byte) bool {
	s := &scanner{b: b}
	s.space()
	if s.i >= len(b) || b[s.i] != '{' && b[s.i] != '[' || !utf8.Valid(b) {
		return false
	}
	if s.skip() != nil {
		return false
	}
	s.space()
	return s.i == len(b)
}
