package filter

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// MaxBytes is the longest expression.
const MaxBytes = 4 << 10

// maxNesting is how deep an expression may be nested.
const maxNesting = 50

// Compile reads an expression. The error is an *Error.
func Compile(src string) (*Program, error) {
	if len(src) > MaxBytes {
		return nil, &Error{0, 1, fmt.Sprintf("The expression is longer than %d bytes.", MaxBytes)}
	}
	tokens, err := lex(src)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens}
	if p.is(tokEnd, "") {
		return nil, &Error{0, 0, "The expression is empty."}
	}
	root, err := p.or()
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind != tokEnd {
		return nil, p.wrong(t, "Here and (&&) or or (||) is missing, or this is too much.")
	}
	return &Program{root}, nil
}

type parser struct {
	tokens []token
	i      int
	depth  int
}

func (p *parser) peek() token { return p.tokens[p.i] }

func (p *parser) next() token {
	t := p.tokens[p.i]
	if t.kind != tokEnd {
		p.i++
	}
	return t
}

func (p *parser) is(kind tokenKind, texts ...string) bool {
	t := p.peek()
	return t.kind == kind && slices.Contains(texts, t.text)
}

func (p *parser) wrong(t token, text string) error { return &Error{t.pos, max(1, t.len), text} }

func (p *parser) want(sign string) error {
	if !p.is(tokSign, sign) {
		return p.wrong(p.peek(), "Here "+sign+" is missing.")
	}
	p.next()
	return nil
}

func (p *parser) or() (node, error) {
	if p.depth++; p.depth > maxNesting {
		return nil, p.wrong(p.peek(), "The expression is nested too deeply.")
	}
	defer func() { p.depth-- }()
	a, err := p.and()
	for err == nil && (p.is(tokSign, "||") || p.is(tokName, "or")) {
		p.next()
		var b node
		if b, err = p.and(); err == nil {
			a = orNode{a, b}
		}
	}
	return a, err
}

func (p *parser) and() (node, error) {
	a, err := p.not()
	for err == nil && (p.is(tokSign, "&&") || p.is(tokName, "and")) {
		p.next()
		var b node
		if b, err = p.not(); err == nil {
			a = andNode{a, b}
		}
	}
	return a, err
}

func (p *parser) not() (node, error) {
	negations := 0
	for p.is(tokSign, "!") || p.is(tokName, "not") {
		p.next()
		negations++
	}
	a, err := p.condition()
	if negations%2 == 1 {
		a = notNode{a}
	}
	return a, err
}

var operators = []string{"==", "!=", "<", "<=", ">", ">="}
var wordOperators = []string{"contains", "startsWith", "endsWith"}

func (p *parser) condition() (node, error) {
	if p.is(tokSign, "(") {
		p.next()
		a, err := p.or()
		if err != nil {
			return nil, err
		}
		return a, p.want(")")
	}
	if p.is(tokName, "has") {
		p.next()
		a, err := p.argument()
		return hasNode{a}, err
	}
	first := p.peek()
	a, err := p.operand()
	if err != nil {
		return nil, err
	}
	switch op := p.peek(); {
	case p.is(tokSign, operators...) || p.is(tokName, wordOperators...):
		p.next()
		return p.comparison(a, op.text)
	case p.is(tokName, "in"):
		p.next()
		return p.list(a)
	case p.is(tokName, "matches"):
		p.next()
		return p.regular(a)
	}
	switch first.kind {
	case tokText:
		return Anywhere(first.text).root, nil
	case tokNumber:
		return nil, p.wrong(first, "A number alone is no condition: compare it with something.")
	}
	if f, ok := a.(field); ok && len(f.path) == 0 && f.header == "" {
		return nil, p.wrong(first, first.text+" alone is no condition: compare it with something, for example "+first.text+` == "…".`)
	}
	return truthNode{a}, nil
}

func (p *parser) comparison(a operand, op string) (node, error) {
	at := p.peek()
	b, err := p.operand()
	if err != nil {
		return nil, err
	}
	if spreads(a) && spreads(b) {
		return nil, p.wrong(at, "Only one side of a comparison may have [*].")
	}
	if a, err = p.moment(a, b, at); err != nil {
		return nil, err
	}
	b, err = p.moment(b, a, at)
	return compareNode{a, b, op}, err
}

// spreads tells operands with several values: every one of one side with every one
// of the other would be too many.
func spreads(o operand) bool {
	switch o := o.(type) {
	case field:
		return slices.ContainsFunc(o.path, func(s step) bool { return s.name == "" && s.index == anyIndex })
	case sizeOf:
		return spreads(o.of)
	case lowerOf:
		return spreads(o.of)
	}
	return false
}

