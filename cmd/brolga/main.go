// Command brolga is a broker that speaks Apache Kafka's protocol, the quorum
// that keeps its metadata, and the kafka-* tools, in one program. Which of them
// it is, the name says by which it was called, or its first argument.
package main

import (
	"os"

	"github.com/brolga-io/brolga/internal/cli"
	"github.com/brolga-io/brolga/internal/console"
	"github.com/brolga-io/brolga/internal/lab"
	"github.com/brolga-io/brolga/internal/node"
)

func main() {
	env := cli.SystemEnv()
	env.Server = node.Run
	env.WebConsole = console.Run
	env.Lab = lab.Run
	os.Exit(cli.Run(env, os.Args[0], os.Args[1:]))
}
