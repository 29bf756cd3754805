package console

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/brolga-io/brolga/internal/console/view"
)

// usage is what a wrong command line is answered with.
const usage = `USAGE: brolga console --bootstrap host:9092[,host:9092…] [options]

  --bootstrap LIST     brokers of a cluster; once for each cluster
  --name NAME          name of the cluster before it
  --listener URL       where the console is (http://localhost:8080), with a path if it lies below one
  --users-file FILE    who may log in: name:bcrypt-hash[:read-only], one a line
  --read-only          show everything, change nothing
  --allowed-host NAME  a name by which the console may be asked, beside localhost and addresses
  --state-file FILE    keeps the clusters that are added in the page
  --ui-dir DIR         serve the pages from a directory

Clusters are also taken from KAFKA_CLUSTERS_0_NAME, KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS and so on.
brolga console hash-password reads a password from standard input and prints its hash.`

// arguments are those of brolga console.
type arguments struct {
	Options
	listener string
}

// Run is `brolga console`: the pages for clusters of others. It serves until
// SIGTERM or SIGINT and returns the exit code.
func Run(args []string, stdout, stderr io.Writer) int {
	if len(args) == 1 && args[0] == "hash-password" {
		return hashPassword(os.Stdin, stdout, stderr)
	}
	a, err := parseArguments(args, os.Environ(), os.Getenv)
	if err != nil {
		fmt.Fprintf(stderr, "%v\n\n%s\n", err, usage)
		return 1
	}
	a.Log = slog.New(slog.NewTextHandler(stderr, nil))
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	defer signal.Stop(signals)
	s, address, err := Listen(a.listener, a.Options)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	fmt.Fprintf(stdout, "The console is on http://%s%s\n", address, s.o.BasePath)
	<-signals
	s.Close()
	return 0
}

// parseArguments reads the command line and the environment.
func parseArguments(args, environ []string, getenv func(string) string) (arguments, error) {
	a := arguments{listener: "http://localhost:8080"}
	flags := flag.NewFlagSet("brolga console", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.Func("bootstrap", "", func(v string) error {
		servers := splitServers(v)
		if len(servers) == 0 {
			return errors.New("it is empty")
		}
		a.Clusters = append(a.Clusters, ClusterOptions{Name: servers[0], Source: view.SourceCommandLine, Bootstrap: servers})
		return nil
	})
	flags.Func("name", "", func(v string) error {
		if len(a.Clusters) == 0 {
			return errors.New("it stands behind a --bootstrap")
		}
		a.Clusters[len(a.Clusters)-1].Name = v
		return nil
	})
	flags.StringVar(&a.listener, "listener", a.listener, "")
	flags.StringVar(&a.UsersFile, "users-file", "", "")
	flags.BoolVar(&a.ReadOnly, "read-only", false, "")
	flags.StringVar(&a.StateFile, "state-file", defaultStateFile(), "")
	flags.StringVar(&a.UIDir, "ui-dir", "", "")
	flags.Func("allowed-host", "", func(v string) error { a.Hosts = append(a.Hosts, v); return nil })
	if err := flags.Parse(args); err != nil {
		return a, err
	}
	if flags.NArg() > 0 {
		return a, fmt.Errorf("%q is one argument too many", flags.Arg(0))
	}
	env, err := EnvironmentClusters(environ)
	if err != nil {
		return a, err
	}
	a.Clusters = append(a.Clusters, env...)
	a.BasePath = EnvironmentBase(getenv)
	return a, nil
}

// defaultStateFile is in the user's own configuration; "" where there is none.
func defaultStateFile() string {
	dir, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "brolga", "console.json")
}

func hashPassword(in io.Reader, stdout, stderr io.Writer) int {
	line, err := bufio.NewReader(in).ReadString('\n')
	password := strings.TrimRight(line, "\r\n")
	if err != nil && !errors.Is(err, io.EOF) || password == "" {
		fmt.Fprintln(stderr, "There is no password on standard input.")
		return 1
	}
	hash, err := HashPassword([]byte(password))
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	fmt.Fprintln(stdout, hash)
	return 0
}
