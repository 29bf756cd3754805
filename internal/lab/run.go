package lab

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/brolga-io/brolga/internal/console/view"
	"github.com/spf13/cobra"
)

// Run is `brolga lab`; it returns the exit code.
func Run(args []string, stdout, stderr io.Writer) int {
	o := defaults()
	root := &cobra.Command{
		Use:   "lab",
		Short: "A cluster of several brokers on this machine, to learn with and to break",
		Long: `Starts a cluster of several brokers on this machine, each a process of its own,
and the web console. It runs until Ctrl-C; the data stays for the next time.
From a second terminal its brokers can be stopped, killed, frozen and started.`,
		Args: cobra.NoArgs, SilenceUsage: true, SilenceErrors: true,
		RunE: func(*cobra.Command, []string) error { return up(o, stdout) },
	}
	root.PersistentFlags().StringVar(&o.Dir, "dir", o.Dir, "directory of the lab")
	root.Flags().IntVar(&o.Brokers, "brokers", o.Brokers, "how many brokers")
	root.Flags().IntVar(&o.Port, "port", o.Port, "port of the first broker")
	root.Flags().IntVar(&o.ControllerPort, "controller-port", o.ControllerPort, "port of the first controller")
	root.Flags().StringVar(&o.Console, "console", o.Console, "address of the web console, or none")
	for _, v := range []struct {
		verb view.LabVerb
		does string
	}{
		{view.LabStop, "Stop a broker in order (SIGTERM)"}, {view.LabKill, "Kill a broker (SIGKILL)"}, {view.LabStart, "Start a broker again"},
		{view.LabPause, "Freeze a broker (SIGSTOP)"}, {view.LabResume, "Let a frozen broker go on (SIGCONT)"},
	} {
		root.AddCommand(&cobra.Command{Use: string(v.verb) + " BROKER", Short: v.does, Args: cobra.ExactArgs(1),
			RunE: func(_ *cobra.Command, args []string) error { return tell(o.Dir, v.verb, args[0], stdout) }})
	}
	root.AddCommand(&cobra.Command{Use: "status", Short: "Show the brokers", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return tell(o.Dir, "", "0", stdout) }})
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	if err := root.Execute(); err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	return 0
}

// tell sends a verb to the running lab and prints how its brokers are then.
func tell(dir string, verb view.LabVerb, broker string, stdout io.Writer) error {
	id, err := strconv.ParseInt(broker, 10, 32)
	if err != nil {
		return fmt.Errorf("%s is no broker: brokers of a lab are 1, 2, 3, …", broker)
	}
	dir, err = filepath.Abs(dir)
	if err != nil {
		return err
	}
	answer, err := ask(dir, request{Verb: verb, Broker: int32(id)})
	if err != nil {
		return err
	}
	printStatus(stdout, answer.Brokers)
	return nil
}

// printStatus prints a line for each broker.
func printStatus(w io.Writer, brokers []view.LabBroker) {
	table := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintln(table, "BROKER\tSTATE\tADDRESS\tPID")
	for _, b := range brokers {
		pid := "-"
		if b.PID != 0 {
			pid = strconv.Itoa(b.PID)
		}
		fmt.Fprintf(table, "%d\t%s\t%s\t%s\n", b.ID, b.State, b.Address, pid)
	}
	_ = table.Flush() // a terminal that went away
}

// up runs a lab until it is interrupted.
func up(o Options, stdout io.Writer) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	o.Program = program
	o.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	defer signal.Stop(signals)
	say := func(broker int32, what string) {
		fmt.Fprintf(stdout, "%s  broker %d %s\n", time.Now().Format(time.TimeOnly), broker, what)
	}
	l, err := Open(o, say)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	started := make(chan error, 1)
	go func() { started <- l.StartAll(ctx) }()
	select {
	case <-signals:
		cancel()
		<-started
		return l.Close()
	case err = <-started:
	}
	if err != nil {
		_ = l.Close() // the first error is the one to tell
		return err
	}
	page, err := serveConsole(l)
	if err != nil {
		fmt.Fprintln(stdout, "The console is not served:", err)
	}
	greet(stdout, l, page != nil)
	<-signals
	fmt.Fprintln(stdout, "\nStopping the brokers …")
	if page != nil {
		page()
	}
	return l.Close()
}

// greet says what is there and what to try.
func greet(w io.Writer, l *Lab, console bool) {
	fmt.Fprintln(w)
	printStatus(w, l.Brokers())
	fmt.Fprintf(w, "\nBootstrap servers   %s\n", strings.Join(l.o.bootstrap(), ","))
	if console {
		fmt.Fprintf(w, "Web console         %s\n", l.o.Console)
	}
	fmt.Fprintf(w, `
Try in a second terminal:
  brolga topics --bootstrap-server %[1]s --create --topic testreplicated --partitions 2 --replication-factor %[2]d
  brolga topics --bootstrap-server %[1]s --describe --topic testreplicated
  brolga lab stop 2        and describe it again; then: brolga lab start 2
Ctrl-C stops everything; the data stays in %[3]s
`, l.o.bootstrap()[0], min(3, l.o.Brokers), l.o.Dir)
}
