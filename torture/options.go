package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/brolga-io/brolga/torture/disk"
	"github.com/brolga-io/brolga/torture/load"
	"github.com/brolga-io/brolga/torture/schedule"
)

// options are the flags.
type options struct {
	seconds    int
	seed       uint64
	faults     string
	nodes      int
	rate       int
	durability string
	library    string
	binary     string
	older      string
	tagged     string
	dir        string
	results    string
	rounds     int
	parallel   int
	tries      int
	keep       bool
	noDisks    func() error // why there can be no disks of their own
}

func parse(args []string) (*options, error) {
	o := &options{noDisks: sync.OnceValue(disk.Available)}
	flags := flag.NewFlagSet("torture", flag.ContinueOnError)
	flags.IntVar(&o.seconds, "seconds", 60, "how long faults happen")
	flags.Uint64Var(&o.seed, "seed", 1, "decides what happens and when")
	flags.StringVar(&o.faults, "faults", "", "families of faults, comma separated: "+strings.Join(schedule.Families(), ", ")+"; default: as the seed says")
	flags.IntVar(&o.nodes, "nodes", 0, "three or five processes; default: as the seed says")
	flags.IntVar(&o.rate, "rate", 2500, "records a second that are sent")
	flags.StringVar(&o.durability, "durability", "", "log.durability: os or fsync; default: as the seed says")
	flags.StringVar(&o.library, "library", "", "of the producers: franz-go, librdkafka or java; default: as the seed says")
	flags.StringVar(&o.binary, "binary", "bin/brolga", "the program")
	flags.StringVar(&o.older, "older", "", "an older program, for rolling upgrades")
	flags.StringVar(&o.tagged, "tagged", "", "the program built with the tag faults, whose clock can be set")
	flags.StringVar(&o.dir, "dir", os.TempDir(), "directories are made in here")
	flags.StringVar(&o.results, "results", "", "a line of JSON for each round is appended to this file")
	flags.IntVar(&o.rounds, "rounds", 1, "how many rounds, each with the next seed")
	flags.IntVar(&o.parallel, "parallel", 1, "how many of them at a time")
	flags.IntVar(&o.tries, "tries", 1, "how often an inconclusive round is tried")
	flags.BoolVar(&o.keep, "keep", false, "keep the data of rounds that passed, too")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if flags.NArg() > 0 {
		return nil, fmt.Errorf("unknown argument %s", flags.Arg(0))
	}
	var err error
	if o.binary, err = program(o.binary); err != nil {
		return nil, fmt.Errorf("%w (make build)", err)
	}
	for _, other := range []*string{&o.older, &o.tagged} {
		if *other != "" {
			if *other, err = program(*other); err != nil {
				return nil, err
			}
		}
	}
	return o, o.check()
}

// program is the whole path of a program: nodes run in other directories.
func program(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return "", err
	}
	return filepath.Abs(path)
}

func (o *options) check() error {
	if o.seconds < 5 || o.nodes != 0 && (o.nodes < 3 || o.nodes > 7) || o.rounds < 1 || o.parallel < 1 {
		return errors.New("at least 5 seconds, 3 to 7 nodes, 1 round")
	}
	if o.durability != "" && o.durability != "os" && o.durability != "fsync" {
		return fmt.Errorf("durability %s", o.durability)
	}
	for _, f := range o.families() {
		if !slices.Contains(schedule.Families(), f) {
			return fmt.Errorf("unknown fault %s", f)
		}
	}
	return load.Foreign(o.library)
}

func (o *options) families() []string {
	return strings.FieldsFunc(o.faults, func(r rune) bool { return r == ',' || r == ' ' })
}

// args are the flags of one round, for the process that runs it.
func (o *options) args(seed uint64, dir string) []string {
	return []string{"-seconds", fmt.Sprint(o.seconds), "-seed", fmt.Sprint(seed), "-faults", o.faults, "-nodes", fmt.Sprint(o.nodes),
		"-rate", fmt.Sprint(o.rate), "-durability", o.durability, "-library", o.library, "-binary", o.binary, "-older", o.older, "-tagged", o.tagged, "-dir", dir,
		"-results", o.results}
}
