package cli

import (
	"slices"
	"strconv"
	"strings"
)

// argParser is a sub-command (or the tool itself) of the tools whose options
// follow argparse4j: sub-commands and long options may be cut short as long as
// they stay unique.
type argParser struct {
	prog        string // "kafka-storage"
	command     string // the sub-command, empty for the tool itself
	about       string
	args        []*argument
	exclusive   []*argument // at most one of them
	needsOne    bool        // and exactly one of them
	oneAbout    string      // where set, the help shows them at its end, below this text
	ordered     []*argument // order of the help, where the exclusive ones are not the last
	titled      *argGroup   // options that the help shows under a title of their own
	groups      []*argGroup // the same, of options that need not be given
	parent      *argParser  // the tool of a sub-command, where its usage shows what that needs
	showDefault bool        // the help ends with the default values
	subcommands []*argParser
}

// argGroup is a titled part of the help; its options are the last ones.
type argGroup struct {
	title, about string
	args         []*argument
	needsOne     bool
}

// argument is one option, with all its names; the first is the one shown.
type argument struct {
	names    []string
	old      string // the name of other versions, not shown
	help     string
	flag     bool // takes no value
	required bool
	many     bool   // takes one value or more
	meta     string // how the help calls the value, if not by the option's name
	javaType string // Integer, Long or Double: what the value must be
	choices  string // where set, the values allowed: "0,1,-1"
	def      string // the value where none is given
}

// metavar is how the help calls the value.
func (a *argument) metavar() string {
	if a.meta != "" {
		return a.meta
	}
	return strings.ReplaceAll(strings.ToUpper(strings.TrimLeft(a.names[0], "-")), "-", "_")
}

func (a *argument) String() string { return strings.Join(a.names, "/") }

func (p *argParser) all() []*argument {
	all := append(append([]*argument{}, p.args...), p.exclusive...)
	if p.titled != nil {
		all = append(all, p.titled.args...)
	}
	for _, g := range p.groups {
		all = append(all, g.args...)
	}
	return all
}

// argResult is a parsed command line of one sub-command.
type argResult struct {
	parser *argParser
	values map[*argument][]string
}

func (r *argResult) has(a *argument) bool { return len(r.values[a]) > 0 }

// value is the last one given, as in the original, else the default.
func (r *argResult) value(a *argument) string {
	v := r.values[a]
	if len(v) == 0 {
		return a.def
	}
	return v[len(v)-1]
}

// number is the value of an Integer or Long, which the parser has checked; 0
// where there is none.
func (r *argResult) number(a *argument) int64 {
	n, _ := strconv.ParseInt(r.value(a), 10, 64)
	return n
}

// argError is a mistake in the command line: usage and message on stderr.
type argError struct {
	parser     *argParser
	text       string
	didYouMean []string
}

func (e *argError) Error() string { return e.text }

// helpWanted ends parsing with the help of a parser.
type helpWanted struct{ parser *argParser }

func (e *helpWanted) Error() string { return "help" }

// parse reads the options of the tool, picks the sub-command and reads its
// options.
func (p *argParser) parse(args []string) (*argResult, error) {
	r := &argResult{parser: p, values: map[*argument][]string{}}
	if len(p.subcommands) == 0 {
		return r, p.parseOptions(r, args)
	}
	for i := 0; i < len(args); i++ {
		if isHelp(args[i]) {
			return nil, &helpWanted{p}
		}
		if isOption(args[i]) {
			used, err := p.parseOption(r, args[i:])
			if err != nil {
				return nil, err
			}
			i += used
			continue
		}
		sub, err := p.subcommand(args[i])
		if err != nil {
			return nil, err
		}
		r.parser = sub
		if err := sub.parseOptions(r, args[i+1:]); err != nil {
			return nil, err
		}
		return r, p.checkRequired(r)
	}
	return nil, p.wrong("too few arguments")
}

func (p *argParser) wrong(text string) error { return &argError{parser: p, text: text} }

func isHelp(arg string) bool { return arg == "-h" || arg == "--help" }

