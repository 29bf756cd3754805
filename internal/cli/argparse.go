package cli

import (
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
	subcommands []*argParser
}

// argument is one option, with all its names; the first is the one shown.
type argument struct {
	names    []string
	help     string
	flag     bool // takes no value
	required bool
}

// metavar is how the help calls the value.
func (a *argument) metavar() string {
	return strings.ReplaceAll(strings.ToUpper(strings.TrimLeft(a.names[0], "-")), "-", "_")
}

func (a *argument) String() string { return strings.Join(a.names, "/") }

func (p *argParser) all() []*argument {
	return append(append([]*argument{}, p.args...), p.exclusive...)
}

// argResult is a parsed command line of one sub-command.
type argResult struct {
	parser *argParser
	values map[*argument][]string
}

func (r *argResult) has(a *argument) bool { return len(r.values[a]) > 0 }

// value is the last one given, as in the original.
func (r *argResult) value(a *argument) string {
	v := r.values[a]
	if len(v) == 0 {
		return ""
	}
	return v[len(v)-1]
}

// argError is a mistake in the command line: usage and message on stderr.
type argError struct {
	parser *argParser
	text   string
}

func (e *argError) Error() string { return e.text }

// helpWanted ends parsing with the help of a parser.
type helpWanted struct{ parser *argParser }

func (e *helpWanted) Error() string { return "help" }

// parse picks the sub-command and reads its options.
func (p *argParser) parse(args []string) (*argResult, error) {
	for i, arg := range args {
		switch {
		case isHelp(arg):
			return nil, &helpWanted{p}
		case strings.HasPrefix(arg, "-"):
			return nil, &argError{p, "unrecognized arguments: '" + arg + "'"}
		}
		sub, err := p.subcommand(arg)
		if err != nil {
			return nil, err
		}
		return sub.parseOptions(args[i+1:])
	}
	return nil, &argError{p, "too few arguments"}
}

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
		return nil, &argError{p, "invalid choice: '" + name + "' (choose from " + quotedCommands(p.subcommands) + ")"}
	}
	return nil, &argError{p, "ambiguous command: " + name + " could match " + strings.ReplaceAll(quotedCommands(found), "'", "")}
}

func quotedCommands(subs []*argParser) string {
	names := make([]string, len(subs))
	for i, s := range subs {
		names[i] = "'" + s.command + "'"
	}
	return strings.Join(names, ", ")
}

func (p *argParser) parseOptions(args []string) (*argResult, error) {
	r := &argResult{parser: p, values: map[*argument][]string{}}
	for i := 0; i < len(args); i++ {
		if isHelp(args[i]) {
			return nil, &helpWanted{p}
		}
		a, value, hasValue, err := p.find(args[i])
		if err != nil {
			return nil, err
		}
		if err := p.checkExclusive(r, a); err != nil {
			return nil, err
		}
		if !a.flag && !hasValue {
			if i+1 == len(args) || strings.HasPrefix(args[i+1], "-") && args[i+1] != "-" {
				return nil, &argError{p, "argument " + a.String() + ": expected one argument"}
			}
			i++
			value = args[i]
		}
		r.values[a] = append(r.values[a], value)
	}
	// Of several missing ones the original names the last.
	for i := len(p.args) - 1; i >= 0; i-- {
		if a := p.args[i]; a.required && !r.has(a) {
			return nil, &argError{p, "argument " + a.String() + " is required"}
		}
	}
	return r, nil
}

// find returns the option of one word: --name, --name=value, a unique beginning
// of --name, -n, -nvalue.
func (p *argParser) find(arg string) (a *argument, value string, hasValue bool, err error) {
	unknown := &argError{p, "unrecognized arguments: '" + arg + "'"}
	if !strings.HasPrefix(arg, "-") || arg == "-" {
		return nil, "", false, unknown
	}
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
	return nil, &argError{p, "ambiguous option: " + name + " could match " + strings.Join(matches, ", ")}
}

func (p *argParser) checkExclusive(r *argResult, a *argument) error {
	in := false
	for _, e := range p.exclusive {
		in = in || e == a
	}
	for _, e := range p.exclusive {
		if in && e != a && r.has(e) {
			return &argError{p, "argument " + a.String() + ": not allowed with argument " + e.String()}
		}
	}
	return nil
}
