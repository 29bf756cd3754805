package cli

import (
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// The layout of argparse4j: 75 columns, help texts from column 25 on, every
// line but the last of a paragraph stretched to the full width.
const (
	argWidth  = 75
	argIndent = 25
)

// stop prints what ended the parsing and returns the exit code.
func (p *argParser) stop(env *Env, err error) int {
	var help *helpWanted
	if errors.As(err, &help) {
		help.parser.printHelp(env.Stdout)
		return 0
	}
	var wrong *argError
	if errors.As(err, &wrong) {
		wrong.parser.printUsage(env.Stderr)
		// The original wraps the text with its line end, which counts too.
		_, _ = io.WriteString(env.Stderr, justify(p.prog+": error: "+wrong.text+"\n", 0))
		wrong.printSuggestions(env.Stderr)
		return 1
	}
	env.errln(err.Error())
	return 1
}

func (p *argParser) printUsage(w io.Writer) {
	var words []string
	if p.parent != nil && p.parent.needsOne {
		words = p.parent.exclusiveUsage()
	}
	if p.command != "" {
		words = append(words, p.command)
	}
	words = append(words, "[-h]")
	words = append(words, usages(p.args)...)
	for _, g := range p.groups {
		words = append(words, usages(g.args)...)
	}
	words = append(words, p.exclusiveUsage()...)
	if p.titled != nil {
		for _, a := range p.titled.args {
			words = append(words, a.usage())
		}
	}
	if len(p.subcommands) > 0 {
		words = append(words, p.choices(), "...")
	}
	start := "usage: " + p.prog
	line, indent := start, len(start)
	if len(start) > 30 {
		_, _ = io.WriteString(w, start+"\n")
		indent = 6
		line = strings.Repeat(" ", indent)
	}
	for i, word := range words {
		if i > 0 && len(line)+1+len(word) > argWidth {
			_, _ = io.WriteString(w, line+"\n")
			line = strings.Repeat(" ", indent)
		}
		line += " " + word
	}
	_, _ = io.WriteString(w, line+"\n")
}

// usages puts what need not be given in brackets.
func usages(args []*argument) []string {
	var words []string
	for _, a := range args {
		word := a.usage()
		if !a.required {
			word = "[" + word + "]"
		}
		words = append(words, word)
	}
	return words
}

// exclusiveUsage is "[--a A | --b B]", round brackets where one is needed.
func (p *argParser) exclusiveUsage() []string {
	opening, closing := "[", "]"
	if p.needsOne {
		opening, closing = "(", ")"
	}
	var words []string
	for i, a := range p.exclusive {
		word := a.usage()
		if i == 0 {
			word = opening + word
		} else {
			words = append(words, "|")
		}
		if i == len(p.exclusive)-1 {
			word += closing
		}
		words = append(words, word)
	}
	return words
}

func (a *argument) usage() string {
	if a.flag {
		return a.names[0]
	}
	return a.names[0] + " " + a.values()
}

// values is how the help shows what follows the option.
func (a *argument) values() string {
	if a.many {
		return a.metavar() + " [" + a.metavar() + " ...]"
	}
	return a.metavar()
}

func (p *argParser) choices() string {
	names := make([]string, len(p.subcommands))
	for i, s := range p.subcommands {
		names[i] = s.command
	}
	return "{" + strings.Join(names, ",") + "}"
}

func (p *argParser) printHelp(w io.Writer) {
	p.printUsage(w)
	var b strings.Builder
	if p.about != "" && p.command == "" {
		b.WriteString("\n" + justify(p.about, 0) + "\n")
	}
	if len(p.subcommands) > 0 {
		b.WriteString("\npositional arguments:\n  " + p.choices() + "\n")
		for _, s := range p.subcommands {
			b.WriteString(helpEntry("  "+s.command, s.about))
		}
	}
	b.WriteString("\noptional arguments:\n" + helpEntry("-h, --help", "show this help message and exit"))
	shown := p.args
	if p.oneAbout == "" {
		shown = append(append([]*argument{}, p.args...), p.exclusive...)
	}
	if p.ordered != nil {
		shown = p.ordered
	}
	for _, a := range shown {
		b.WriteString(p.argumentEntry(a))
	}
	if p.oneAbout != "" {
		b.WriteString("\n  " + justify(p.oneAbout, 2) + "\n\n")
		for _, a := range p.exclusive {
			b.WriteString(p.argumentEntry(a))
		}
	}
	for _, g := range p.groups {
		b.WriteString("\n" + g.title + ":\n")
		for _, a := range g.args {
			b.WriteString(p.argumentEntry(a))
		}
	}
	if p.titled != nil {
		b.WriteString("\n" + p.titled.title + ":\n  " + p.titled.about + "\n\n")
		for _, a := range p.titled.args {
			b.WriteString(p.argumentEntry(a))
		}
	}
	_, _ = io.WriteString(w, b.String())
}

func (p *argParser) argumentEntry(a *argument) string {
	forms := make([]string, len(a.names))
	for i, name := range a.names {
		forms[i] = name
		if !a.flag {
			forms[i] += " " + a.values()
		}
	}
	help := a.help
	if p.showDefault && a.def != "" {
		help += " (default: " + a.def + ")"
	}
	return helpEntry(strings.Join(forms, ", "), help)
}

func helpEntry(title, help string) string {
	if help == "" {
		return "  " + title + "\n"
	}
	line := "  " + title
	if len(title) <= argIndent-4 {
		line += strings.Repeat(" ", argIndent-len(line))
	} else {
		line += "\n" + strings.Repeat(" ", argIndent)
	}
	return line + justify(help, argIndent) + "\n"
}

// justify wraps a text to the width; lines after the first are indented.
func justify(text string, indent int) string {
	var out strings.Builder
	line, width := "", indent
	for _, word := range lineBreaks(text) {
		n := utf8.RuneCountInString(word)
		if width+n > argWidth {
			out.WriteString(stretch(line, argWidth-indent) + "\n" + strings.Repeat(" ", indent))
			line, width = "", indent
		}
		line += word
		width += n
		if strings.HasSuffix(word, "\n") {
			out.WriteString(line + strings.Repeat(" ", indent))
			line, width = "", indent
		}
	}
	return out.String() + line
}

// stretch spreads spaces over the gaps of a line; what is left over goes to the
// gaps in the middle.
func stretch(line string, width int) string {
	words := strings.Fields(line)
	line = strings.Trim(line, " ")
	gaps := len(words) - 1
	if gaps <= 0 {
		return line
	}
	need := width - utf8.RuneCountInString(line)
	each, rest := need/gaps, need%gaps
	from := (gaps - rest + 1) / 2
	var b strings.Builder
	gap, spaces := 0, false
	for _, r := range line {
		if r == ' ' && !spaces {
			n := each
			if from <= gap && gap < from+rest {
				n++
			}
			b.WriteString(strings.Repeat(" ", n))
			gap++
		}
		spaces = r == ' '
		b.WriteRune(r)
	}
	return b.String()
}