func (p *argParser) subcommand(name string) (*argParser, error) {
	var found []*argParser
	for _, sub := range p.subcommands {
		if sub.command == name {
			return sub, nil
		}
		if strings.HasPrefix(sub.command, name) {
			found = append(found, sub)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return nil, p.invalidCommand(name)
	}
	return nil, p.wrong("ambiguous command: " + name + " could match " + strings.ReplaceAll(quotedCommands(found), "'", ""))
}

func quotedCommands(subs []*argParser) string {
	names := make([]string, len(subs))
	for i, s := range subs {
		names[i] = "'" + s.command + "'"
	}
	return strings.Join(names, ", ")
}

func (p *argParser) parseOptions(r *argResult, args []string) error {
	for i := 0; i < len(args); i++ {
		if isHelp(args[i]) {
			return &helpWanted{p}
		}
		if !isOption(args[i]) {
			return p.wrong("unrecognized arguments: '" + strings.Join(args[i:], " ") + "'")
		}
		used, err := p.parseOption(r, args[i:])
		if err != nil {
			return err
		}
		i += used
	}
	return p.checkRequired(r)
}

// parseOption reads the option that args begin with and returns how many words
// after it were its values.
func (p *argParser) parseOption(r *argResult, args []string) (int, error) {
	a, value, hasValue, err := p.find(args[0])
	if err != nil {
		return 0, err
	}
	if err := p.checkExclusive(r, a); err != nil {
		return 0, err
	}
	return p.take(r, a, value, hasValue, args[1:])
}

// isOption tells an option from a value, which may be a negative number.
func isOption(arg string) bool {
	if !strings.HasPrefix(arg, "-") || arg == "-" {
		return false
	}
	return strings.Trim(arg[1:], "0123456789") != ""
}

// take notes an option and returns how many of the following words were its
// values.
func (p *argParser) take(r *argResult, a *argument, value string, hasValue bool, rest []string) (int, error) {
	var values []string
	switch {
	case a.flag && hasValue:
		return 0, p.wrong("argument " + a.String() + ": ignore implicit argument '" + value + "'")
	case a.flag || hasValue:
		values = []string{value}
	default:
		for _, word := range rest {
			if isOption(word) || len(values) == 1 && !a.many {
				break
			}
			values = append(values, word)
		}
	}
	if len(values) == 0 {
		count := "one argument"
		if a.many {
			count = "1 argument(s)"
		}
		return 0, p.wrong("argument " + a.String() + ": expected " + count)
	}
	for _, v := range values {
		if a.choices != "" && a.unfit(v) == "" && !slices.Contains(strings.Split(a.choices, ","), v) {
			return 0, p.wrong("argument " + a.String() + ": invalid choice: '" + v + "' (choose from {" + a.choices + "})")
		}
		if reason := a.unfit(v); reason != "" {
			return 0, p.wrong("argument " + a.String() + ": could not convert '" + v + "' to " + a.javaType + " (" + reason + ")")
		}
	}
	if a.many {
		delete(r.values, a)
	}
	r.values[a] = append(r.values[a], values...)
	if a.flag || hasValue {
		return 0, nil
	}
	return len(values), nil
}

// unfit says why a value is not of the option's type.
func (a *argument) unfit(value string) string {
	var err error
	switch a.javaType {
	case "Integer":
		_, err = strconv.ParseInt(value, 10, 32)
	case "Long":
		_, err = strconv.ParseInt(value, 10, 64)
	case "Double":
		_, err = strconv.ParseFloat(strings.TrimSpace(value), 64)
	}
	if err == nil {
		return ""
	}
	if value == "" && a.javaType == "Double" {
		return "empty String"
	}
	return "For input string: \"" + value + "\""
}

// checkRequired names, of several missing options, the last, as the original.
func (p *argParser) checkRequired(r *argResult) error {
	all := p.all()
	for i := len(all) - 1; i >= 0; i-- {
		if a := all[i]; a.required && !r.has(a) {
			return p.wrong("argument " + a.String() + " is required")
		}
	}
	if p.titled != nil && p.titled.needsOne {
		if err := p.requireOne(r, p.titled.args); err != nil {
			return err
		}
	}
	if !p.needsOne {
		return nil
	}
	return p.requireOne(r, p.exclusive)
}

func (p *argParser) requireOne(r *argResult, args []*argument) error {
	names := ""
	for _, a := range args {
		if r.has(a) {
			return nil
		}
		names += a.String() + " "
	}
	return p.wrong("one of the arguments " + names + "is required")
}

// find returns the option of one word: --name, --name=value, a unique beginning
// of --name, -n, -nvalue.
func (p *argParser) find(arg string) (a *argument, value string, hasValue bool, err error) {
	unknown := p.unrecognized(arg)
	if !strings.HasPrefix(arg, "--") {
		for _, a := range p.all() {
			for _, name := range a.names {
				if rest, ok := strings.CutPrefix(arg, name); ok && !strings.HasPrefix(name, "--") && (rest == "" || !a.flag) {
					return a, strings.TrimPrefix(rest, "="), rest != "", nil
				}
			}
		}
		return nil, "", false, unknown
	}
	name, value, hasValue := strings.Cut(arg, "=")
	a, err = p.findLong(name, unknown)
	return a, value, hasValue, err
}

func (p *argParser) findLong(name string, unknown error) (*argument, error) {
	var found *argument
	var matches []string
	for _, a := range p.all() {
		if a.old == name && name != "" {
			return a, nil
		}
		for _, n := range a.names {
			switch {
			case n == name:
				return a, nil
			case strings.HasPrefix(n, name) && strings.HasPrefix(n, "--"):
				found = a
				matches = append(matches, n)
			}
		}
	}
	switch len(matches) {
	case 0:
		return nil, unknown
	case 1:
		return found, nil
	}
	slices.Sort(matches)
	return nil, p.wrong("ambiguous option: " + name + " could match " + strings.Join(matches, ", "))
}

func (p *argParser) checkExclusive(r *argResult, a *argument) error {
	in := false
	for _, e := range p.exclusive {
		in = in || e == a
	}
	for _, e := range p.exclusive {
		if in && e != a && r.has(e) {
			return p.wrong("argument " + a.String() + ": not allowed with argument " + e.String())
		}
	}
	return nil
}
