package filter

import (
	"fmt"
	"regexp"
	"strings"
)

// compareNode compares two operands; with several values, one that fits is
// enough.
type compareNode struct {
	a, b operand
	op   string
}

func (n compareNode) test(r *Record) (bool, error) {
	hit := false
	var inner error
	err := n.a.each(r, func(a value) bool {
		inner = n.b.each(r, func(b value) bool {
			hit = fits(n.op, a, b)
			return !hit
		})
		return !hit && inner == nil
	})
	switch {
	case err != nil:
		return false, err
	case inner != nil:
		return false, inner
	case n.op == "!=":
		return !hit, nil
	}
	return hit, nil
}

// fits tells whether two values are as an operator wants them; for != whether
// they are equal.
func fits(op string, a, b value) bool {
	if op == "==" || op == "!=" {
		return a.equal(b)
	}
	if a.nothing() || b.nothing() {
		return false
	}
	switch op {
	case "contains":
		return strings.Contains(a.text, b.text)
	case "startsWith":
		return strings.HasPrefix(a.text, b.text)
	case "endsWith":
		return strings.HasSuffix(a.text, b.text)
	}
	c, ok := a.compare(b)
	switch op {
	case "<":
		return ok && c < 0
	case "<=":
		return ok && c <= 0
	case ">":
		return ok && c > 0
	}
	return ok && c >= 0
}

func (n compareNode) String() string {
	return "(" + n.a.String() + " " + n.op + " " + n.b.String() + ")"
}

// inNode wants one of several.
type inNode struct {
	a    operand
	list []operand
}

func (n inNode) test(r *Record) (bool, error) {
	for _, b := range n.list {
		if hit, err := (compareNode{n.a, b, "=="}).test(r); hit || err != nil {
			return hit, err
		}
	}
	return false, nil
}

func (n inNode) String() string {
	words := make([]string, len(n.list))
	for i, o := range n.list {
		words[i] = o.String()
	}
	return "(" + n.a.String() + " in [" + strings.Join(words, ", ") + "])"
}

// matchNode wants a regular expression to fit somewhere.
type matchNode struct {
	a  operand
	re *regexp.Regexp
}

func (n matchNode) test(r *Record) (bool, error) {
	hit := false
	err := n.a.each(r, func(v value) bool {
		hit = !v.nothing() && n.re.MatchString(v.text)
		return !hit
	})
	return hit, err
}

func (n matchNode) String() string { return fmt.Sprintf("(%s matches %q)", n.a, n.re) }

// hasNode wants something to be there, even if it is null in JSON.
type hasNode struct{ a operand }

func (n hasNode) test(r *Record) (bool, error) {
	hit := false
	err := n.a.each(r, func(v value) bool {
		hit = v.kind != missing
		return !hit
	})
	return hit, err
}

func (n hasNode) String() string { return "has(" + n.a.String() + ")" }

// truthNode wants a field to be true.
type truthNode struct{ a operand }

func (n truthNode) test(r *Record) (bool, error) {
	hit := false
	err := n.a.each(r, func(v value) bool {
		hit = v.kind == boolean && v.bool || v.kind == texty && v.text == "true"
		return !hit
	})
	return hit, err
}

func (n truthNode) String() string { return n.a.String() }
