package cli

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Version is the Kafka whose tools and protocol this binary follows, as
// printed by --version.
const Version = "4.4.0"

// Env is what a tool may touch of the process it runs in.
type Env struct {
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	// Console is true where both stdin and stdout are a terminal: only then
	// is there a prompt.
	Console bool
	Now     func() time.Time
	// Random returns a number in [0, n).
	Random func(n int) int
	// Server runs "brolga server" with its arguments and returns the exit
	// code; nil in a binary without a server.
	Server func(args []string, stdout, stderr io.Writer) int
	// WebConsole runs "brolga console" the same way; nil in a binary without
	// one.
	WebConsole func(args []string, stdout, stderr io.Writer) int
	// Lab runs "brolga lab" the same way; nil in a binary without labs.
	Lab func(args []string, stdout, stderr io.Writer) int
	// Container runs "brolga container"; nil in a binary without an image.
	Container func(args []string, stdout, stderr io.Writer) int
	// Getenv returns a variable of the environment.
	Getenv func(name string) string
	// Interrupts returns a channel that gets SIGINT and SIGTERM, and how to
	// stop listening.
	Interrupts func() (<-chan os.Signal, func())
}

// SystemEnv is the real process.
func SystemEnv() *Env {
	return &Env{
		Stdin:      os.Stdin,
		Stdout:     os.Stdout,
		Stderr:     os.Stderr,
		Console:    isTerminal(os.Stdin) && isTerminal(os.Stdout),
		Now:        time.Now,
		Random:     rand.IntN,
		Getenv:     os.Getenv,
		Interrupts: systemInterrupts,
	}
}

// systemInterrupts also keeps a reader that went away from ending the process:
// the write fails instead, and the tool closes in order.
func systemInterrupts() (<-chan os.Signal, func()) {
	signal.Ignore(syscall.SIGPIPE)
	ch := make(chan os.Signal, 2)
	signal.Notify(ch, syscall.SIGINT, syscall.SIGTERM)
	return ch, func() { signal.Stop(ch) }
}

func isTerminal(f *os.File) bool {
	_, err := unix.IoctlGetTermios(int(f.Fd()), getTermios)
	return err == nil
}

func (e *Env) outf(format string, args ...any) { fmt.Fprintf(e.Stdout, format, args...) }

func (e *Env) outln(text string) { fmt.Fprintln(e.Stdout, text) }

func (e *Env) errln(text string) { fmt.Fprintln(e.Stderr, text) }

// log writes one line in the pattern of the Java tools' log configuration,
// which sends WARN and above to stderr.
func (e *Env) log(level, text, logger string) {
	fmt.Fprintf(e.Stderr, "[%s] %s %s (%s)\n", e.Now().Format("2006-01-02 15:04:05,000"), level, text, logger)
}

// logException is log with the exception that the Java tools print below it,
// without its stack.
func (e *Env) logException(level, text, logger string, err error) {
	e.log(level, text, logger)
	e.errln(exceptionLine(err))
}

func (e *Env) errf(format string, args ...any) { fmt.Fprintf(e.Stderr, format, args...) }
