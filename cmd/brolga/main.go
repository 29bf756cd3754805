// Command brolga is a broker that speaks Apache Kafka's protocol, the quorum
// that keeps its metadata, and the kafka-* tools, in one program. Which of them
// it is, the name says by which it was called, or its first argument.
package main

import (
	"io"
	"os"

	"github.com/brolga-io/brolga/internal/cli"
	"github.com/brolga-io/brolga/internal/console"
	"github.com/brolga-io/brolga/internal/container"
	"github.com/brolga-io/brolga/internal/lab"
	"github.com/brolga-io/brolga/internal/node"
)

func main() {
	env := cli.SystemEnv()
	env.Server = func(args []string, stdout, stderr io.Writer) int {
		node.CalmScheduler()
		return node.Run(args, stdout, stderr)
	}
	env.WebConsole = console.Run
	env.Lab = lab.Run
	env.Container = runContainer
	os.Exit(cli.Run(env, os.Args[0], os.Args[1:]))
}

// runContainer gives a container of the image its server, its console and its tools.
func runContainer(args []string, stdout, stderr io.Writer) int {
	if len(args) > 0 && (args[0] == "run" || args[0] == "launch") {
		node.CalmScheduler() // before anything is prepared: the second execution does all
	}
	return container.Run(args, container.Host{
		Stdin: os.Stdin, Stdout: stdout, Stderr: stderr, Environ: os.Environ(), Setenv: os.Setenv,
		Server: func(args []string, s container.Surroundings, stdout, stderr io.Writer) int {
			return node.RunIn(args, node.Surroundings(s), stdout, stderr)
		},
		Console: console.Run,
		Tool: func(stdout, stderr io.Writer, args ...string) int {
			tool := cli.SystemEnv()
			tool.Stdout, tool.Stderr, tool.Console = stdout, stderr, false
			return cli.Run(tool, args[0], args[1:])
		},
	})
}
