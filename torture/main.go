package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/brolga-io/brolga/torture/cluster"
)

// Exit codes.
const (
	passed = iota
	failed
	trouble
	inconclusive
)

// roundVariable tells a process that it is to run one round in the directory it was
// given.
const roundVariable = "BROLGA_TORTURE_ROUND"

func main() {
	o, err := parse(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "torture:", err)
		os.Exit(trouble)
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	if os.Getenv(roundVariable) == "" {
		os.Exit(rounds(ctx, o))
	}
	if cluster.InWorld() {
		if err := cluster.Settle(); err != nil {
			fmt.Fprintln(os.Stderr, "torture:", err)
			os.Exit(trouble)
		}
	}
	os.Exit(runRound(ctx, o))
}
