package cli

import (
	"bufio"
	"fmt"
	"path/filepath"
	"strings"
)

// Run picks the tool from the name under which the program was called or, where
// that is brolga itself, from its first argument, runs it and returns the exit
// code.
func Run(env *Env, program string, args []string) int {
	if t, ok := find(program); ok && strings.HasPrefix(filepath.Base(program), "kafka-") {
		return t.runBuffered(env, args)
	}
	if len(args) == 0 || args[0] == "help" || args[0] == "--help" || args[0] == "-h" {
		printOverview(env)
		return 0
	}
	if args[0] == "--version" || args[0] == "version" {
		env.outln("brolga, compatible with Apache Kafka " + Version)
		return 0
	}
	if args[0] == "server" && env.Server != nil {
		return env.Server(args[1:], env.Stdout, env.Stderr)
	}
	if args[0] == "console" && env.WebConsole != nil {
		return env.WebConsole(args[1:], env.Stdout, env.Stderr)
	}
	if args[0] == "lab" && env.Lab != nil {
		return env.Lab(args[1:], env.Stdout, env.Stderr)
	}
	if args[0] == "container" && env.Container != nil {
		return env.Container(args[1:], env.Stdout, env.Stderr)
	}
	if t, ok := find(args[0]); ok {
		return t.runBuffered(env, args[1:])
	}
	env.errln("brolga: unknown command " + args[0] + "; brolga help lists them")
	return 1
}

// runBuffered writes what the tool printed in one piece where it was short. A
// tool that runs for long flushes by itself.
func (t tool) runBuffered(env *Env, args []string) int {
	out := &outputBuffer{buf: bufio.NewWriterSize(env.Stdout, 32<<10)}
	inner := *env
	inner.Stdout = out
	inner.Stderr = flushFirst{out, env.Stderr}
	code := t.run(&inner, args)
	if err := out.Flush(); err != nil && code == 0 {
		return 1
	}
	return code
}

func printOverview(env *Env) {
	env.outf(`brolga is a message broker that speaks Apache Kafka's protocol, and Kafka's command line tools.

  brolga server [server.properties] [--override key=value …]   start a broker
  brolga lab [--brokers 3]                                      a cluster on this machine, to learn with and to break
  brolga console --bootstrap host:9092 [options]                the web console for any Kafka
  brolga container run                                          what the image starts: a node as its environment wants it
  brolga TOOL [options]                                         run a tool, for example: brolga topics --list

Each tool can also be called by its Kafka name through a link, with or without .sh:

`)
	for _, t := range tools() {
		fmt.Fprintf(env.Stdout, "  %-24s %s\n", t.name, t.about)
	}
}
