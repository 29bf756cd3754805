package cli

import (
	"io"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
)

// The table of options as joptsimple lays it out: 80 columns, two columns of
// which the first has at most half, continuation lines indented by two.
const (
	helpWidth     = 80
	helpSeparator = 2
	helpIndent    = 2
)

type helpRow struct{ option, desc string }

func (p *optionParser) printHelp(w io.Writer) {
	rows := []helpRow{{"Option", "Description"}, {"------", "-----------"}}
	if slices.ContainsFunc(p.options, func(o *option) bool { return o.must }) {
		rows = []helpRow{{"Option (* = required)", "Description"}, {"---------------------", "-----------"}}
	}
	shown := make([]*option, 0, len(p.options))
	for _, o := range p.options {
		if !o.hidden {
			shown = append(shown, o)
		}
	}
	sort.Slice(shown, func(i, j int) bool { return shown[i].name < shown[j].name })
	for _, o := range shown {
		rows = append(rows, helpRow{o.synopsis(), o.describe()})
	}
	_, _ = io.WriteString(w, layout(rows))
}

func (o *option) synopsis() string {
	s := "--" + o.name
	if o.must {
		s = "* " + s
	}
	arg := o.argType
	if o.argName != "" {
		arg += ": " + o.argName
	}
	switch o.argument {
	case requiredArgument:
		s += " <" + arg + ">"
	case optionalArgument:
		s += " [" + arg + "]"
	}
	return s
}

func (o *option) describe() string {
	if o.defaults == "" {
		return o.desc
	}
	return strings.TrimSpace(o.desc + " (default: " + o.defaults + ")")
}

func layout(rows []helpRow) string {
	optionWidth, descWidth := widths(rows)
	var fitted []helpRow
	for _, r := range rows {
		left, right := wrapText(r.option, optionWidth), wrapText(r.desc, descWidth)
		for i := 0; i < max(len(left), len(right)); i++ {
			var row helpRow
			if i < len(left) {
				row.option = left[i]
			}
			if i < len(right) {
				row.desc = right[i]
			}
			fitted = append(fitted, row)
		}
	}
	optionWidth, descWidth = widths(fitted)
	var b strings.Builder
	for _, r := range fitted {
		b.WriteString(pad(r.option, optionWidth))
		b.WriteString(strings.Repeat(" ", helpSeparator))
		b.WriteString(pad(r.desc, descWidth))
		b.WriteByte('\n')
	}
	return b.String()
}

func widths(rows []helpRow) (optionWidth, descWidth int) {
	for _, r := range rows {
		optionWidth = max(optionWidth, utf8.RuneCountInString(r.option))
		descWidth = max(descWidth, utf8.RuneCountInString(r.desc))
	}
	const both = helpWidth - helpSeparator
	optionWidth = min(both/2, optionWidth)
	return optionWidth, min(both-optionWidth, descWidth)
}

func pad(s string, width int) string {
	if n := width - utf8.RuneCountInString(s); n > 0 {
		return s + strings.Repeat(" ", n)
	}
	return s
}

// wrapText breaks each line of a text into pieces of at most width, where Java
// allows a line break.
func wrapText(text string, width int) []string {
	var pieces []string
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		piece := ""
		for _, word := range lineBreaks(line) {
			if utf8.RuneCountInString(piece)+utf8.RuneCountInString(word) > width {
				pieces = append(pieces, strings.TrimRight(piece, " \t"))
				piece = strings.Repeat(" ", helpIndent) + word
			} else {
				piece += word
			}
		}
		if piece != "" {
			pieces = append(pieces, piece)
		}
	}
	return pieces
}
