package cli

import (
	"fmt"
	"strconv"
	"strings"
)

// optionError is a mistake in the command line that the parser itself finds.
// class is the Java exception, which some tools' error logs name.
type optionError struct {
	class string
	text  string
}

func (e *optionError) Error() string { return e.text }

func unrecognized(name string) error {
	return &optionError{"joptsimple.UnrecognizedOptionException", name + " is not a recognized option"}
}

// optionSet is a parsed command line.
type optionSet struct {
	seen   map[*option]bool
	values map[*option][]string
	order  []*option // every occurrence, as given
}

// parse follows joptsimple's rules: "--name value", "--name=value", the same
// with one dash, clusters of one-letter options, "--" ends the options, words
// that belong to no option are ignored. Values are converted only when they
// are asked for, as there.
func (p *optionParser) parse(args []string) (*optionSet, error) {
	set := &optionSet{seen: map[*option]bool{}, values: map[*option][]string{}}
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if arg == "--" {
			break
		}
		if !looksLikeOption(arg) {
			continue
		}
		o, value, hasValue, err := p.lookup(arg, set)
		if err != nil {
			return nil, err
		}
		if o == nil {
			continue
		}
		used, err := p.take(set, o, value, hasValue, args[i+1:])
		if err != nil {
			return nil, err
		}
		i += used
	}
	return set, p.checkAvailable(set)
}

func looksLikeOption(arg string) bool { return strings.HasPrefix(arg, "-") && arg != "-" }

// lookup finds the option of one word. A nil option without error was a
// cluster of one-letter options, already noted.
func (p *optionParser) lookup(arg string, set *optionSet) (o *option, value string, hasValue bool, err error) {
	long := strings.HasPrefix(arg, "--")
	name, value, hasValue := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(arg, "-"), "-"), "=")
	if !long {
		name, value, hasValue = strings.Cut(arg[1:], "=")
	}
	if o := p.byName[name]; o != nil {
		return o, value, hasValue, nil
	}
	if long {
		return nil, "", false, unrecognized(name)
	}
	for _, letter := range arg[1:] {
		o := p.byName[string(letter)]
		if o == nil {
			return nil, "", false, unrecognized(string(letter))
		}
		set.seen[o] = true
	}
	return nil, "", false, nil
}

// take notes the option and returns how many following words were its value.
func (p *optionParser) take(set *optionSet, o *option, value string, hasValue bool, rest []string) (int, error) {
	set.seen[o] = true
	set.order = append(set.order, o)
	if o.argument == noArgument {
		return 0, nil
	}
	if hasValue {
		set.values[o] = append(set.values[o], value)
		return 0, nil
	}
	if o.argument == optionalArgument {
		// A number may begin with a dash; a word where a number should stand is
		// no value.
		if len(rest) == 0 || !o.fits(rest[0]) || !o.isNumber() && looksLikeOption(rest[0]) {
			return 0, nil
		}
	} else if len(rest) == 0 {
		return 0, &optionError{"joptsimple.OptionMissingRequiredArgumentException", "Option " + o.name + " requires an argument"}
	}
	set.values[o] = append(set.values[o], rest[0])
	return 1, nil
}

// checkAvailable is skipped where help or version is asked for.
func (p *optionParser) checkAvailable(set *optionSet) error {
	if set.has(p.help) || set.has(p.version) {
		return nil
	}
	var absent, missing []string
	for _, o := range p.options {
		if o.must && !set.has(o) {
			absent = append(absent, o.name)
		}
		if set.has(o) && len(o.onlyWith) > 0 && !set.hasAny(o.onlyWith) {
			missing = append(missing, o.name)
		}
	}
	if len(absent) > 0 {
		return &optionError{"joptsimple.MissingRequiredOptionsException", "Missing required option(s) [" + strings.Join(absent, ", ") + "]"}
	}
	if len(missing) == 0 {
		return nil
	}
	return &optionError{"joptsimple.UnavailableOptionException",
		"Option(s) [" + strings.Join(missing, ", ") + "] are unavailable given other options on the command line"}
}

func (s *optionSet) has(o *option) bool { return s.seen[o] }

func (s *optionSet) hasAny(options []*option) bool {
	for _, o := range options {
		if s.seen[o] {
			return true
		}
	}
	return false
}

func (s *optionSet) all(o *option) []string { return s.values[o] }

// value returns the only value, else the default. Two values are an error.
func (s *optionSet) value(o *option) (string, error) {
	switch v := s.values[o]; len(v) {
	case 0:
		return o.defaults, nil
	case 1:
		return v[0], nil
	}
	return "", &optionError{"joptsimple.MultipleArgumentsForOptionException",
		"Found multiple arguments for option " + o.name + ", but you asked for only one"}
}

// number returns the value of an Integer or Long option.
func (s *optionSet) number(o *option) (int64, error) {
	text, err := s.value(o)
	if err != nil {
		return 0, err
	}
	n, err := o.parseNumber(text)
	if err != nil {
		return 0, &optionError{"joptsimple.OptionArgumentConversionException",
			fmt.Sprintf("Cannot parse argument '%s' of option %s", text, o.name)}
	}
	return n, nil
}

func (o *option) isNumber() bool { return o.argType == "Integer" || o.argType == "Long" }

// fits tells whether a text can be the option's value.
func (o *option) fits(text string) bool {
	if !o.isNumber() {
		return true
	}
	_, err := o.parseNumber(text)
	return err == nil
}

func (o *option) parseNumber(text string) (int64, error) {
	if o.argType == "Integer" {
		return strconv.ParseInt(text, 10, 32)
	}
	return strconv.ParseInt(text, 10, 64)
}
