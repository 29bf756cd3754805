package main

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/brolga-io/brolga/bench/floor"
)

func main() {
	args := os.Args[1:]
	var err error
	switch {
	case len(args) > 0 && args[0] == "floor":
		err = serveFloor(args[1:])
	case len(args) > 0 && args[0] == "guard":
		err = guard(args[1:])
	case len(args) > 0 && args[0] == "kafka":
		err = versus(args[1:])
	default:
		err = table(args)
	}
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func serveFloor(args []string) error {
	flags := flag.NewFlagSet("floor", flag.ContinueOnError)
	addr := flags.String("addr", "127.0.0.1:0", "listen here")
	dir := flags.String("dir", "floor-data", "write here")
	followers := flags.Int("followers", 0, "how many have to have what acks=all waits for")
	leader := flags.String("leader", "", "copy this one instead of listening")
	follower := flags.Int("follower", 1, "as which of its followers")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *leader != "" {
		return floor.Follow(*leader, *dir, partitions, *follower)
	}
	l, err := net.Listen("tcp", *addr)
	if err != nil {
		return err
	}
	return floor.Serve(l, *dir, partitions, *followers)
}

// options are the flags of the table and the guard.
type options struct {
	brolga, dir string
	pairs       int
	flags       *flag.FlagSet
}

func parse(name string, args []string) (*options, error) {
	o := &options{flags: flag.NewFlagSet(name, flag.ContinueOnError)}
	return o, o.parse(args)
}

func (o *options) parse(args []string) error {
	o.flags.StringVar(&o.brolga, "brolga", "bin/brolga", "the binary to measure")
	o.flags.StringVar(&o.dir, "dir", os.TempDir(), "data directories are made here")
	o.flags.IntVar(&o.pairs, "pairs", 5, "A/B pairs per row")
	if err := o.flags.Parse(args); err != nil {
		return err
	}
	if _, err := os.Stat(o.brolga); err != nil {
		return fmt.Errorf("%w (make build)", err)
	}
	return nil
}

// kinds returns the two brokers.
func (o *options) kinds() (a, b kind, err error) {
	self, err := os.Executable()
	return floorKind(self), brolgaKind(o.brolga), err
}

// table prints all rows, or those that are named.
func table(args []string) error {
	o, err := parse("bench", args)
	if err != nil {
		return err
	}
	a, b, err := o.kinds()
	if err != nil {
		return err
	}
	c, err := calibrate()
	if err != nil {
		return err
	}
	fmt.Printf("calibration: TCP echo %.1f µs, CRC-32C %.1f GB/s; %d processors, load %s\n", c.EchoMicros, c.CRCGBs, runtime.NumCPU(), loadAverage())
	fmt.Printf("%-7s %-42s %-15s %9s %9s %7s %7s %6s %8s %s\n", "row", "what", "unit", "floor", "brolga", "ratio", "±", "goal", "dropped", "")
	names := o.flags.Args()
	for _, r := range rows() {
		if len(names) > 0 && !slices.Contains(names, r.name) {
			continue
		}
		res, err := r.run(a, b, o.dir, o.pairs)
		if err != nil {
			return err
		}
		r.print(&res)
	}
	for _, s := range scenarios() {
		if !s.wants(names) {
			continue
		}
		if err := s.print(b, o.dir, o.pairs, names); err != nil {
			return err
		}
	}
	return nil
}

// lineFormat is a line of the table.
const lineFormat = "%-7s %-42s %-15s %9s %9s %7s %6.0f%% %6s %8d %s\n"

func (r row) print(res *result) {
	verdict := "ok"
	if r.score(res) > r.goal {
		verdict = "above the goal"
	}
	if res.unsteady {
		verdict += ", machine not steady"
	}
	goal := fmt.Sprintf("%.2f×", r.goal)
	spread := res.spread(ratioOf)
	if r.absolute {
		goal = fmt.Sprint(r.goal)
		spread = res.spread(brolgaOf)
	}
	fmt.Printf(lineFormat, r.name, r.what, r.unit, number(res.median(floorOf)), number(res.median(brolgaOf)),
		number(res.median(ratioOf)), 100*spread, goal, res.dropped, verdict)
}

// loadAverage is what /proc says, for the reader of the table.
func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	first, _, _ := strings.Cut(string(text), " ")
	return first
}
