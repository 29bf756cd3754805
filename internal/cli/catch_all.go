package cli

import (
	"errors"

	"github.com/brolga-io/brolga/internal/wire"
)

// Most of Kafka's tools catch whatever went wrong at the very end of main and
// print its message and its stack; these two do that without the stack.

// fail prints the message, then what Throwable.toString says, and returns the
// exit code.
func (e *Env) fail(err error) int {
	e.errln(err.Error())
	e.errln(exceptionLine(err))
	return 1
}

// failCaused is fail with the line that says why.
func (e *Env) failCaused(err error) int {
	code := e.fail(err)
	e.errf("%s", causeLine(err))
	return code
}

// terseError is a failure of which Kafka's tools print the message only.
type terseError struct{ text string }

func (e *terseError) Error() string { return e.text }

func terse(text string) error { return &terseError{text} }

// end is stop for a tool that does not treat the option parser's own errors
// apart from others.
func (p *optionParser) end(env *Env, err error) int {
	var exit *exitError
	var u *usageError
	var t *terseError
	if errors.As(err, &exit) || errors.As(err, &u) || errors.As(err, &t) {
		return p.stop(env, err)
	}
	return env.fail(err)
}

// openAdmin opens an admin client from the two options that say where and how.
func openAdmin(env *Env, set *optionSet, bootstrap, commandConfig *option) (*admin, error) {
	props, err := fileProps(set, commandConfig)
	if err != nil {
		return nil, err
	}
	servers, err := set.value(bootstrap)
	if err != nil {
		return nil, err
	}
	return newAdmin(env, props, servers)
}

func numberFormat(text string) error {
	return &exception{class: "java.lang.NumberFormatException", text: "For input string: \"" + text + "\""}
}

func unsupportedVersion(text string) error {
	return &exception{class: errorsPackage + "UnsupportedVersionException", text: text, code: wire.UnsupportedVersion}
}

// bareException is a failure of which the original prints the class only; why
// stands in a line of its own.
func bareException(class, why string) error {
	return &exception{class: class, text: class + "\n" + why}
}