// moment reads a text that is compared with timestamp as a time.
func (p *parser) moment(o, with operand, at token) (operand, error) {
	c, isText := o.(constant)
	f, isField := with.(field)
	if !isText || c.kind != texty || !isField || f.name != "timestamp" {
		return o, nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, c.text, time.UTC); err == nil {
			c.value = value{kind: numeric, num: number{whole: t.UnixMilli()}}
			return c, nil
		}
	}
	if _, ok := parseNumber([]byte(c.text)); ok {
		return o, nil
	}
	return nil, p.wrong(at, "This is no time: write it as 2026-11-23T10:00:00Z, or in milliseconds.")
}

func (p *parser) list(a operand) (node, error) {
	if err := p.want("["); err != nil {
		return nil, err
	}
	n := inNode{a: a}
	for {
		at := p.peek()
		b, err := p.operand()
		if err != nil {
			return nil, err
		}
		if _, ok := b.(constant); !ok {
			return nil, p.wrong(at, "In the list stand texts and numbers.")
		}
		if b, err = p.moment(b, a, at); err != nil {
			return nil, err
		}
		n.list = append(n.list, b)
		if !p.is(tokSign, ",") {
			return n, p.want("]")
		}
		p.next()
	}
}

func (p *parser) regular(a operand) (node, error) {
	t := p.next()
	if t.kind != tokText {
		return nil, p.wrong(t, "Behind matches stands a regular expression in quotes.")
	}
	re, err := regexp.Compile(t.text)
	if err != nil {
		return nil, p.wrong(t, "The regular expression is wrong: "+strings.TrimPrefix(err.Error(), "error parsing regexp: ")+".")
	}
	return matchNode{a, re}, nil
}

func (p *parser) argument() (operand, error) {
	if p.depth++; p.depth > maxNesting {
		return nil, p.wrong(p.peek(), "The expression is nested too deeply.")
	}
	defer func() { p.depth-- }()
	if err := p.want("("); err != nil {
		return nil, err
	}
	a, err := p.operand()
	if err != nil {
		return nil, err
	}
	return a, p.want(")")
}

func (p *parser) operand() (operand, error) {
	t := p.next()
	switch t.kind {
	case tokEnd:
		return nil, p.wrong(t, "The expression ends too early.")
	case tokText:
		return constant{value{kind: texty, text: t.text}, strconv.Quote(t.text)}, nil
	case tokNumber:
		n, _ := parseNumber([]byte(t.text))
		return constant{value{kind: numeric, num: n, text: t.text}, t.text}, nil
	case tokSign:
		return nil, p.wrong(t, t.text+" cannot stand here.")
	}
	switch t.text {
	case "true", "false":
		return constant{value{kind: boolean, bool: t.text == "true", text: t.text}, t.text}, nil
	case "null":
		return constant{value{kind: null}, t.text}, nil
	case "size":
		a, err := p.argument()
		return sizeOf{a}, err
	case "lower":
		a, err := p.argument()
		return lowerOf{a}, err
	case "partition", "offset", "timestamp", "topic":
		return field{name: t.text}, nil
	case "key", "value", "headers", "header":
		return p.path(t)
	}
	return nil, p.wrong(t, fmt.Sprintf("%q is not known here. Fields are key, value, headers, partition, offset, timestamp, topic; texts stand in quotes.", t.text))
}

// path reads the steps behind key, value or headers.
func (p *parser) path(t token) (operand, error) {
	f := field{name: t.text}
	for p.is(tokSign, ".", "[") {
		s, err := p.step()
		if err != nil {
			return nil, err
		}
		f.path = append(f.path, s)
	}
	if t.text == "key" || t.text == "value" {
		return f, nil
	}
	if len(f.path) == 0 || f.path[0].name == "" {
		return nil, p.wrong(t, `Name the header: headers.trace or headers["x-trace"].`)
	}
	return field{name: "headers", header: f.path[0].name, path: f.path[1:]}, nil
}

func (p *parser) step() (step, error) {
	if p.next().text == "." {
		t := p.next()
		if t.kind != tokName {
			return step{}, p.wrong(t, `Behind the dot stands a name; other names stand in brackets and quotes: ["a b"].`)
		}
		return step{name: t.text}, nil
	}
	t := p.next()
	s := step{name: t.text}
	switch t.kind {
	case tokText:
		if t.text == "" {
			return step{}, p.wrong(t, "An empty name cannot be looked for.")
		}
	case tokNumber:
		n, err := strconv.Atoi(t.text)
		if err != nil || n < 0 {
			return step{}, p.wrong(t, "An index is a whole number from 0.")
		}
		s = step{index: n}
	case tokSign:
		if t.text != "*" {
			return step{}, p.wrong(t, "In the brackets stands a number, * or a name in quotes.")
		}
		s = step{index: anyIndex}
	default:
		return step{}, p.wrong(t, "In the brackets stands a number, * or a name in quotes.")
	}
	return s, p.want("]")
}
