package cli

import (
	"errors"
	"fmt"
	"strings"
)

// usageError ends a joptsimple tool: the text, then the table of its options,
// both on stderr, exit 1.
type usageError struct{ text string }

func (e *usageError) Error() string { return e.text }

func usage(format string, args ...any) error {
	if len(args) == 0 {
		return &usageError{format}
	}
	return &usageError{fmt.Sprintf(format, args...)}
}

// exitError ends a tool with nothing more to print.
type exitError struct{ code int }

func (e *exitError) Error() string { return fmt.Sprintf("exit %d", e.code) }

// stop prints what an error of the command line deserves and returns the exit
// code.
func (p *optionParser) stop(env *Env, err error) int {
	var exit *exitError
	if errors.As(err, &exit) {
		return exit.code
	}
	env.errln(err.Error())
	var u *usageError
	var o *optionError
	if errors.As(err, &u) || errors.As(err, &o) {
		p.printHelp(env.Stderr)
	}
	return 1
}

// helpOrVersion handles the two options that every tool has, and no options at
// all, which asks for help too. Like Kafka up to 4.4, --help exits 1.
func (p *optionParser) helpOrVersion(env *Env, args []string, set *optionSet, about string) error {
	if len(args) == 0 || set.has(p.help) {
		return usage("%s", about)
	}
	if set.has(p.version) {
		env.outln(Version)
		return &exitError{0}
	}
	return nil
}

func requireOptions(set *optionSet, required ...*option) error {
	for _, o := range required {
		if !set.has(o) {
			return usage("Missing required argument \"%s\"", o)
		}
	}
	return nil
}

// refuseOptions checks that none of the others comes with the used one.
func refuseOptions(set *optionSet, used *option, others ...*option) error {
	if !set.has(used) {
		return nil
	}
	for _, o := range others {
		if o != used && set.has(o) {
			return usage("Option \"%s\" can't be used with option \"%s\"", used, o)
		}
	}
	return nil
}

func requireOneOf(set *optionSet, options ...*option) error {
	if countGiven(set, options...) == 1 {
		return nil
	}
	return usage("Exactly one of the following arguments is required: %s", joinOptions(options))
}

func countGiven(set *optionSet, options ...*option) int {
	n := 0
	for _, o := range options {
		if set.has(o) {
			n++
		}
	}
	return n
}

func joinOptions(options []*option) string {
	names := make([]string, len(options))
	for i, o := range options {
		names[i] = o.String()
	}
	return strings.Join(names, ", ")
}

// firstError returns the first that is not nil.
func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// parseKeyValues reads "key=value" arguments; a missing value is empty.
func parseKeyValues(args []string) map[string]string {
	m := map[string]string{}
	for _, a := range args {
		k, v, _ := strings.Cut(a, "=")
		m[k] = v
	}
	return m
}
