package container

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"syscall"
)

// Host is the process and the rooms that a container is made of.
type Host struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Environ        []string // name=value
	Setenv         func(name, value string) error
	// Server is `brolga server`, Console `brolga console`; each returns its exit
	// code.
	Server  func(args []string, s Surroundings, stdout, stderr io.Writer) int
	Console func(args []string, stdout, stderr io.Writer) int
	// Tool runs a kafka-* tool, whose name is the first argument.
	Tool func(stdout, stderr io.Writer, args ...string) int
}

// Surroundings are what a container lends its server.
type Surroundings struct {
	// Listen opens a listener's address.
	Listen func(address string) (net.Listener, error)
	// Started is called when the server takes clients.
	Started func()
	// Signals has the signals that came since the container began to start.
	Signals chan os.Signal
	// Levels are the levels of loggers by name, "root" for all that have none of
	// their own: TRACE, DEBUG, INFO, WARN, ERROR or FATAL.
	Levels map[string]string
}

const usage = `USAGE: brolga container COMMAND [arguments]

  run [--image confluent|apache] [NAME=VALUE …]   what an image of Kafka starts
  configure, ensure, launch                       the three steps of run, one by one
  cub, dub, ub, nc                                small tools of such images`

// Run is `brolga container`; it returns the exit code.
func Run(args []string, h Host) int {
	command := ""
	if len(args) > 0 {
		command, args = args[0], args[1:]
	}
	var do func(*container) error
	switch command {
	case "run":
		do = (*container).run
	case "configure":
		do = (*container).configure
	case "ensure":
		do = (*container).prepare
	case "launch":
		do = (*container).launch
	case "cub", "dub", "ub":
		return prerequisite(h, command, args)
	case "nc":
		return netcat(h, args)
	default:
		fmt.Fprintln(h.Stderr, usage)
		return 1
	}
	// The first process of a container is not ended by a signal that it does not
	// catch, so this one catches them from its first moment.
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	defer signal.Stop(signals)
	c, err := newContainer(args, h, signals)
	if err == nil {
		err = do(c)
	}
	if err != nil {
		fmt.Fprintln(h.Stderr, err)
		return 1
	}
	return c.code
}
