package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

func main() {
	if err := soak(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(1)
	}
}

// soak runs the load, judges, and keeps the data of a run that failed.
func soak(args []string) error {
	flags := flag.NewFlagSet("soak", flag.ContinueOnError)
	binary := flags.String("brolga", "bin/brolga", "the binary; a copy of it is run")
	hours := flags.Float64("hours", 1, "how long the load lasts")
	parent := flags.String("dir", os.TempDir(), "data is written below this directory")
	report := flags.String("report", "", "the report is also written here")
	if err := flags.Parse(args); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(*parent, "brolga-soak")
	if err != nil {
		return err
	}
	// The run is of one binary, whatever is built meanwhile.
	copied := filepath.Join(dir, "brolga")
	if err := copyBinary(*binary, copied); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	whole := time.Duration(*hours * float64(time.Hour))
	fmt.Printf("soak of %v in %s\n", whole, dir)
	r, err := hold(ctx, copied, dir, whole)
	if err != nil {
		return fmt.Errorf("%w (see %s)", err, dir)
	}
	text, ok := r.report(whole)
	fmt.Print(text)
	if *report != "" {
		if err := os.WriteFile(*report, []byte(text), 0o644); err != nil {
			return err
		}
	}
	if !ok {
		return fmt.Errorf("the cluster did not stay as it was (see %s)", dir)
	}
	return os.RemoveAll(dir)
}

func copyBinary(from, to string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return fmt.Errorf("%w (make build)", err)
	}
	return os.WriteFile(to, b, 0o755)
}
