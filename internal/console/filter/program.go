package filter

import (
	"bytes"
	"fmt"
	"strings"
)

// Record is a message as a filter sees it. A nil key, value or header is Kafka's
// null.
type Record struct {
	Topic      string
	Partition  int32
	Offset     int64
	Timestamp  int64 // milliseconds
	Key, Value []byte
	Headers    []Header
}

// Header is a header of a message.
type Header struct {
	Name  string
	Value []byte
}

// Program is an expression that can be run.
type Program struct{ root node }

// Match tells whether a message passes. An error says that this cannot be told,
// for example because a path leads into something that is no JSON.
func (p *Program) Match(r *Record) (bool, error) { return p.root.test(r) }

// String is the expression as it was understood, with all brackets.
func (p *Program) String() string { return p.root.String() }

// node is a condition.
type node interface {
	test(r *Record) (bool, error)
	String() string
}

type (
	orNode  struct{ a, b node }
	andNode struct{ a, b node }
	notNode struct{ a node }
)

func (n orNode) test(r *Record) (bool, error) {
	a, err := n.a.test(r)
	if err == nil && a {
		return true, nil
	}
	b, err2 := n.b.test(r)
	if err2 == nil && b {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	return false, err2
}

func (n orNode) String() string { return "(" + n.a.String() + " || " + n.b.String() + ")" }

func (n andNode) test(r *Record) (bool, error) {
	if a, err := n.a.test(r); err != nil || !a {
		return false, err
	}
	return n.b.test(r)
}

func (n andNode) String() string { return "(" + n.a.String() + " && " + n.b.String() + ")" }

func (n notNode) test(r *Record) (bool, error) {
	a, err := n.a.test(r)
	return !a && err == nil, err
}

func (n notNode) String() string { return "!" + n.a.String() }

// anywhereNode looks for a text in everything that people wrote.
type anywhereNode struct{ text, lower string }

// Anywhere is a program that looks for a text in key, value and headers, whatever
// the case.
func Anywhere(text string) *Program { return &Program{anywhereNode{text, strings.ToLower(text)}} }

// And is a program that wants both; a nil one wants nothing.
func And(a, b *Program) *Program {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return &Program{andNode{a.root, b.root}}
}

func (n anywhereNode) test(r *Record) (bool, error) {
	if containsFold(r.Key, n.lower) || containsFold(r.Value, n.lower) {
		return true, nil
	}
	for _, h := range r.Headers {
		if containsFold([]byte(h.Name), n.lower) || containsFold(h.Value, n.lower) {
			return true, nil
		}
	}
	return false, nil
}

func (n anywhereNode) String() string { return fmt.Sprintf("anywhere contains %q", n.text) }

// containsFold looks for a text in lower case. Most messages have only ASCII,
// which is compared without a copy.
func containsFold(b []byte, lower string) bool {
	if len(lower) == 0 {
		return true
	}
	ascii := true
	for _, c := range []byte(lower) {
		ascii = ascii && c < 0x80
	}
	if !ascii {
		return bytes.Contains(bytes.ToLower(b), []byte(lower))
	}
	first := lower[0]
	upper := first
	if first >= 'a' && first <= 'z' {
		upper -= 'a' - 'A'
	}
	for i := 0; i+len(lower) <= len(b); i++ {
		if (b[i] == first || b[i] == upper) && foldEqual(b[i:i+len(lower)], lower) {
			return true
		}
	}
	return false
}

func foldEqual(b []byte, lower string) bool {
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}
